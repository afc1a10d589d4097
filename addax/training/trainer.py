"""`Trainer`: compile, fit, evaluate, predict, for anything that is a Layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import callbacks as callback_package
from addax import tree
from addax.core.dtypes import host_dtype
from addax.core.tensor import raw
from addax.data import Source
from addax.engine import engine
from addax.training import checks
from addax.training import step as steps
from addax.training.fitting import Fitting, verbosity


class Trainer(Fitting):
    """The training methods of a model; mixed into a Layer by `Model`."""

    # -- evaluate, predict ----------------------------------------------------------------

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Return loss and metrics on data.

        Args:
            x: inputs, see `fit`.
            y: targets, see `fit`.
            batch_size: samples per batch; default 32.
            verbose: see `fit`.
            sample_weight: factor per sample.
            steps: number of batches.
            callbacks: list of callbacks.
            return_dict: whether to return a dict by log key.

        Returns: the loss, or a list `[loss, metric, ...]`, or a dict.
        """
        self._need_compiled("evaluate")
        self._check_compilable("evaluate")
        source = self._source_of(
            x, y, sample_weight, batch_size=batch_size, steps=steps, name="evaluate"
        )
        self._prepare(source, training=False)
        run = self._callback_list(callbacks, verbose, source)
        self.stop_training = False
        self.reset_metrics()
        run.on_test_begin()
        source.on_epoch_begin()
        logs = self._run_epoch(self._epochs("test", source, run).run(), run, "test")
        source.on_epoch_end()
        run.on_test_end(logs)
        if return_dict:
            return logs
        values = list(logs.values())
        return values[0] if len(values) == 1 else values

    def _callback_list(self, callbacks: Any, verbose: Any, source: Source) -> Any:
        if isinstance(callbacks, callback_package.CallbackList):
            return callbacks
        return callback_package.CallbackList(
            callbacks, add_progbar=verbose != 0, model=self, verbose=verbosity(verbose),
            epochs=1, steps=source.num_batches,
        )  # fmt: skip

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the model's outputs for data, NumPy arrays.

        Args:
            x: inputs, see `fit`.
            batch_size: samples per batch; default 32.
            verbose: see `fit`.
            steps: number of batches.
            callbacks: list of callbacks.
        """
        if self._is_one_batch(x, batch_size, verbose, callbacks, steps):
            return self._predict_one(x)
        source = self._source_of(x, batch_size=batch_size, steps=steps, name="predict")
        self._build_for_predict(source.peek())
        run = self._callback_list(callbacks, verbose, source)
        self.stop_training = False
        run.on_predict_begin()
        source.on_epoch_begin()
        parts = list(self._predict_parts(source, run))
        source.on_epoch_end()
        run.on_predict_end()
        return self._joined(parts)

    def _joined(self, parts: list[list[np.ndarray]]) -> Any:
        flat = [np.concatenate(pieces, axis=0) for pieces in zip(*parts, strict=True)]
        return self._predictor().unflatten(flat)

    def _predict_parts(self, source: Source, run: Any) -> Iterator[list[np.ndarray]]:
        if self._predicts_eagerly():
            yield from self._predict_eagerly(source, run)
            return
        predictor = self._predictor()
        exact = run.batch_mode("predict") == "exact"
        on_begin = run.on_predict_batch_begin if exact else None
        for first, count, outputs in predictor.batches(source, on_begin):
            logs = {"outputs": predictor.unflatten(outputs)}
            run.after_chunk("predict", first, first + count - 1, None, logs)
            yield outputs

    def _predict_eagerly(self, source: Source, run: Any) -> Iterator[list[np.ndarray]]:
        predictor = self._predictor()
        for number, batch in enumerate(source):
            run.on_predict_batch_begin(number)
            data = steps.as_data(steps.as_tensors(engine.place(batch)))
            flat, predictor._definition = tree.flatten_with_def(self.predict_step(data))
            outputs = [np.asarray(raw(leaf)) for leaf in flat]
            logs = {"outputs": predictor.unflatten(outputs)}
            run.after_chunk("predict", number, number, None, logs)
            yield outputs

    def _is_one_batch(
        self, x: Any, batch_size: Any, verbose: Any, callbacks: Any, steps: Any
    ) -> bool:
        """Say whether `predict` can take the short way: one small array, nobody watching."""
        return (
            isinstance(x, np.ndarray)
            and verbose == 0
            and not callbacks
            and steps is None
            and batch_size is None
            and x.ndim > 0
            and 0 < len(x) <= 32
            and x.dtype.kind in "fiub"
            and not self.run_eagerly
            and "predict_key" in self._compiled
        )

    def _predict_one(self, x: np.ndarray) -> Any:
        predictor = self._predictor()
        x = x.astype(host_dtype(x), copy=False)
        return predictor.unflatten(predictor.batch((x, None, None)))

    def _build_for_predict(self, batch: Any) -> None:
        if not self._overrides("predict_step") and not self._predicts_eagerly():
            self._infer_outputs(batch[0], training=False)
        if self._front is None:
            self._compiled["predict_key"] = True

    # -- single batches ---------------------------------------------------------------------

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Do one update from one batch and return loss and metrics so far.

        Args:
            x: inputs of one batch.
            y: targets of the batch.
            sample_weight: factor per sample.
            class_weight: factor by class number.
            return_dict: whether to return a dict by log key.
        """
        self._need_compiled("train_on_batch")
        return self._on_batch("train", x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return loss and metrics of one batch."""
        self._need_compiled("test_on_batch")
        return self._on_batch("test", x, y, sample_weight, None, return_dict)

    def _on_batch(
        self, kind: str, x: Any, y: Any, sample_weight: Any, class_weight: Any, return_dict: bool
    ) -> Any:
        rows = checks.batch_length(x)
        self._check_compilable(f"{kind}_on_batch")
        source = self._source_of(
            x, y, sample_weight, batch_size=rows, class_weight=class_weight,
            name=f"{kind}_on_batch",
        )  # fmt: skip
        self._prepare(source, training=kind == "train")
        run = callback_package.CallbackList(model=self)
        chunk = next(self._epochs(kind, source, run).run())
        values = list(chunk.logs.values())
        if return_dict:
            return chunk.logs
        return values[0] if len(values) == 1 else values

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch, NumPy arrays."""
        source = self._source_of(x, batch_size=checks.batch_length(x), name="predict_on_batch")
        batch = source.peek()
        self._build_for_predict(batch)
        if self._predicts_eagerly():
            run = callback_package.CallbackList(model=self)
            return self._joined(list(self._predict_eagerly(source, run)))
        predictor = self._predictor()
        return predictor.unflatten(predictor.batch(batch))

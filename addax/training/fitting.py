"""`Fitting`: training for a number of epochs, with validation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from addax import callbacks as callback_package
from addax import errors
from addax.core.variable import default_seed
from addax.data import Source, split_validation, unpack_x_y_sample_weight
from addax.training import checks, find_lr
from addax.training.compiled import reset_all
from addax.training.diagnostics import Watch
from addax.training.find_lr import LearningRateCurve
from addax.training.loop import (
    PROGRESS_SECONDS,
    QUIET_SECONDS,
    Chunk,
    Chunker,
    EagerEpochs,
    Epochs,
)
from addax.training.prepared import Prepared
from addax.training.resume import Session, with_backup


class Fitting(Prepared):
    """`fit`, and what is made of it."""

    def _resets(self, run: Any) -> Callable[[], None]:
        """Return what starts the metrics again between the epochs of a run."""
        if run.may_change_the_model or self.run_eagerly or self._overrides("reset_metrics"):
            return self.reset_metrics
        return functools.partial(reset_all, self.metrics)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        resume: Any = None,
    ) -> Any:
        """Train for a number of epochs.

        Args:
            x: inputs: arrays (or a list or dict of them), a frame, a generator, a
                `PyDataset`, a DataLoader, ...
            y: targets, when `x` does not give them itself.
            batch_size: samples per update; default 32.
            epochs: number of the last epoch.
            verbose: 0 silent, 1 progress bar, 2 one line per epoch, `"auto"` = 1.
            callbacks: list of callbacks.
            validation_split: share of the data, its last part, to validate on.
            validation_data: `(x, y)` or `(x, y, sample_weight)` to validate on, or a
                dataset.
            shuffle: whether to shuffle before each epoch; `"batch"` shuffles batches.
            class_weight: factor by class number.
            sample_weight: factor per sample.
            initial_epoch: number of the first epoch.
            steps_per_epoch: batches per epoch.
            validation_steps: batches of validation.
            validation_batch_size: default: `batch_size`.
            validation_freq: validate every so many epochs, or in these epochs.
            resume: a folder. The state of the training is saved in it after every epoch; when
                `fit` is called again, by a new process as well, it goes on from there and ends
                with the same bits. The same as a `BackupAndRestore` that keeps its backup.

        Returns: the `History` callback.

        Raises:
            NotCompiledError: if `compile` was not called.
            ValueError: for data that do not fit together or to the model.
        """
        self._need_compiled("fit")
        checks.check_fit_arguments(epochs, initial_epoch, validation_freq)
        names = getattr(self, "output_names", None)
        class_weight = checks.class_weight_in_order(class_weight, y, names)
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = split_validation(
                x, y, sample_weight, validation_split, texts=self._takes_texts()
            )
        self._check_compilable("fit")
        source = self._source_of(
            x, y, sample_weight, batch_size=batch_size, shuffle=shuffle,
            class_weight=class_weight, steps=steps_per_epoch, name="fit", seed=default_seed(),
        )  # fmt: skip
        source.epoch = initial_epoch
        validation = self._validation_source(
            validation_data, validation_batch_size or batch_size, validation_steps
        )
        self._prepare(source, training=True)
        run = callback_package.CallbackList(
            with_backup(callbacks, resume),
            add_history=True,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbosity(verbose),
            epochs=epochs,
            steps=source.num_batches,
        )
        return self._fit(source, validation, run, range(initial_epoch, epochs), validation_freq)

    def find_lr(
        self,
        x: Any = None,
        y: Any = None,
        min_lr: float = 1e-5,
        max_lr: float = 10.0,
        steps: int = 500,
        batch_size: int | None = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        shuffle: Any = True,
        steps_per_epoch: int | None = None,
        path: Any = None,
    ) -> LearningRateCurve:
        """Look for a good learning rate: train with ever larger ones, and see what the loss does.

        Each step multiplies the rate by the same factor, `exp(log(max_lr / min_lr) / steps)`.
        The loss falls, and climbs where the rate gets too large; a tenth of the rate at that
        turning point is suggested. It ends early when the loss explodes. Afterwards weights,
        optimizer, metrics and seeds are as they were, to the bit.

        Args:
            x: inputs, see `fit`.
            y: targets, see `fit`.
            min_lr: first learning rate, > 0.
            max_lr: learning rate to stop before.
            steps: number of batches, each with a rate of its own.
            batch_size: samples per batch; default 32. Use the one you will train with.
            sample_weight: see `fit`.
            class_weight: see `fit`.
            shuffle: see `fit`.
            steps_per_epoch: see `fit`; needed for endless data.
            path: file to save the picture to; see `LearningRateCurve.plot`.

        Returns: a `LearningRateCurve`: `rates`, `losses`, `smoothed`, `turning_point`,
            `suggestion`, and `plot()`.

        Raises:
            NotCompiledError: if `compile` was not called.
            ValueError: for rates out of order, or a loss that is not finite from the start.

        Example:
            >>> import numpy as np
            >>> import addax
            >>> x = np.linspace(-1, 1, 200).reshape(100, 2)
            >>> model = addax.Sequential([addax.Input((2,)), addax.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> curve = model.find_lr(x, 3 * x[:, :1], steps=200)
            >>> 0.001 < curve.suggestion < 1
            True
            >>> model.optimizer.learning_rate = curve.suggestion
        """
        curve = find_lr.search(
            self, min_lr, max_lr, steps, x=x, y=y, batch_size=batch_size, shuffle=shuffle,
            sample_weight=sample_weight, class_weight=class_weight, steps_per_epoch=steps_per_epoch,
        )  # fmt: skip
        if path is not None:
            curve.plot(path)
        return curve

    def _fit(
        self, source: Source, validation: Source | None, run: Any, epochs: range, frequency: Any
    ) -> Any:
        self.stop_training = False
        testing = None
        watch = Watch(self, source)
        session = self._session(run, source, validation, epochs)
        run.on_train_begin()
        training = self._epochs("train", source, run)
        reset_metrics = self._resets(run)
        logs: dict[str, Any] = {}
        if session is not None:
            epochs, logs = session.begin()
        unseen = session is None and validation is None and not run.may_change_the_model
        for epoch in epochs:
            if unseen and training.can_start():
                logs = self._fit_ahead(training, run, watch, range(epoch, epochs.stop))
                break
            goes_on = session is not None and session.goes_on()
            if not goes_on:
                reset_metrics()
            run.on_epoch_begin(epoch)
            source.on_epoch_begin()
            if goes_on and session is not None:
                session.restore()
            logs = self._run_epoch(training.run(), run, "train") or logs
            source.on_epoch_end()
            watch.after_epoch(epoch, logs)
            if validation is not None and checks.validates(epoch, frequency):
                testing, validation_logs = self._validate(testing, validation, run)
                logs = dict(logs, **validation_logs)
            run.on_epoch_end(epoch, logs)
            if self.stop_training or source.exhausted:
                break
        if self.optimizer is not None and not run.weights_are_averages:
            self.optimizer.finalize_variable_values(self.trainable_variables)
        run.on_train_end(logs)
        self._sample = None
        return self.history

    def _fit_ahead(self, training: Any, run: Any, watch: Watch, epochs: range) -> dict[str, Any]:
        """Run epochs that nobody takes part in, each started before the one before is looked at.

        What Python does between two epochs, it does while the device computes.
        """
        reset_metrics = self._resets(run)

        def start() -> Iterator[Chunk]:
            reset_metrics()
            training.source.on_epoch_begin()
            chunks: Iterator[Chunk] = training.start()
            training.source.on_epoch_end()
            return chunks

        logs: dict[str, Any] = {}
        started: Iterator[Chunk] | None = start()
        for epoch in epochs:
            if started is None:  # somebody set `stop_training`
                break
            run.on_epoch_begin(epoch)
            chunks = started
            goes_on = epoch + 1 < epochs.stop and not self.stop_training
            started = start() if goes_on else None
            for chunk in chunks:
                logs = chunk.logs
                run.after_chunk("train", chunk.first, chunk.last, None, logs)
            watch.after_epoch(epoch, logs)
            run.on_epoch_end(epoch, logs)
        return logs

    def _session(
        self, run: Any, source: Source, validation: Source | None, epochs: range
    ) -> Session | None:
        """Return the open backups of a run, None if it makes none."""
        if run.backup is None:
            return None
        runner = self._runner("train")
        state = [*runner.carried, *runner.fixed]
        layers = self._flatten_layers()
        session = Session(self, run, run.backup, source, validation, epochs, state, layers)
        session.open()
        return session

    def _validation_source(self, data: Any, batch_size: int | None, steps: Any) -> Source | None:
        if data is None:
            return None
        if isinstance(data, list) and len(data) in (2, 3):
            data = tuple(data)  # as Keras 2 scripts pass it
        if isinstance(data, tuple):
            x, y, sample_weight = unpack_x_y_sample_weight(data)
        else:
            x, y, sample_weight = data, None, None
        return self._source_of(
            x, y, sample_weight, batch_size=batch_size, steps=steps, name="validation_data"
        )

    def _validate(self, testing: Any, source: Source, run: Any) -> tuple[Any, dict[str, Any]]:
        """Run a validation; `testing` is what the last one returned, with data in place."""
        self.reset_metrics()
        run.on_test_begin()
        testing = testing or self._epochs("test", source, run)
        source.rewind()  # each time the same samples, also with `validation_steps`
        source.on_epoch_begin()
        logs = self._run_epoch(testing.run(), run, "test")
        source.on_epoch_end()
        run.on_test_end(logs)
        return testing, {f"val_{key}": value for key, value in logs.items()}

    def _epochs(self, kind: str, source: Source, run: Any) -> Epochs | EagerEpochs:
        """Return what runs the epochs of a source, and yields their chunks."""
        mode = run.batch_mode(kind)
        exact = mode == "exact" or self.run_eagerly
        begin_hook = run.on_train_batch_begin if kind == "train" else run.on_test_batch_begin

        def on_begin(number: int) -> None:
            if exact:
                begin_hook(number)

        if self.run_eagerly:
            step = self.train_step if kind == "train" else self.test_step
            return EagerEpochs(step, source, on_begin)
        seconds = PROGRESS_SECONDS if mode != "none" else QUIET_SECONDS
        runner = self._runner(kind)
        chunker = Chunker(exact, seconds, 1 if exact else runner.chunk_size)
        if kind == "train" and run.backup is not None and run.backup.save_freq != "epoch":
            chunker.limit = run.backup.until_save
        # a callback may freeze layers
        renew = functools.partial(self._runner, kind) if run.may_change_the_model else None
        return Epochs(runner, source, chunker, mode == "replay", on_begin, renew)

    def _run_epoch(self, chunks: Iterator[Chunk], run: Any, kind: str) -> dict[str, Any]:
        logs: dict[str, Any] = {}
        for chunk in chunks:
            logs = chunk.logs
            run.after_chunk(kind, chunk.first, chunk.last, chunk.per_step, logs)
            if kind == "train" and self.stop_training:
                break
        return logs


def verbosity(verbose: Any) -> int:
    """Return `verbose` as 0, 1 or 2; `"auto"` is 1.

    Raises:
        ValueError: for anything else.
    """
    if verbose in ("auto", None):
        return 1
    return int(errors.one_of("fit", "verbose", int(verbose), (0, 1, 2)))

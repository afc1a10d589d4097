"""`Trainer`: compile, fit, evaluate, predict, for anything that is a Layer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from addax import callbacks as callback_package
from addax import errors, metrics, optimizers, tree
from addax.core import registry
from addax.core.dtypes import host_dtype
from addax.core.graph import infer
from addax.core.packing import Group
from addax.core.tensor import Symbolic, raw
from addax.core.variable import Variable, default_seed, global_generator, scope
from addax.data import Source, as_source, split_validation, unpack_x_y_sample_weight
from addax.engine import engine
from addax.layers import tracking
from addax.layers.base import Layer
from addax.training import checks, find_lr
from addax.training import step as steps
from addax.training.compile import CompiledLoss, CompiledMetrics
from addax.training.diagnostics import Watch
from addax.training.find_lr import LearningRateCurve
from addax.training.loop import (
    PROGRESS_SECONDS,
    QUIET_SECONDS,
    Chunk,
    Chunker,
    EagerRunner,
    Epochs,
)
from addax.training.predict import Predictor
from addax.training.resume import Session, with_backup
from addax.training.runner import Counts, Runner

if TYPE_CHECKING:
    _Mixed = Layer
else:
    _Mixed = object


class Trainer(_Mixed):
    """The training methods of a model; mixed into a Layer by `Model`."""

    name: str
    stop_training: bool
    history: Any
    _loss_tracker: Any
    _counts: Counts
    _compiled: dict[str, Any]
    _added_metrics: dict[str, Any]
    _output_specs: dict[Any, Any]
    _sample: Any  # the first batch, while training

    def _init_trainer(self) -> None:
        """Set the state of training; called before the constructor."""
        self.__dict__.update(
            optimizer=None, loss=None, stop_training=False, run_eagerly=False,
            _compile_loss=None, _compile_metrics=None, _loss_tracker=metrics.Mean(name="loss"),
            _added_metrics={}, _compile_arguments=None, _compiled={}, _output_specs={},
            _sample=None, history=None, _counts=Counts(), jit_compile=True, steps_per_execution=1,
        )  # fmt: skip

    # -- compile -------------------------------------------------------------------

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say what training minimizes, how, and what it reports.

        Args:
            optimizer: name or optimizer.
            loss: name, function or loss; or a list or dict of them, one per output.
            loss_weights: factor per output, list or dict.
            metrics: list of names, functions or metrics; or lists or a dict per output.
            weighted_metrics: metrics that see the sample weights.
            run_eagerly: whether steps run in Python, one by one, for debugging.
            steps_per_execution: accepted; Addax chooses how many steps it compiles into
                one call by itself.
            jit_compile: accepted; False is the same as `run_eagerly=True` only for
                debugging and has no effect here.
            auto_scale_loss: whether a model of policy `"mixed_float16"` gets its optimizer
                wrapped into a `LossScaleOptimizer`.

        Raises:
            ValueError: for unknown names.
        """
        self.optimizer = optimizers.get(optimizer)
        if self.optimizer is not None and not isinstance(self.optimizer, optimizers.Optimizer):
            raise ValueError(
                f"`optimizer` of `compile` must be a name or an optimizer. Received: {optimizer!r}"
            )
        given = self.optimizer
        if auto_scale_loss and given is not None and self._needs_loss_scale():
            self.optimizer = optimizers.LossScaleOptimizer(given, name="loss_scale_optimizer")
        self.loss = loss
        self._compile_loss = None if loss is None else CompiledLoss(loss, loss_weights)
        self._compile_metrics = CompiledMetrics(metrics, weighted_metrics)
        self.run_eagerly = run_eagerly
        self.steps_per_execution = errors.positive_int(
            "compile", "steps_per_execution", steps_per_execution
        )
        self.jit_compile = jit_compile
        self.stop_training = False
        self.compiled = True
        self._compiled = {}
        self._added_metrics = {}
        self._compile_arguments = {
            "optimizer": given,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }

    compiled: bool = False

    def _needs_loss_scale(self) -> bool:
        """Say whether small gradients would vanish in the model's 16-bit floats."""
        scaled = isinstance(self.optimizer, optimizers.LossScaleOptimizer)
        return self.dtype_policy.name == "mixed_float16" and not scaled

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return the arguments of `compile`, serialized; None before it."""
        return None if not self.compiled else registry.serialize(self._compile_arguments)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with what `get_compile_config` returned."""
        arguments = {key: registry.deserialize(value) for key, value in config.items()}
        self.compile(**arguments)
        if self.optimizer is not None and getattr(self, "built", False):
            self.optimizer.build(self.trainable_variables)

    def _need_compiled(self, method: str) -> None:
        if not self.compiled:
            raise errors.NotCompiledError(
                f"`{method}` needs a compiled model. Call "
                "`model.compile(optimizer=..., loss=...)` first."
            )

    # -- what users may override ------------------------------------------------------

    def train_step(self, data: Any) -> dict[str, Any]:
        """Do one update of the weights from a batch; override it for your own rule.

        Args:
            data: `(x, y)` or `(x, y, sample_weight)`, tensors.

        Returns: metric results by name.
        """
        return steps.train_step(self, data)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Compute loss and metrics of a batch and return them by name."""
        return steps.test_step(self, data)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for a batch."""
        return steps.predict_step(self, data)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the loss of a batch: that of `compile` plus what layers added.

        Raises:
            ValueError: if there is nothing to minimize.
        """
        total = None
        if self._compile_loss is not None:
            if not self._compile_loss.built:
                self._build_compiled(y, y_pred)
            total = self._compile_loss(y, y_pred, sample_weight)
        for extra in self.losses:
            extra = extra if not getattr(extra, "shape", ()) else extra.sum()
            total = extra if total is None else total + extra
        if total is None:
            raise ValueError(
                f"Model '{self.name}' has no loss to minimize. Pass `loss=` to `compile`, or call "
                "`add_loss` in a layer."
            )
        return total

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Update the metrics of `compile` and return all results by name."""
        if self._compile_metrics is not None and y is not None:
            if not self._compile_metrics.built:
                self._build_compiled(y, y_pred)
            self._compile_metrics.update(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def compiled_loss(
        self, y: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None
    ) -> Any:
        """Return the loss, as custom training steps of Keras 2 ask for it."""
        return self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)

    @property
    def compiled_metrics(self) -> Any:
        """The metrics of `compile`, as custom training steps of Keras 2 ask for them."""
        return _CompiledMetricsView(self)

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the current results of all metrics by log key."""
        found = {"loss": self._loss_tracker.result()}
        if self._compile_loss is not None:
            trackers = [t for t in self._compile_loss.trackers if t is not None]
            found.update({t.name: t.result() for t in trackers})
        if self._compile_metrics is not None and self._compile_metrics.built:
            found.update(self._compile_metrics.results())
        for name, metric in self._added_metrics.items():
            found[name] = metric.result()
        known = {id(m) for m in self._own_metrics()}
        for metric in self.metrics:
            if id(metric) not in known:
                result = metric.result()
                found.update(result if isinstance(result, dict) else {metric.name: result})
        return found

    def _own_metrics(self) -> list[Any]:
        """Return the metrics that `compile` and `add_metric` made, in log order."""
        found = [self._loss_tracker]
        if self._compile_loss is not None:
            found += [t for t in self._compile_loss.trackers if t is not None]
        if self._compile_metrics is not None:
            found += self._compile_metrics.metrics
        return found + list(self._added_metrics.values())

    @property
    def metrics(self) -> list[Any]:
        """All metrics: of `compile`, and those held in attributes of the model."""
        found = self._own_metrics() if self.compiled else []
        for layer in self._flatten_layers():
            found += tracking.own_items(layer, lambda item: isinstance(item, metrics.Metric))
        return tracking.unique(iter(found))

    @property
    def metrics_names(self) -> list[str]:
        """The log keys of what `evaluate` returns, in its order."""
        return list(self.get_metrics_result())

    @property
    def metrics_variables(self) -> list[Variable]:
        """The Variables of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    def reset_metrics(self) -> None:
        """Start all metrics again."""
        _reset(self.metrics)

    def _resets(self, run: Any) -> Callable[[], None]:
        """Return what starts the metrics again between the epochs of a run."""
        if run.may_change_the_model or self.run_eagerly or self._overrides("reset_metrics"):
            return self.reset_metrics
        return functools.partial(_reset, self.metrics)

    # -- preparation ------------------------------------------------------------------

    def _overrides(self, *names: str) -> bool:
        return any(getattr(type(self), name) is not getattr(Trainer, name) for name in names)

    def _build_compiled(self, y: Any, y_pred: Any) -> None:
        """Give losses and metrics their outputs; their Variables are made here."""
        names = getattr(self, "output_names", None)
        with scope({}, building=True):
            if self._compile_loss is not None and not self._compile_loss.built:
                self._compile_loss.build(y, y_pred, names)
            if (
                self._compile_metrics is not None
                and not self._compile_metrics.built
                and y is not None
            ):
                self._compile_metrics.build(y, y_pred, names, self._compile_loss)

    def _prepare(self, source: Source, training: bool) -> None:
        """Build the model, its losses, metrics and optimizer from a first batch."""
        batch = source.peek()
        self._sample = batch if training else None
        if training and self._overrides("train_step"):
            self._infer_step(self.train_step, batch)
            return
        if not training and self._overrides("test_step"):
            self._infer_step(self.test_step, batch)
            return
        x, y, _ = batch
        y_pred = self._infer_outputs(x, training)
        self._build_compiled(y, y_pred)
        for layer in self._flatten_layers():
            for name in layer._call_metrics:
                if name not in self._added_metrics:
                    self._added_metrics[name] = metrics.Mean(name=name)
            layer._call_losses.clear()
            layer._call_metrics.clear()
        if training and self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)
        targets = y if source.arrays is None else source.arrays[1]
        checks.check_targets(targets, y_pred, self._compile_loss)

    def _infer_outputs(self, x: Any, training: bool) -> Any:
        """Return the symbolic outputs for data of the shapes of `x`."""
        leaves, definition = tree.flatten_with_def(x)
        key = (definition, tuple((a.shape[1:], str(a.dtype)) for a in leaves), training)
        if key not in self._output_specs:
            fixed = any(
                symbol.shape and symbol.shape[0] is not None
                for symbol in tree.flatten(getattr(self, "inputs", None) or ())
            )
            symbols = [
                Symbolic((a.shape[0] if fixed else None, *a.shape[1:]), str(a.dtype))
                for a in leaves
            ]
            flat, result = infer(
                lambda filled: steps.call_model(
                    self, tree.unflatten(definition, filled), training=training
                ),
                symbols,
            )
            self._output_specs[key] = tree.unflatten(result, flat)
        return self._output_specs[key]

    def _infer_step(self, step: Callable[[Any], Any], batch: Any) -> None:
        """Run a user's step abstractly, so that everything in it gets built."""
        data = steps.as_data(batch)
        leaves, definition = tree.flatten_with_def(data)
        symbols = [None if a is None else Symbolic(a.shape, str(a.dtype)) for a in leaves]
        infer(lambda filled: step(tree.unflatten(definition, filled)), symbols)

    def _state(self) -> tuple[list[Variable], list[Variable]]:
        """Return the Variables that training changes, and all others of the model."""
        trainable: list[Variable] = []
        others: list[Variable] = []
        for variable in self.variables:
            updated = self.trainable and variable.trainable
            (trainable if updated else others).append(variable)
        return trainable, [*others, global_generator().state]

    def _runner(self, kind: str) -> Runner:
        """Return the compiled step, made anew when the set of Variables has changed."""
        trainable, others = self._state()
        held = tracking.own_items(self, lambda item: isinstance(item, optimizers.Optimizer))
        if self.optimizer is not None:
            held = [self.optimizer, *held]
        state = [v for optimizer in held for v in optimizer.variables]
        tracked = self.metrics_variables
        if kind == "train":
            step, carried, fixed = self.train_step, [*trainable, *others, *state, *tracked], []
        else:
            step, carried, fixed = self.test_step, [*others, *tracked], [*trainable, *state]
        carried = tracking.unique(iter(carried))
        schedule = id(getattr(self.optimizer, "_schedule", None))
        key = (kind, tuple(map(id, carried)), tuple(map(id, fixed)), schedule)
        if self._compiled.get(kind, (None,))[0] != key:
            custom = self._overrides(f"{kind}_step", "compute_metrics", "get_metrics_result")
            results = None if custom else self.get_metrics_result
            groups = self._packing_groups(carried) if kind == "train" else ()
            runner = Runner(step, carried, fixed, self._counts, results, groups)
            self._compiled[kind] = (key, runner)
        return self._compiled[kind][1]

    def _packing_groups(self, carried: list[Variable]) -> list[Group]:
        """Return what the loop may carry joined, of the optimizer's parameters."""
        group = None if self.optimizer is None else self.optimizer.packing_group(carried)
        return [group] if group and set(carried).issuperset(group.variables()) else []

    def _predictor(self) -> Predictor:
        trainable, others = self._state()
        key = (tuple(map(id, trainable)), tuple(map(id, others)))
        if self._compiled.get("predict", (None,))[0] != key:
            predictor = Predictor(self.predict_step, others, trainable, self._counts)
            self._compiled["predict"] = (key, predictor)
        return self._compiled["predict"][1]

    # -- fit ----------------------------------------------------------------------------

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
                x, y, sample_weight, validation_split
            )
        source = as_source(
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
            verbose=_verbosity(verbose),
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
        for epoch in epochs:
            goes_on = session is not None and session.goes_on()
            if not goes_on:
                reset_metrics()
            run.on_epoch_begin(epoch)
            source.on_epoch_begin()
            if goes_on and session is not None:
                session.restore()
            logs = self._run_epoch(training, run, "train") or logs
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
        return as_source(
            x, y, sample_weight, batch_size=batch_size, steps=steps, name="validation_data"
        )

    def _validate(self, testing: Any, source: Source, run: Any) -> tuple[Any, dict[str, Any]]:
        """Run a validation; `testing` is what the last one returned, with data in place."""
        self.reset_metrics()
        run.on_test_begin()
        testing = testing or self._epochs("test", source, run)
        source.rewind()  # each time the same samples, also with `validation_steps`
        source.on_epoch_begin()
        logs = self._run_epoch(testing, run, "test")
        source.on_epoch_end()
        run.on_test_end(logs)
        return testing, {f"val_{key}": value for key, value in logs.items()}

    def _epochs(self, kind: str, source: Source, run: Any) -> Callable[[], Iterator[Chunk]]:
        """Return a function that runs one epoch and yields its chunks."""
        mode = run.batch_mode(kind)
        exact = mode == "exact" or self.run_eagerly
        begin_hook = run.on_train_batch_begin if kind == "train" else run.on_test_batch_begin

        def on_begin(number: int) -> None:
            if exact:
                begin_hook(number)

        if self.run_eagerly:
            eager = EagerRunner(self.train_step if kind == "train" else self.test_step)
            return lambda: eager.epoch(source, on_begin)
        seconds = PROGRESS_SECONDS if mode != "none" else QUIET_SECONDS
        runner = self._runner(kind)
        chunker = Chunker(exact, seconds, 1 if exact else runner.chunk_size)
        if kind == "train" and run.backup is not None and run.backup.save_freq != "epoch":
            chunker.limit = run.backup.until_save
        compiled = Epochs(runner, source, chunker, mode == "replay", on_begin)

        def epoch() -> Iterator[Chunk]:
            if run.may_change_the_model:
                compiled.runner = self._runner(kind)  # it may have frozen layers
            return compiled.run()

        return epoch

    def _run_epoch(
        self, epochs: Callable[[], Iterator[Chunk]], run: Any, kind: str
    ) -> dict[str, Any]:
        logs: dict[str, Any] = {}
        for chunk in epochs():
            logs = chunk.logs
            run.after_chunk(kind, chunk.first, chunk.last, chunk.per_step, logs)
            if kind == "train" and self.stop_training:
                break
        return logs

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
        source = as_source(x, y, sample_weight, batch_size=batch_size, steps=steps, name="evaluate")
        self._prepare(source, training=False)
        run = self._callback_list(callbacks, verbose, source)
        self.stop_training = False
        self.reset_metrics()
        run.on_test_begin()
        source.on_epoch_begin()
        logs = self._run_epoch(self._epochs("test", source, run), run, "test")
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
            callbacks, add_progbar=verbose != 0, model=self, verbose=_verbosity(verbose),
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
        source = as_source(x, batch_size=batch_size, steps=steps, name="predict")
        self._build_for_predict(source.peek())
        run = self._callback_list(callbacks, verbose, source)
        self.stop_training = False
        run.on_predict_begin()
        source.on_epoch_begin()
        parts = list(self._predict_parts(source, run))
        source.on_epoch_end()
        run.on_predict_end()
        flat = [np.concatenate(pieces, axis=0) for pieces in zip(*parts, strict=True)]
        return self._predictor().unflatten(flat)

    def _predict_parts(self, source: Source, run: Any) -> Iterator[list[np.ndarray]]:
        if self.run_eagerly:
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
        if not self._overrides("predict_step"):
            self._infer_outputs(batch[0], training=False)
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
        source = as_source(
            x, y, sample_weight, batch_size=rows, class_weight=class_weight,
            name=f"{kind}_on_batch",
        )  # fmt: skip
        self._prepare(source, training=kind == "train")
        run = callback_package.CallbackList(model=self)
        chunk = next(iter(self._epochs(kind, source, run)()))
        values = list(chunk.logs.values())
        if return_dict:
            return chunk.logs
        return values[0] if len(values) == 1 else values

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch, NumPy arrays."""
        source = as_source(x, batch_size=checks.batch_length(x), name="predict_on_batch")
        batch = source.peek()
        self._build_for_predict(batch)
        predictor = self._predictor()
        return predictor.unflatten(predictor.batch(batch))


class _CompiledMetricsView:
    """`self.compiled_metrics` of Keras 2's custom training steps."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update the metrics of `compile`."""
        self._model.compute_metrics(None, y, y_pred, sample_weight)


def _reset(metrics: Iterable[Any]) -> None:
    for metric in metrics:
        metric.reset_state()


def _verbosity(verbose: Any) -> int:
    if verbose in ("auto", None):
        return 1
    return int(errors.one_of("fit", "verbose", int(verbose), (0, 1, 2)))

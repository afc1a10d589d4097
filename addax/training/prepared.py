"""`Prepared`: a model that is built from a first batch, and its compiled steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import metrics, optimizers, tree
from addax.core.graph import infer
from addax.core.packing import Group
from addax.core.tensor import Symbolic
from addax.core.variable import Variable, global_generator, scope
from addax.data import Source, as_source, unpack_x_y_sample_weight
from addax.layers import tracking
from addax.training import checks
from addax.training import step as steps
from addax.training.compiled import Compiled
from addax.training.predict import Predictor
from addax.training.runner import Runner
from addax.training.texts import through_lookups

# which step serves a method
_KINDS = {
    "fit": "train", "train_on_batch": "train", "evaluate": "test", "validation_data": "test",
    "test_on_batch": "test", "predict": "predict", "predict_on_batch": "predict",
}  # fmt: skip


class Prepared(Compiled):
    """Builds what `fit`, `evaluate` and `predict` need before they can run."""

    def _source_of(self, *data: Any, **options: Any) -> Source:
        """Return the batches of data as the compiled steps take them."""
        source = as_source(*data, texts=self._takes_texts(), **options)
        return self._through_host(source, _KINDS[options["name"]])

    def _takes_texts(self) -> bool:
        """Say whether the model's inputs may hold strings."""
        return False

    def _through_host(self, source: Source, kind: str) -> Source:
        """Return the source after those layers that cannot be compiled, if there are any."""
        if not self._takes_texts():
            return source
        if self._overrides(f"{kind}_step"):
            return through_lookups(source, getattr(self, f"{kind}_step"))

        def call(data: Any) -> None:
            x, _, _ = unpack_x_y_sample_weight(data)
            steps.call_model(self, x, training=kind == "train")

        return through_lookups(source, call)

    def _check_compilable(self, method: str) -> None:
        """Raise a ValueError if the model has layers that this method cannot compile."""
        if self._front is not None:
            self._front.check_compilable(self.name, method)

    def _predicts_eagerly(self) -> bool:
        return self.run_eagerly or (self._front is not None and bool(self._front.late))

    def _overrides(self, *names: str) -> bool:
        return any(getattr(type(self), name) is not getattr(Compiled, name) for name in names)

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
        leaves, definition = tree.flatten_with_def(batch)
        symbols = [None if a is None else Symbolic(a.shape, str(a.dtype)) for a in leaves]
        infer(lambda filled: step(steps.as_data(tree.unflatten(definition, filled))), symbols)

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
            training = kind == "train" and self.optimizer is not None
            groups = self._packing_groups(carried) if training else ()
            descending = self.optimizer.parameters_without_slots() if training else ()
            runner = Runner(step, carried, fixed, self._counts, results, groups, descending)
            self._compiled[kind] = (key, runner)
        return self._compiled[kind][1]

    def _packing_groups(self, carried: list[Variable]) -> list[Group]:
        """Return what the loop may carry joined, of the optimizer's parameters."""
        group = self.optimizer.packing_group(carried)
        return [group] if group and set(carried).issuperset(group.variables()) else []

    def _predictor(self) -> Predictor:
        trainable, others = self._state()
        key = (tuple(map(id, trainable)), tuple(map(id, others)))
        if self._compiled.get("predict", (None,))[0] != key:
            predictor = Predictor(self.predict_step, others, trainable, self._counts)
            self._compiled["predict"] = (key, predictor)
        return self._compiled["predict"][1]

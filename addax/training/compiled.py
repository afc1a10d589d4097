"""`Compiled`: a model with a loss, metrics and an optimizer, and its steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from addax import errors, metrics, optimizers
from addax.core import registry
from addax.core.variable import Variable
from addax.layers import tracking
from addax.layers.base import Layer
from addax.training import step as steps
from addax.training.compile import CompiledLoss, CompiledMetrics
from addax.training.runner import Counts

if TYPE_CHECKING:
    _Mixed = Layer
else:
    _Mixed = object


class Compiled(_Mixed):
    """What `compile` sets, and the steps that users may override."""

    name: str
    stop_training: bool
    history: Any
    _loss_tracker: Any
    _counts: Counts
    _compiled: dict[str, Any]
    _added_metrics: dict[str, Any]
    _output_specs: dict[Any, Any]
    _sample: Any  # the first batch, while training
    _front: Any  # what the host computes before the compiled steps, or None

    def _init_trainer(self) -> None:
        """Set the state of training; called before the constructor."""
        self.__dict__.update(
            optimizer=None, loss=None, stop_training=False, run_eagerly=False,
            _compile_loss=None, _compile_metrics=None, _loss_tracker=metrics.Mean(name="loss"),
            _added_metrics={}, _compile_arguments=None, _compiled={}, _output_specs={},
            _sample=None, _front=None, history=None, _counts=Counts(), jit_compile=True,
            steps_per_execution=1,
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
        reset_all(self.metrics)


class _CompiledMetricsView:
    """`self.compiled_metrics` of Keras 2's custom training steps."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def update_state(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update the metrics of `compile`."""
        self._model.compute_metrics(None, y, y_pred, sample_weight)


def reset_all(metrics: Iterable[Any]) -> None:
    """Start these metrics again."""
    for metric in metrics:
        metric.reset_state()

"""What `compile` was given, resolved to losses and metrics per output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import losses, metrics, tree
from addax.training.matching import output_names, per_output

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")


def resolve_loss(identifier: Any) -> Callable[..., Any] | None:
    """Return a loss object from None, a name, a config, a class, a function or a loss."""
    found = losses.get(identifier)
    if found is None or isinstance(found, losses.Loss):
        return found
    return losses.LossFunctionWrapper(found, name=getattr(found, "__name__", None))


def _is_deferred(identifier: Any) -> bool:
    """Say whether a name gets its meaning from the shapes of targets and outputs."""
    return isinstance(identifier, str) and identifier in _CROSSENTROPY


class CompiledLoss:
    """The weighted sum of the losses of all outputs.

    Args:
        loss: what `compile` was given.
        loss_weights: a number per output, as list or dict, or None.
    """

    def __init__(self, loss: Any, loss_weights: Any = None) -> None:
        self.loss = loss
        self.loss_weights = loss_weights
        self.names: list[str] = []
        self.functions: list[Any] = []
        self.weights: list[Any] = []
        self.trackers: list[Any] = []
        self.built = False
        for identifier in tree.flatten(loss):  # wrong names are told at `compile`
            if not _is_deferred(identifier):
                resolve_loss(identifier)

    def build(self, y: Any, y_pred: Any, names: list[str] | None) -> None:
        """Give every output its loss."""
        self.names = output_names(y_pred, names)
        given = self.loss
        if isinstance(given, (list, tuple)) and len(given) == 1 and len(self.names) > 1:
            given = given[0]
        outputs, targets = tree.flatten(y_pred), per_output(y, self.names, "y")
        self.functions = [
            losses.resolve_crossentropy(_shape(target), _shape(output))()
            if _is_deferred(item)
            else resolve_loss(item)
            for item, target, output in zip(
                per_output(given, self.names, "loss", repeat=True), targets, outputs, strict=True
            )
        ]
        weights = per_output(self.loss_weights, self.names, "loss_weights", repeat=True)
        self.weights = [None if weight is None else float(weight) for weight in weights]
        used = [name for name, f in zip(self.names, self.functions, strict=True) if f is not None]
        several = len(self.names) > 1
        self.trackers = [
            metrics.Mean(name=f"{name}_loss") if several and name in used else None
            for name in self.names
        ]
        self.built = True

    def __call__(self, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the total loss, or None if no output has one; trackers are updated."""
        outputs = tree.flatten(y_pred)
        targets = per_output(y, self.names, "y")
        weights = per_output(sample_weight, self.names, "sample_weight", repeat=True)
        total = None
        for i, function in enumerate(self.functions):
            if function is None:
                continue
            if targets[i] is None:
                raise ValueError(
                    f"Output '{self.names[i]}' has a loss but no target. Pass `y` to `fit`, or "
                    "use data that give `(x, y)`."
                )
            target = column(targets[i], outputs[i], function)
            value = function(target, outputs[i], sample_weight=weights[i])
            if self.trackers[i] is not None:
                self.trackers[i].update_state(value, sample_weight=outputs[i].shape[0])
            weighted = value if self.weights[i] is None else value * self.weights[i]
            total = weighted if total is None else total + weighted
        return total


class CompiledMetrics:
    """The metrics of all outputs.

    Args:
        given: what `compile` was given as `metrics`.
        weighted: what it was given as `weighted_metrics`.
    """

    def __init__(self, given: Any, weighted: Any = None) -> None:
        self.given = given
        self.weighted = weighted
        self.names: list[str] = []
        self.by_output: list[list[tuple[Any, bool, str]]] = []
        self.built = False
        for identifier in [*tree.flatten(given), *tree.flatten(weighted)]:
            if isinstance(identifier, str) and identifier not in _ACCURACY + _CROSSENTROPY:
                metrics.get(identifier)

    def build(
        self, y: Any, y_pred: Any, names: list[str] | None, loss: CompiledLoss | None
    ) -> None:
        """Give every output its metrics.

        Args:
            y: targets (their shapes are used).
            y_pred: outputs (their shapes are used).
            names: the model's output names.
            loss: the built losses, which tell what `"accuracy"` means.
        """
        self.names = output_names(y_pred, names)
        outputs = tree.flatten(y_pred)
        targets = per_output(y, self.names, "y")
        functions = loss.functions if loss is not None and loss.built else [None] * len(outputs)
        self.by_output = []
        lists = [
            (_metric_lists(self.given, self.names), False),
            (_metric_lists(self.weighted, self.names), True),
        ]
        for i, name in enumerate(self.names):
            entries = []
            for given, weighted in lists:
                for identifier in given[i]:
                    metric = _resolve(identifier, targets[i], outputs[i], functions[i])
                    label = metric.name if len(self.names) == 1 else f"{name}_{metric.name}"
                    entries.append((metric, weighted, label))
            self.by_output.append(entries)
        self.built = True

    @property
    def metrics(self) -> list[Any]:
        """All metrics, output by output."""
        return [metric for entries in self.by_output for metric, _, _ in entries]

    def update(self, y: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Update all metrics; only weighted ones see the sample weights."""
        outputs = tree.flatten(y_pred)
        targets = per_output(y, self.names, "y")
        weights = per_output(sample_weight, self.names, "sample_weight", repeat=True)
        for i, entries in enumerate(self.by_output):
            if targets[i] is None and entries:
                continue
            for metric, weighted, _ in entries:
                target = column(targets[i], outputs[i], metric)
                if weighted:
                    metric.update_state(target, outputs[i], sample_weight=weights[i])
                else:
                    metric.update_state(target, outputs[i])

    def results(self) -> dict[str, Any]:
        """Return the current results by log key."""
        found: dict[str, Any] = {}
        for entries in self.by_output:
            for metric, _, label in entries:
                result = metric.result()
                found.update(result if isinstance(result, dict) else {label: result})
        return found


def column(y: Any, y_pred: Any, function: Any) -> Any:
    """Return targets `(n,)` as `(n, 1)` for a loss that compares them with each of k outputs.

    Only for the losses and metrics of Addax that compare element by element: others may want
    class numbers. Without it, n = k targets would be compared with the wrong outputs.
    """
    if len(_shape(y)) != 1 or len(_shape(y_pred)) != 2:
        return y
    fn = getattr(function, "fn", None) or getattr(function, "_fn", None)
    elementwise = getattr(fn, "__module__", "").startswith("addax.losses.")
    if not elementwise or getattr(fn, "integer_targets", False):
        return y
    return y[:, None]


def _metric_lists(given: Any, names: list[str]) -> list[list[Any]]:
    """Return one list of metrics per output.

    A flat list serves the only output, or each output in turn when it has as many
    entries; otherwise, as in Keras 2, it serves every output.
    """
    if given is None:
        return [[] for _ in names]
    if isinstance(given, dict):
        return [_as_list(item) for item in per_output(given, names, "metrics")]
    given = _as_list(given)
    nested = any(isinstance(item, (list, tuple, dict)) for item in given)
    if nested or (len(names) > 1 and len(given) == len(names)):
        return [_as_list(item) for item in per_output(given, names, "metrics")]
    return [list(given) for _ in names]


def _as_list(item: Any) -> list[Any]:
    if item is None:
        return []
    return list(item) if isinstance(item, (list, tuple)) else [item]


def _resolve(identifier: Any, y: Any, y_pred: Any, loss: Any) -> Any:
    name = identifier if isinstance(identifier, str) else None
    if name in _ACCURACY:
        cls = metrics.resolve_accuracy(_shape(y), _shape(y_pred), loss)
        return cls(name=name)
    if name in _CROSSENTROPY:
        return metrics.resolve_crossentropy(_shape(y), _shape(y_pred), loss)(name=name)
    metric: Any = metrics.get(identifier)
    if name is not None:
        metric.name = name  # what the user wrote is the log key, as in Keras
    metric.build_from_shapes(_shape(y), _shape(y_pred))
    return metric


def _shape(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, "shape", ()))

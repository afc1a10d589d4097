"""What can be told before the first step: from the layers, the loss and the first batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import tree
from addax.training.diagnostics.structure import Output, activation_of, outputs, weighing_inputs
from addax.training.diagnostics.warning import warn_once
from addax.training.matching import per_output

_BINARY = {"binary_crossentropy", "binary_focal_crossentropy"}
_CATEGORICAL = {
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy",
}
_NUMERIC = {
    *_BINARY, *(_CATEGORICAL - {"sparse_categorical_crossentropy"}), "huber", "log_cosh",
    "mean_absolute_error", "mean_squared_error", "hinge", "squared_hinge",
}  # fmt: skip
_RANGES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "relu6": (0.0, 6.0),
}
# Targets may be a little outside: smoothed or noisy labels are.
_TOLERANCE = 0.1
# From here on, numbers are taken for unscaled; pixels of 0 to 255 have a deviation of 60 to 110.
_MANY, _WIDE = 100.0, 30.0
_LOOKED_AT = 100_000


def check(model: Any, source: Any) -> None:
    """Warn of what will keep a compiled model from learning.

    Args:
        model: the model, built and compiled.
        source: its data; `model._sample` is the first batch.
    """
    check_single_softmax(model)
    x, y, weight = model._sample
    check_inputs(model, x)
    if model._compile_loss is None or y is None:
        return
    whole = source.arrays
    targets = y if whole is None or whole[1] is None or _size(whole[1]) > 10**7 else whole[1]
    loss = model._compile_loss
    found = outputs(model)
    if len(found) != len(loss.functions):
        return
    targets = per_output(targets, loss.names, "y")
    for output, function, target in zip(found, loss.functions, targets, strict=True):
        if output is not None and function is not None:
            check_loss(model, output, *_kind_of(function))
            if weight is None:
                check_targets(model, output, _kind_of(function)[0], target)


def check_single_softmax(model: Any) -> None:
    """Warn of a softmax over one unit."""
    for layer in model._flatten_layers():
        size = getattr(layer, "units", getattr(layer, "filters", None))
        if size == 1 and activation_of(layer) == "softmax":
            warn_once(
                model,
                f"one softmax {layer.name}",
                f"Layer '{layer.name}' has softmax and a single unit: its output is 1 whatever the "
                "input, so nothing can be learned. Use activation='sigmoid' for two classes, or "
                "one unit per class.",
            )


def _kind_of(function: Any) -> tuple[str, bool]:
    """Return the name of one of our losses, `""` for others, and whether it takes logits."""
    inner = getattr(function, "fn", None)
    ours = getattr(inner, "__module__", "").startswith("addax.losses")
    logits = getattr(function, "_fn_kwargs", {}).get("from_logits", False)
    return (getattr(inner, "__name__", "") if ours else ""), bool(logits)


def check_loss(model: Any, output: Output, loss: str, logits: bool) -> None:
    """Warn if the activation of an output does not go with its loss."""
    if loss not in _BINARY | _CATEGORICAL:
        return
    name, activation = output.layer.name, output.activation
    advice = None
    if logits:
        if activation in ("sigmoid", "softmax"):
            advice = "Leave out `from_logits=True`, or the activation: it is applied twice now"
    elif loss in _BINARY:
        if activation == "softmax" and (output.size or 0) > 1:
            advice = (
                "For one class per sample use 'categorical_crossentropy' (targets one-hot) or "
                "'sparse_categorical_crossentropy' (class numbers); for several, 'sigmoid'"
            )
        elif activation in ("linear", "relu", "tanh"):
            advice = "It needs probabilities: use activation='sigmoid', or `from_logits=True`"
    elif output.size == 1:
        return  # the loss itself warns of a single class
    elif activation in ("linear", "relu", "tanh", "sigmoid"):
        advice = "It needs probabilities that add up to 1: use activation='softmax'" + (
            ", or `from_logits=True`" if activation == "linear" else ""
        )
    if advice:
        given = f"{loss}(from_logits=True)" if logits else loss
        warn_once(
            model,
            f"loss {name} {given}",
            f"The loss '{given}' does not go with activation '{activation}' of the output layer "
            f"'{name}'. {advice}.",
        )


def check_targets(model: Any, output: Output, loss: str, target: Any) -> None:
    """Warn of targets that the output can never reach."""
    if loss not in _NUMERIC or not isinstance(target, np.ndarray) or target.dtype.kind not in "fiu":
        return
    low, high = _RANGES.get(output.activation, (-np.inf, np.inf))
    why = f"the activation '{output.activation}' of the output layer '{output.layer.name}'"
    if loss in _BINARY:
        low, high, why = 0.0, 1.0, f"the loss '{loss}'"
    if not target.size or (low, high) == (-np.inf, np.inf):
        return
    least, most = float(target.min()), float(target.max())
    if least < low - _TOLERANCE or most > high + _TOLERANCE:
        warn_once(
            model,
            f"targets {output.layer.name}",
            f"The targets lie in [{least:.4g}, {most:.4g}], but {why} gives or takes only values "
            f"in [{low:g}, {high:g}]. Scale the targets, or use another activation"
            + (" and loss." if loss in _BINARY else " (None for any number)."),
        )


def check_inputs(model: Any, x: Any) -> None:
    """Warn of large numbers that go into a layer with weights as they are."""
    found: dict[str, tuple[float, float]] = {}
    for array, layers in zip(_in_order(model, x), weighing_inputs(model), strict=False):
        if not layers or not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
            continue
        values = array.reshape(-1)[:: max(1, array.size // _LOOKED_AT)].astype("float64")
        values = values[np.isfinite(values)]
        if values.size and (abs(values.mean()) > _MANY or values.std() > _WIDE):
            found[layers[0].name] = (values.min(), values.max())
    if found:
        several = "s" if len(found) > 1 else ""
        least, most = min(low for low, _ in found.values()), max(high for _, high in found.values())
        warn_once(
            model,
            "inputs",
            f"The inputs of layer{several} {', '.join(map(repr, found))} are not scaled: they lie "
            f"in [{least:.4g}, {most:.4g}]. Training works best with values around 0 and a spread "
            "around 1. Divide images by 255, or put a `Rescaling`, `Normalization` or "
            "`BatchNormalization` layer first.",
        )


def _in_order(model: Any, x: Any) -> list[Any]:
    """Return the arrays in the order of the model's inputs."""
    if isinstance(x, dict):
        names = sorted(model._inputs) if isinstance(model._inputs, dict) else model.input_names
        return [x.get(name) for name in names or []]
    return list(tree.flatten(x))


def rows(x: Any) -> int:
    """Return the number of rows of a batch."""
    return next((len(leaf) for leaf in _leaves(x)), 0)


def _size(structure: Any) -> int:
    return sum(getattr(leaf, "size", 0) for leaf in _leaves(structure))


def _leaves(structure: Any) -> Iterator[Any]:
    return (leaf for leaf in tree.flatten(structure) if leaf is not None)

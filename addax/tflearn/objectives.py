"""Losses by their TFLearn names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import errors, losses, ops

_LOSSES: dict[str, Callable[[], Any]] = {
    "categorical_crossentropy": losses.CategoricalCrossentropy,
    "softmax_categorical_crossentropy": lambda: losses.CategoricalCrossentropy(from_logits=True),
    "binary_crossentropy": lambda: losses.BinaryCrossentropy(from_logits=True),
    "mean_square": losses.MeanSquaredError,
    "hinge_loss": losses.Hinge,
    "l1_loss": losses.MeanAbsoluteError,
}


def get(loss: Any) -> Any:
    """Return the loss of a name; a function `(y_pred, y_true)` with its arguments the Keras way.

    Args:
        loss: name, function, or loss object.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> float(get("mean_square")([[0.0]], [[2.0]]))
        4.0
    """
    if isinstance(loss, losses.Loss):
        return loss
    if callable(loss):
        return lambda y_true, y_pred: ops.mean(loss(y_pred, y_true))
    if str(loss).lower() not in _LOSSES:
        raise errors.unknown_name("loss", loss, _LOSSES)
    return _LOSSES[str(loss).lower()]()


def _call(name: str, y_pred: Any, y_true: Any) -> Any:
    return _LOSSES[name]()(y_true, y_pred)


def categorical_crossentropy(y_pred: Any, y_true: Any) -> Any:
    """Return the mean cross-entropy of probabilities with one-hot targets."""
    return _call("categorical_crossentropy", y_pred, y_true)


def softmax_categorical_crossentropy(y_pred: Any, y_true: Any) -> Any:
    """Return the mean cross-entropy of logits with one-hot targets."""
    return _call("softmax_categorical_crossentropy", y_pred, y_true)


def binary_crossentropy(y_pred: Any, y_true: Any) -> Any:
    """Return the mean cross-entropy of logits with targets of 0 or 1."""
    return _call("binary_crossentropy", y_pred, y_true)


def mean_square(y_pred: Any, y_true: Any) -> Any:
    """Return the mean squared difference."""
    return _call("mean_square", y_pred, y_true)


def hinge_loss(y_pred: Any, y_true: Any) -> Any:
    """Return the mean of `max(1 - y_true * y_pred, 0)`."""
    return _call("hinge_loss", y_pred, y_true)

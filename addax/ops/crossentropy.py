"""Crossentropies between targets and predictions.

Probabilities that a softmax or sigmoid gave remember what it was applied to; the
crossentropy is then computed from that, stable and exact.
"""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.graph import op
from addax.core.tensor import Tensor
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float

nn = engine.nn


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """`-(t log(p) + (1 - t) log(1 - p))`, elementwise.

    Args:
        target: tensor of zeros and ones (or probabilities), of the shape of `output`.
        output: probabilities, or logits.
        from_logits: whether `output` are logits, without a sigmoid.

    Returns: tensor of the shape of `output`.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> binary_crossentropy([1.0], [0.5]).numpy()
        array([0.6931472], dtype=float32)
    """
    logits = None if from_logits else _logits(output, "sigmoid", -1)
    if logits is not None:
        return _binary_crossentropy(target, logits, True)
    return _binary_crossentropy(target, output, from_logits)


@op
def _binary_crossentropy(target: Any, output: Any, from_logits: bool) -> Any:
    output = as_float(output)
    target = as_array(target).astype(output.dtype)
    _check_equal("binary_crossentropy", target, output)
    if from_logits:
        positive, negative = nn.log_sigmoid(output), nn.log_sigmoid(-output)
    else:
        output = _clip(output)
        positive, negative = xp.log(output), xp.log(1.0 - output)
    return -(target * positive + (1.0 - target) * negative)


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """`-sum(t log(p))` along `axis`.

    Args:
        target: one-hot tensor (or probabilities), of the shape of `output`.
        output: probabilities, or logits.
        from_logits: whether `output` are logits, without a softmax.
        axis: axis of the classes.

    Returns: tensor of the shape of `output` without `axis`.

    Raises:
        ValueError: if the shapes differ, or `output` is a scalar.

    Example:
        >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
        array([0.6931472], dtype=float32)
    """
    logits = None if from_logits else _logits(output, "softmax", axis)
    if logits is not None:
        return _categorical_crossentropy(target, logits, True, axis)
    return _categorical_crossentropy(target, output, from_logits, axis)


@op
def _categorical_crossentropy(target: Any, output: Any, from_logits: bool, axis: int) -> Any:
    output = as_float(output)
    target = as_array(target).astype(output.dtype)
    _check_equal("categorical_crossentropy", target, output)
    if output.ndim < 1:
        raise ValueError(
            "`output` of `categorical_crossentropy` must have an axis of classes. "
            f"Received: shape {output.shape}"
        )
    return -xp.sum(target * _log_probabilities(output, from_logits, axis), axis=axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """`-log(p[target])` along `axis`.

    Args:
        target: integer tensor of class numbers, of the shape of `output` without
            `axis` (or with size 1 there).
        output: probabilities, or logits.
        from_logits: whether `output` are logits, without a softmax.
        axis: axis of the classes.

    Returns: tensor of the shape of `output` without `axis`. A target outside of the
        classes gives 0.

    Raises:
        ValueError: if the shapes do not fit, or `output` is a scalar.

    Example:
        >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).numpy()
        array([0.6931472], dtype=float32)
    """
    logits = None if from_logits else _logits(output, "softmax", axis)
    if logits is not None:
        return _sparse_categorical_crossentropy(target, logits, True, axis)
    return _sparse_categorical_crossentropy(target, output, from_logits, axis)


@op
def _sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool, axis: int) -> Any:
    output = as_float(output)
    target = as_array(target).astype("int32")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = xp.squeeze(target, -1)
    expected = list(output.shape)
    if expected:
        expected.pop(axis)
    if not output.ndim or list(target.shape) != expected:
        raise ValueError(
            "`target` of `sparse_categorical_crossentropy` must have the shape of `output` "
            f"without its axis {axis}, one class number for each. For one-hot targets use "
            f"`categorical_crossentropy`. Received: target of shape {tuple(target.shape)}, "
            f"output of shape {tuple(output.shape)}"
        )
    log_probabilities = _log_probabilities(output, from_logits, axis)
    chosen = nn.one_hot(target, output.shape[axis], axis=axis, dtype=output.dtype)
    return -xp.sum(chosen * log_probabilities, axis=axis)


def _logits(output: Any, kind: str, axis: int) -> Any:
    """Return what a softmax or sigmoid (`kind`) over the last axis was applied to, or None."""
    if not isinstance(output, Tensor) or output.logits is None or output.logits_kind != kind:
        return None
    return output.logits if axis in (-1, len(output.shape) - 1) else None


def _log_probabilities(output: Any, from_logits: bool, axis: int) -> Any:
    if from_logits:
        return nn.log_softmax(output, axis=axis)
    total = xp.sum(output, axis=axis, keepdims=True)
    return xp.log(_clip(output / xp.where(total == 0, 1, total)))  # all zeros stay zeros


def _clip(probabilities: Any) -> Any:
    return xp.clip(probabilities, config.epsilon(), 1.0 - config.epsilon())


def _check_equal(name: str, target: Any, output: Any) -> None:
    if target.shape != output.shape:
        raise ValueError(
            f"`target` and `output` of `{name}` must have the same shape. Received: target of "
            f"shape {tuple(target.shape)}, output of shape {tuple(output.shape)}"
        )

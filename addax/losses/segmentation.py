"""Losses of overlapping regions: Dice and Tversky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import config
from addax.core.registry import register
from addax.engine import xp
from addax.losses.base import LossFunctionWrapper
from addax.losses.shapes import paired
from addax.ops._arrays import axes_of

_MEAN = "sum_over_batch_size"


@register("losses")
@paired
def dice(y_true: Any, y_pred: Any, axis: Sequence[int] | None = None) -> Any:
    """`1 - 2 * overlap / (size of targets + size of predictions)`.

    Args:
        y_true: region, 0 to 1, any shape.
        y_pred: predicted region of the same shape.
        axis: axes to sum over; None for all, which gives one number.

    Returns: the shape without `axis`.

    Example:
        >>> float(dice([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4))
        0.5
    """
    axes = axes_of(axis)
    overlap = xp.sum(y_true * y_pred, axis=axes)
    sizes = xp.sum(y_true, axis=axes) + xp.sum(y_pred, axis=axes)
    return 1.0 - 2.0 * overlap / (sizes + config.epsilon())


@register("losses")
@paired
def tversky(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: Sequence[int] | None = None,
) -> Any:
    """`1 - overlap / (overlap + alpha * misses + beta * false alarms)`.

    Args:
        y_true: region, 0 to 1, any shape.
        y_pred: predicted region of the same shape.
        alpha: weight of what the prediction misses (as Keras computes it).
        beta: weight of what it wrongly includes.
        axis: axes to sum over; None for all, which gives one number.

    Returns: the shape without `axis`.

    Example:
        >>> float(tversky([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4))
        0.5

    Reference: Salehi et al. 2017, arXiv:1706.05721.
    """
    axes = axes_of(axis)
    overlap = xp.sum(y_true * y_pred, axis=axes)
    misses = xp.sum(y_true * (1.0 - y_pred), axis=axes)
    false_alarms = xp.sum((1.0 - y_true) * y_pred, axis=axes)
    divisor = overlap + alpha * misses + beta * false_alarms + config.epsilon()
    return 1.0 - overlap / divisor


@register("losses")
class Dice(LossFunctionWrapper):
    """Dice loss of two regions.

    Args:
        reduction, name: see `Loss`.
        axis: axes to sum over; None for all, which gives one number.
        dtype: see `Loss`.

    Example:
        >>> round(float(Dice()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
        0.5
    """

    def __init__(
        self,
        reduction: str | None = _MEAN,
        name: str = "dice",
        axis: Sequence[int] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)
        self.axis = axis


@register("losses")
class Tversky(LossFunctionWrapper):
    """Tversky loss of two regions.

    Args:
        alpha: weight of what the prediction misses (as Keras computes it).
        beta: weight of what it wrongly includes.
        reduction, name: see `Loss`.
        axis: axes to sum over; None for all, which gives one number.
        dtype: see `Loss`.

    Example:
        >>> round(float(Tversky()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
        0.5
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = _MEAN,
        name: str = "tversky",
        axis: Sequence[int] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
        self.alpha = alpha
        self.beta = beta
        self.axis = axis

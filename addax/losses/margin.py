"""Hinge losses: a margin between the right answer and the others."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.engine import xp
from addax.losses.base import LossFunctionWrapper
from addax.losses.shapes import paired

_MEAN = "sum_over_batch_size"


def _signs(y_true: Any) -> Any:
    """Turn labels 0 and 1 into -1 and 1; labels that are not all 0 or 1 stay."""
    binary = xp.all(xp.logical_or(y_true == 0, y_true == 1))
    return xp.where(binary, 2.0 * y_true - 1.0, y_true)


@register("losses")
@paired
def hinge(y_true: Any, y_pred: Any) -> Any:
    """`mean(max(1 - y_true * y_pred, 0))` over the last axis.

    Args:
        y_true: labels -1 and 1 (0 and 1 are converted), `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> hinge([[1.0, -1.0]], [[0.5, 0.5]]).numpy()
        array([1.], dtype=float32)
    """
    return xp.mean(xp.maximum(1.0 - _signs(y_true) * y_pred, 0.0), axis=-1)


@register("losses")
@paired
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """`mean(max(1 - y_true * y_pred, 0)^2)` over the last axis.

    Args:
        y_true: labels -1 and 1 (0 and 1 are converted), `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> squared_hinge([[1.0, -1.0]], [[0.5, 0.5]]).numpy()
        array([1.25], dtype=float32)
    """
    return xp.mean(xp.square(xp.maximum(1.0 - _signs(y_true) * y_pred, 0.0)), axis=-1)


@register("losses")
@paired
def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """`max(1 + largest wrong score - right score, 0)`.

    Args:
        y_true: one-hot targets, `(batch, ..., classes)`.
        y_pred: scores of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]]).numpy()
        array([0.75], dtype=float32)
    """
    right = xp.sum(y_true * y_pred, axis=-1)
    wrong = xp.max((1.0 - y_true) * y_pred, axis=-1)
    return xp.maximum(wrong - right + 1.0, 0.0)


@register("losses")
class Hinge(LossFunctionWrapper):
    """Hinge loss `max(1 - y_true * y_pred, 0)`, for labels -1 and 1 (or 0 and 1).

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(Hinge()([[1.0, -1.0]], [[0.5, 0.5]]))
        1.0
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "hinge", dtype: Any = None
    ) -> None:
        super().__init__(hinge, reduction, name, dtype)


@register("losses")
class SquaredHinge(LossFunctionWrapper):
    """Squared hinge loss, for labels -1 and 1 (or 0 and 1).

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(SquaredHinge()([[1.0, -1.0]], [[0.5, 0.5]]))
        1.25
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "squared_hinge", dtype: Any = None
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


@register("losses")
class CategoricalHinge(LossFunctionWrapper):
    """Margin between the score of the right class and the largest other.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]]))
        0.75
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)

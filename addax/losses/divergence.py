"""Losses between distributions: Kullback-Leibler divergence and Poisson."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.registry import register
from addax.engine import xp
from addax.losses.base import LossFunctionWrapper
from addax.losses.shapes import paired

_MEAN = "sum_over_batch_size"


@register("losses", aliases=("kld", "KLD", "kullback_leibler_divergence"))
@paired
def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """`sum(y_true * log(y_true / y_pred))` over the last axis.

    Args:
        y_true: probabilities, `(batch, ..., d)`; limited to `[epsilon(), 1]`.
        y_pred: probabilities of the same shape, limited likewise.

    Returns: `(batch, ...)`.

    Example:
        >>> kl_divergence([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4)
        array([0.6931], dtype=float32)
    """
    y_true, y_pred = (xp.clip(y, config.epsilon(), 1.0) for y in (y_true, y_pred))
    return xp.sum(y_true * xp.log(y_true / y_pred), axis=-1)


@register("losses")
@paired
def poisson(y_true: Any, y_pred: Any) -> Any:
    """`mean(y_pred - y_true * log(y_pred + epsilon()))` over the last axis.

    Args:
        y_true: counts, `(batch, ..., d)`.
        y_pred: expected counts of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> poisson([[2.0]], [[1.0]]).numpy().round(4)
        array([1.], dtype=float32)
    """
    return xp.mean(y_pred - y_true * xp.log(y_pred + config.epsilon()), axis=-1)


@register("losses")
class KLDivergence(LossFunctionWrapper):
    """Kullback-Leibler divergence of the predictions from the targets.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(KLDivergence()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "kl_divergence", dtype: Any = None
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


@register("losses")
class Poisson(LossFunctionWrapper):
    """Negative logarithm of the Poisson likelihood, up to a constant.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(Poisson()([[2.0]], [[1.0]])), 4)
        1.0
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "poisson", dtype: Any = None
    ) -> None:
        super().__init__(poisson, reduction, name, dtype)

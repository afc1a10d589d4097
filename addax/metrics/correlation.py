"""Correlations of targets and predictions."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.registry import register
from addax.engine import xp
from addax.losses.shapes import paired
from addax.metrics.reduction import MeanMetricWrapper


@paired
def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Linear correlation along `axis`, -1 to 1; NaN where one side is constant.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.
        axis: axis of the samples that are correlated.

    Returns: the shape without `axis`.

    Example:
        >>> pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]).numpy().round(4)
        array([1.], dtype=float32)
    """
    y_true, y_pred = (y - xp.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred))
    spread = xp.sqrt(xp.mean(xp.square(y_true), axis=axis) * xp.mean(xp.square(y_pred), axis=axis))
    return xp.mean(y_true * y_pred, axis=axis) / spread


@paired
def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Agreement along `axis`, -1 to 1: correlation that also punishes shift and scale.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.
        axis: axis of the samples that are compared.

    Returns: the shape without `axis`.

    Example:
        >>> concordance_correlation([[0.0, 1.0, 2.0]], [[0.0, 1.0, 2.0]]).numpy().round(4)
        array([1.], dtype=float32)

    Reference: Lin 1989, doi:10.2307/2532051.
    """
    mean_true, mean_pred = (xp.mean(y, axis=axis, keepdims=True) for y in (y_true, y_pred))
    covariance = xp.mean((y_true - mean_true) * (y_pred - mean_pred), axis=axis)
    variances = xp.var(y_true, axis=axis) + xp.var(y_pred, axis=axis)
    shift = xp.squeeze(xp.square(mean_true - mean_pred), axis)
    return 2 * covariance / (variances + shift + config.epsilon())


@register("metrics")
class PearsonCorrelation(MeanMetricWrapper):
    """Mean linear correlation of targets and predictions.

    Args:
        name, dtype: see `Metric`.
        axis: axis of the samples that are correlated.

    Example:
        >>> metric = PearsonCorrelation(axis=0)
        >>> metric.update_state([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]])
        >>> round(float(metric.result()), 4)
        1.0
    """

    def __init__(
        self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


@register("metrics")
class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean concordance correlation of targets and predictions.

    Args:
        name, dtype: see `Metric`.
        axis: axis of the samples that are compared.

    Example:
        >>> metric = ConcordanceCorrelation(axis=0)
        >>> metric.update_state([[0.0], [1.0], [2.0]], [[0.0], [1.0], [2.0]])
        >>> round(float(metric.result()), 4)
        1.0
    """

    def __init__(
        self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis

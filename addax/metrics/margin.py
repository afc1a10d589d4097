"""Hinge losses as metrics."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.losses.margin import categorical_hinge, hinge, squared_hinge
from addax.metrics.reduction import MeanMetricWrapper


@register("metrics")
class Hinge(MeanMetricWrapper):
    """Mean hinge loss, for labels -1 and 1 (or 0 and 1).

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = Hinge()
        >>> metric.update_state([[1.0, -1.0]], [[0.5, 0.5]])
        >>> round(float(metric.result()), 4)
        1.0
    """

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, name, dtype)


@register("metrics")
class SquaredHinge(MeanMetricWrapper):
    """Mean squared hinge loss, for labels -1 and 1 (or 0 and 1).

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = SquaredHinge()
        >>> metric.update_state([[1.0, -1.0]], [[0.5, 0.5]])
        >>> round(float(metric.result()), 4)
        1.25
    """

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, name, dtype)


@register("metrics")
class CategoricalHinge(MeanMetricWrapper):
    """Mean margin loss between the right class and the largest other.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = CategoricalHinge()
        >>> metric.update_state([[0.0, 1.0]], [[0.5, 0.75]])
        >>> round(float(metric.result()), 4)
        0.75
    """

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(categorical_hinge, name, dtype)

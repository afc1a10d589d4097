"""Metrics by their TFLearn names."""

from __future__ import annotations

from typing import Any

from addax import errors, metrics


class Accuracy:
    """Share of right predictions: of classes, or of 0 and 1 for a single output."""

    def build(self) -> Any:
        """Return the Keras metric."""
        return "accuracy"


class Top_k:  # noqa: N801
    """Share of samples whose class is among the `k` most probable ones.

    Args:
        k: number of classes.
    """

    def __init__(self, k: int = 1) -> None:
        self.k = k

    def build(self) -> Any:
        """Return the Keras metric."""
        return metrics.TopKCategoricalAccuracy(k=self.k, name="top_k")


class R2:
    """Coefficient of determination."""

    def build(self) -> Any:
        """Return the Keras metric."""
        return metrics.R2Score(name="r2")


_KNOWN = {"default": Accuracy, "accuracy": Accuracy, "top_k": Top_k, "r2": R2}


def get(metric: Any) -> Any:
    """Return the Keras metric of a TFLearn one; None for None.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> get("default")
        'accuracy'
    """
    if isinstance(metric, str):
        if metric.lower() not in _KNOWN:
            raise errors.unknown_name("metric", metric, _KNOWN)
        return _KNOWN[metric.lower()]().build()
    return metric.build() if hasattr(metric, "build") and not _is_keras(metric) else metric


def _is_keras(metric: Any) -> bool:
    return isinstance(metric, metrics.Metric)

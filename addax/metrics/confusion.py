"""Counts of right and wrong decisions; precision and recall."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.graph import op
from addax.core.registry import register
from addax.metrics.counted import Counted
from addax.metrics.counts import NEGATIVE_INFINITY, parse_thresholds
from addax.metrics.reduction import divide_no_nan
from addax.ops._arrays import as_array


@op
def first_if_single(x: Any) -> Any:
    """Return the only element of a vector of length 1, else the vector."""
    x = as_array(x)
    return x[0] if x.shape[0] == 1 else x


class _ConditionCount(Counted):
    """Counts one of the four outcomes."""

    accumulator: Any

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.thresholds = thresholds
        self._thresholds = parse_thresholds(type(self).__name__, thresholds, 0.5)
        self._add_counts((len(self._thresholds.values),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1.
            y_pred: probabilities of the same shape.
            sample_weight: weights of that rank or less, or None.
        """
        self._count(y_true, y_pred, sample_weight)

    def result(self) -> Any:
        """Return the count, a vector if there are several thresholds."""
        return first_if_single(self.accumulator)


@register("metrics")
class TruePositives(_ConditionCount):
    """Number of labels 1 that are predicted.

    Args:
        thresholds: above it a prediction counts as 1; a number or several, default 0.5.
        name, dtype: see `Metric`.

    Example:
        >>> metric = TruePositives()
        >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1])
        >>> float(metric.result())
        2.0
    """

    _tracked = {"accumulator": 0}


@register("metrics")
class FalsePositives(_ConditionCount):
    """Number of labels 0 that are predicted as 1.

    Args:
        thresholds: above it a prediction counts as 1; a number or several, default 0.5.
        name, dtype: see `Metric`.

    Example:
        >>> metric = FalsePositives()
        >>> metric.update_state([0, 1, 0, 0], [0, 0, 1, 1])
        >>> float(metric.result())
        2.0
    """

    _tracked = {"accumulator": 1}


@register("metrics")
class TrueNegatives(_ConditionCount):
    """Number of labels 0 that are predicted.

    Args:
        thresholds: above it a prediction counts as 1; a number or several, default 0.5.
        name, dtype: see `Metric`.

    Example:
        >>> metric = TrueNegatives()
        >>> metric.update_state([0, 1, 0, 0], [1, 1, 0, 0])
        >>> float(metric.result())
        2.0
    """

    _tracked = {"accumulator": 2}


@register("metrics")
class FalseNegatives(_ConditionCount):
    """Number of labels 1 that are predicted as 0.

    Args:
        thresholds: above it a prediction counts as 1; a number or several, default 0.5.
        name, dtype: see `Metric`.

    Example:
        >>> metric = FalseNegatives()
        >>> metric.update_state([0, 1, 1, 1], [0, 1, 0, 0])
        >>> float(metric.result())
        2.0
    """

    _tracked = {"accumulator": 3}


class _Ratio(Counted):
    """`first / (first + second)` of the two tracked counts."""

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.thresholds = thresholds
        self.top_k = None if top_k is None else errors.positive_int(owner, "top_k", top_k)
        self.class_id = class_id
        default = 0.5 if top_k is None else NEGATIVE_INFINITY
        self._thresholds = parse_thresholds(owner, thresholds, default)
        self._add_counts((len(self._thresholds.values),))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1, `(batch, ..., labels)`.
            y_pred: probabilities of the same shape.
            sample_weight: weights of that rank or less, or None.
        """
        self._count(y_true, y_pred, sample_weight, top_k=self.top_k, class_id=self.class_id)

    def result(self) -> Any:
        """Return the ratio so far, a vector if there are several thresholds."""
        first, second = self._counts()
        return first_if_single(divide_no_nan(first, first + second))


@register("metrics")
class Precision(_Ratio):
    """Share of the predicted ones that are right.

    Args:
        thresholds: above it a prediction counts as 1; a number or several, default 0.5.
        top_k: only the `top_k` largest predictions of a row can count as 1.
        class_id: only this label counts.
        name, dtype: see `Metric`.

    Example:
        >>> metric = Precision()
        >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1])
        >>> round(float(metric.result()), 4)
        0.6667
    """

    _tracked = {"true_positives": 0, "false_positives": 1}


@register("metrics")
class Recall(_Ratio):
    """Share of the labels 1 that are predicted.

    Args:
        thresholds: above it a prediction counts as 1; a number or several, default 0.5.
        top_k: only the `top_k` largest predictions of a row can count as 1.
        class_id: only this label counts.
        name, dtype: see `Metric`.

    Example:
        >>> metric = Recall()
        >>> metric.update_state([0, 1, 1, 1], [1, 0, 1, 1])
        >>> round(float(metric.result()), 4)
        0.6667
    """

    _tracked = {"true_positives": 0, "false_negatives": 3}

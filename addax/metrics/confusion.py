"""Counts of right and wrong decisions; precision and recall."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.graph import op
from addax.core.registry import register
from addax.metrics.base import Metric
from addax.metrics.counts import NEGATIVE_INFINITY, confusion_counts, parse_thresholds
from addax.metrics.reduction import divide_no_nan
from addax.ops._arrays import as_array


@op
def first_if_single(x: Any) -> Any:
    """Return the only element of a vector of length 1, else the vector."""
    x = as_array(x)
    return x[0] if x.shape[0] == 1 else x


class _ConditionCount(Metric):
    """Counts one of the four outcomes; `_outcome` is its index."""

    _outcome: int

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.thresholds = thresholds
        self._thresholds = parse_thresholds(type(self).__name__, thresholds, 0.5)
        self.accumulator = self.add_variable((len(self._thresholds.values),), name="accumulator")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1.
            y_pred: probabilities of the same shape.
            sample_weight: weights of that rank or less, or None.
        """
        counts = confusion_counts(y_true, y_pred, sample_weight, self._thresholds, dtype=self.dtype)
        self.accumulator.assign_add(counts[self._outcome])

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

    _outcome = 0

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, name, dtype)


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

    _outcome = 1

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, name, dtype)


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

    _outcome = 2

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, name, dtype)


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

    _outcome = 3

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(thresholds, name, dtype)


class _Ratio(Metric):
    """`true positives / (true positives + others)`; `_outcome` is the index of the others."""

    _outcome: int
    _others: str

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
        shape = (len(self._thresholds.values),)
        self.true_positives = self.add_variable(shape, name="true_positives")
        setattr(self, self._others, self.add_variable(shape, name=self._others))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1, `(batch, ..., labels)`.
            y_pred: probabilities of the same shape.
            sample_weight: weights of that rank or less, or None.
        """
        counts = confusion_counts(
            y_true, y_pred, sample_weight, self._thresholds,
            top_k=self.top_k, class_id=self.class_id, dtype=self.dtype,
        )  # fmt: skip
        self.true_positives.assign_add(counts[0])
        getattr(self, self._others).assign_add(counts[self._outcome])

    def result(self) -> Any:
        """Return the ratio so far, a vector if there are several thresholds."""
        total = self.true_positives + getattr(self, self._others)
        return first_if_single(divide_no_nan(self.true_positives, total))


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

    _outcome, _others = 1, "false_positives"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, top_k, class_id, name, dtype)


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

    _outcome, _others = 3, "false_negatives"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(thresholds, top_k, class_id, name, dtype)

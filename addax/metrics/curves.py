"""Metrics over all thresholds: areas under curves, and one rate at a given other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.metrics.counted import OUTCOMES, Counted
from addax.metrics.counts import Thresholds, grid
from addax.metrics.reduction import divide_no_nan
from addax.ops import shaping

_CURVES = ("ROC", "PR", "PRGAIN")
_SUMMATIONS = ("interpolation", "minoring", "majoring")
_ratio = divide_no_nan.raw  # type: ignore[attr-defined]


class _AllCounted(Counted):
    """Holds all four counts per threshold."""

    _tracked = {name: i for i, name in enumerate(OUTCOMES)}
    true_positives: Any
    false_positives: Any
    true_negatives: Any
    false_negatives: Any


@register("metrics")
class AUC(_AllCounted):
    """Area under the ROC or the precision-recall curve, by a Riemann sum.

    Args:
        num_thresholds: number of points of the curve, > 1.
        curve: `"ROC"`, `"PR"` or `"PRGAIN"` (precision and recall gain).
        summation_method: height between two points: `"interpolation"` (their mean;
            exact for PR), `"minoring"` (the lower) or `"majoring"` (the higher).
        name, dtype: see `Metric`.
        thresholds: points between 0 and 1 to use instead of an even grid.
        multi_label: whether labels (the last axis) have areas of their own, averaged.
        num_labels: number of labels, with `multi_label`.
        label_weights: weights of the labels; default: all equal.
        from_logits: whether a sigmoid is applied to predictions.

    Example:
        >>> metric = AUC(num_thresholds=3)
        >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        >>> float(metric.result())
        0.75

    Reference: Davis and Goadrich 2006, doi:10.1145/1143844.1143874 (interpolation of
        PR); Flach and Kull 2015 (gain).
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.curve = errors.one_of("AUC", "curve", str(curve).upper(), _CURVES)
        self.summation_method = errors.one_of(
            "AUC", "summation_method", str(summation_method).lower(), _SUMMATIONS
        )
        self._thresholds = _auc_thresholds(num_thresholds, thresholds)
        self.num_thresholds = len(self._thresholds.values)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = label_weights
        self.from_logits = from_logits
        if num_labels is not None and not multi_label:
            raise ValueError("`num_labels` of `AUC` needs `multi_label=True`.")
        self._built = False
        if not multi_label or num_labels is not None:
            self._build(num_labels)

    @property
    def thresholds(self) -> list[float]:
        """The thresholds, ends included."""
        return list(self._thresholds.values)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        settings = super().get_config()
        if "thresholds" in settings:
            given = self._init_arguments["thresholds"]
            settings["thresholds"] = None if given is None else self.thresholds[1:-1]
        return settings

    def _build(self, num_labels: int | None) -> None:
        shape = (self.num_thresholds,)
        self._add_counts(shape if num_labels is None else (*shape, num_labels))
        self._built = True

    def build_from_shapes(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        """Make the counts of each label, with `multi_label` but no `num_labels`.

        Args:
            y_true_shape: shape of the targets, `(batch, labels)`.
            y_pred_shape: the same shape.
        """
        if not self._built:
            self._build(y_pred_shape[-1])

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1, any shape.
            y_pred: probabilities (or logits) of the same shape.
            sample_weight: weights of that rank or less, or None.
        """
        self.build_from_shapes(shaping.shape(y_true), shaping.shape(y_pred))
        self._count(
            y_true, y_pred, sample_weight,
            label_weights=None if self.multi_label else self.label_weights,
            per_label=self.multi_label, from_logits=self.from_logits,
        )  # fmt: skip

    def result(self) -> Any:
        """Return the area so far."""
        if not self._built:
            raise ValueError("`AUC` with `multi_label` has no result before its first batch.")
        weights = self.label_weights if self.multi_label else None
        tp, fp, tn, fn = self._counts()
        return _area(tp, fp, tn, fn, self.curve, self.summation_method, weights)


def _auc_thresholds(count: int, thresholds: Sequence[float] | None) -> Thresholds:
    if thresholds is not None:
        wrong = [t for t in np.ravel(thresholds).tolist() if not 0 <= t <= 1]
        if wrong:
            raise ValueError(f"`thresholds` of `AUC` must be in [0, 1]. Received: {wrong}")
        return grid(len(thresholds) + 2, thresholds)
    if errors.positive_int("AUC", "num_thresholds", count) == 1:
        raise ValueError(f"`num_thresholds` of `AUC` must be > 1. Received: num_thresholds={count}")
    return grid(count)


@op
def _area(
    tp: Any, fp: Any, tn: Any, fn: Any, curve: str, summation: str, label_weights: Any
) -> Any:
    if curve == "PR" and summation == "interpolation":
        parts = _interpolated_pr(tp, fp, fn)
    else:
        x, y = _points(tp, fp, tn, fn, curve)
        parts = (x[:-1] - x[1:]) * _heights(y[:-1], y[1:], summation)
    areas = xp.sum(parts, axis=0)
    if areas.ndim == 0:
        return areas
    if label_weights is None:
        return xp.mean(areas)
    weights = xp.asarray(label_weights, areas.dtype)
    return _ratio(xp.sum(areas * weights), xp.sum(weights))


def _points(tp: Any, fp: Any, tn: Any, fn: Any, curve: str) -> tuple[Any, Any]:
    """Return x and y of the curve at each threshold."""
    if curve == "ROC":
        return _ratio(fp, fp + tn), _ratio(tp, tp + fn)
    if curve == "PR":
        return _ratio(tp, tp + fn), _ratio(tp, tp + fp)
    odds = _ratio(tp + fn, fp + tn)
    recall_gain = xp.where(tp > 0, 1 - odds * _ratio(fn, tp), 0)
    return xp.maximum(recall_gain, 0), 1 - odds * _ratio(fp, tp)


def _heights(left: Any, right: Any, summation: str) -> Any:
    if summation == "interpolation":
        return (left + right) / 2.0
    return xp.minimum(left, right) if summation == "minoring" else xp.maximum(left, right)


def _interpolated_pr(tp: Any, fp: Any, fn: Any) -> Any:
    """Exact areas between two points, where positives grow linearly with predictions."""
    predicted = tp + fp
    gained = tp[:-1] - tp[1:]
    slope = _ratio(gained, xp.maximum(predicted[:-1] - predicted[1:], 0))
    intercept = tp[1:] - slope * predicted[1:]
    both = xp.logical_and(predicted[:-1] > 0, predicted[1:] > 0)
    growth = xp.where(both, _ratio(predicted[:-1], xp.maximum(predicted[1:], 0)), 1.0)
    return _ratio(slope * (gained + intercept * xp.log(growth)), xp.maximum(tp[1:] + fn[1:], 0))


class _BestUnderConstraint(_AllCounted):
    """The largest rate among thresholds where another rate is at least `value`."""

    def __init__(
        self,
        value: float,
        argument: str,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.value = errors.in_interval(owner, argument, value, 0, 1)
        self.num_thresholds = errors.positive_int(owner, "num_thresholds", num_thresholds)
        self.class_id = class_id
        self._thresholds = (
            Thresholds((0.5,), False)
            if num_thresholds == 1
            else Thresholds(tuple(np.linspace(0, 1, num_thresholds).tolist()), True)
        )
        self._add_counts((num_thresholds,))

    @property
    def thresholds(self) -> list[float]:
        """The thresholds."""
        return list(self._thresholds.values)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1, `(batch, ..., labels)`.
            y_pred: probabilities of the same shape.
            sample_weight: weights of that rank or less, or None.
        """
        self._count(y_true, y_pred, sample_weight, class_id=self.class_id)

    def _best(self, constrained: Any, dependent: Any) -> Any:
        """Return the largest `dependent` ratio; both are (numerator, other part)."""
        return _best(constrained, dependent, self.value)


@op
def _best(constrained: Any, dependent: Any, value: float) -> Any:
    (a, b), (c, d) = constrained, dependent
    feasible = _ratio(a, a + b) >= value
    return xp.max(xp.where(feasible, _ratio(c, c + d), 0.0))


@register("metrics")
class SensitivityAtSpecificity(_BestUnderConstraint):
    """Largest sensitivity (recall) where the specificity is at least that given.

    Args:
        specificity: in [0, 1].
        num_thresholds: how many thresholds are tried.
        class_id: only this label counts.
        name, dtype: see `Metric`.

    Example:
        >>> metric = SensitivityAtSpecificity(0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, "specificity", num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def result(self) -> Any:
        """Return the sensitivity so far."""
        tp, fp, tn, fn = self._counts()
        return self._best((tn, fp), (tp, fn))


@register("metrics")
class SpecificityAtSensitivity(_BestUnderConstraint):
    """Largest specificity where the sensitivity (recall) is at least that given.

    Args:
        sensitivity: in [0, 1].
        num_thresholds: how many thresholds are tried.
        class_id: only this label counts.
        name, dtype: see `Metric`.

    Example:
        >>> metric = SpecificityAtSensitivity(0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        >>> round(float(metric.result()), 4)
        0.6667
    """

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, "sensitivity", num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity

    def result(self) -> Any:
        """Return the specificity so far."""
        tp, fp, tn, fn = self._counts()
        return self._best((tp, fn), (tn, fp))


@register("metrics")
class PrecisionAtRecall(_BestUnderConstraint):
    """Largest precision where the recall is at least that given.

    Args:
        recall: in [0, 1].
        num_thresholds: how many thresholds are tried.
        class_id: only this label counts.
        name, dtype: see `Metric`.

    Example:
        >>> metric = PrecisionAtRecall(0.5)
        >>> metric.update_state([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, "recall", num_thresholds, class_id, name, dtype)
        self.recall = recall

    def result(self) -> Any:
        """Return the precision so far."""
        tp, fp, _, fn = self._counts()
        return self._best((tp, fn), (tp, fp))


@register("metrics")
class RecallAtPrecision(_BestUnderConstraint):
    """Largest recall where the precision is at least that given.

    Args:
        precision: in [0, 1].
        num_thresholds: how many thresholds are tried.
        class_id: only this label counts.
        name, dtype: see `Metric`.

    Example:
        >>> metric = RecallAtPrecision(0.8)
        >>> metric.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, "precision", num_thresholds, class_id, name, dtype)
        self.precision = precision

    def result(self) -> Any:
        """Return the recall so far."""
        tp, fp, _, fn = self._counts()
        return self._best((tp, fp), (tp, fn))

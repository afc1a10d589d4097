"""F-scores: harmonic means of precision and recall."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.losses.base import expand_to_rank
from addax.metrics.base import Metric
from addax.metrics.reduction import divide_no_nan
from addax.ops import shaping
from addax.ops._arrays import as_array, as_float

_AVERAGES = (None, "micro", "macro", "weighted")
_ratio = divide_no_nan.raw  # type: ignore[attr-defined]


@register("metrics")
class FBetaScore(Metric):
    """`(1 + beta^2) * precision * recall / (beta^2 * precision + recall)` per class.

    Args:
        average: `None` for a score per class, `"micro"` (over all decisions),
            `"macro"` (mean over classes) or `"weighted"` (by the size of the classes).
        beta: weight of recall against precision, > 0.
        threshold: above it a class is predicted; default: the largest is.
        name, dtype: see `Metric`.

    Example:
        >>> metric = FBetaScore(beta=2.0, threshold=0.5)
        >>> y_true = [[1, 1, 1], [1, 0, 0], [1, 1, 0]]
        >>> metric.update_state(y_true, [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
        >>> metric.result().numpy().round(4)
        array([0.3846, 0.9091, 0.8333], dtype=float32)
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.average = errors.one_of(owner, "average", average, _AVERAGES)
        if not isinstance(beta, float) or beta <= 0:
            raise ValueError(f"`beta` of `{owner}` must be a float > 0. Received: beta={beta!r}")
        if threshold is not None and (not isinstance(threshold, float) or not 0 < threshold <= 1):
            raise ValueError(
                f"`threshold` of `{owner}` must be a float in (0, 1]. "
                f"Received: threshold={threshold!r}"
            )
        self.beta = beta
        self.threshold = threshold
        self._built = False

    def build_from_shapes(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        """Make the counts, one per class.

        Args:
            y_true_shape: shape of the targets, `(batch, classes)`.
            y_pred_shape: the same shape.
        """
        if self._built:
            return
        if len(y_pred_shape) != 2 or y_pred_shape[-1] is None:
            raise ValueError(
                f"`{type(self).__name__}` needs targets and predictions of shape (batch, classes). "
                f"Received: y_true of shape {y_true_shape}, y_pred of shape {y_pred_shape}"
            )
        shape = () if self.average == "micro" else (y_pred_shape[-1],)
        self.true_positives = self.add_variable(shape, name="true_positives")
        self.false_positives = self.add_variable(shape, name="false_positives")
        self.false_negatives = self.add_variable(shape, name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, name="intermediate_weights")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1, `(batch, classes)`.
            y_pred: probabilities of the same shape.
            sample_weight: weights `(batch,)`, or None.
        """
        self.build_from_shapes(shaping.shape(y_true), shaping.shape(y_pred))
        axis = None if self.average == "micro" else 0
        tp, fp, fn, size = _decisions(
            y_true, y_pred, sample_weight, self.threshold, axis, self.dtype
        )
        self.true_positives.assign_add(tp)
        self.false_positives.assign_add(fp)
        self.false_negatives.assign_add(fn)
        self.intermediate_weights.assign_add(size)

    def result(self) -> Any:
        """Return the score so far, a vector without `average`."""
        if not self._built:
            raise ValueError(f"`{type(self).__name__}` has no result before its first batch.")
        return _f_score(
            self.true_positives, self.false_positives, self.false_negatives,
            self.intermediate_weights, self.beta, self.average,
        )  # fmt: skip


@op
def _decisions(
    y_true: Any, y_pred: Any, weights: Any, threshold: float | None, axis: int | None, dtype: str
) -> Any:
    y_pred, y_true = as_float(y_pred), as_array(y_true).astype(dtype)
    if threshold is None:
        largest = y_pred >= xp.max(y_pred, axis=-1, keepdims=True)
        chosen = xp.logical_and(largest, xp.abs(y_pred) > 1e-9)
    else:
        chosen = y_pred > threshold
    chosen = chosen.astype(dtype)
    weights = xp.asarray(1 if weights is None else weights, dtype)
    weights = expand_to_rank(weights, y_pred.ndim)
    return tuple(
        xp.sum(part * weights, axis=axis)
        for part in (chosen * y_true, chosen * (1 - y_true), (1 - chosen) * y_true, y_true)
    )


@op
def _f_score(tp: Any, fp: Any, fn: Any, sizes: Any, beta: float, average: str | None) -> Any:
    precision, recall = _ratio(tp, tp + fp), _ratio(tp, tp + fn)
    score = _ratio((1 + beta**2) * precision * recall, beta**2 * precision + recall)
    if average == "weighted":
        return xp.sum(score * _ratio(sizes, xp.sum(sizes)))
    return score if average is None else xp.mean(score)


@register("metrics")
class F1Score(FBetaScore):
    """`2 * precision * recall / (precision + recall)` per class.

    Args:
        average, threshold: see `FBetaScore`.
        name, dtype: see `Metric`.

    Example:
        >>> metric = F1Score(threshold=0.5)
        >>> y_true = [[1, 1, 1], [1, 0, 0], [1, 1, 0]]
        >>> metric.update_state(y_true, [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])
        >>> metric.result().numpy().round(4)
        array([0.5   , 0.8   , 0.6667], dtype=float32)
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

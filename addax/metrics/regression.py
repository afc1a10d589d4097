"""Errors of real-valued predictions."""

from __future__ import annotations

import math
from typing import Any

from addax import errors
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.losses import regression
from addax.losses.shapes import paired
from addax.metrics.base import Metric
from addax.metrics.reduction import Mean, MeanMetricWrapper, divide_no_nan
from addax.ops import shaping
from addax.ops._arrays import as_array, as_float
from addax.ops.nn import normalize

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")

_ratio = divide_no_nan.raw  # type: ignore[attr-defined]


@paired
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Cosine of the angle between targets and predictions: 1 for the same direction.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.
        axis: axis of the vectors.

    Example:
        >>> cosine_similarity([[0.0, 2.0]], [[0.0, 1.0]]).numpy()
        array([1.], dtype=float32)
    """
    unit = normalize.raw  # type: ignore[attr-defined]
    return xp.sum(unit(y_true, axis=axis) * unit(y_pred, axis=axis), axis=axis)


@paired
def _absolute_error(y_true: Any, y_pred: Any) -> Any:
    return xp.abs(y_true - y_pred)


@paired
def _squared_error(y_true: Any, y_pred: Any) -> Any:
    return xp.square(y_true - y_pred)


@register("metrics", aliases=("mse", "MSE"))
class MeanSquaredError(MeanMetricWrapper):
    """Mean of the squared errors.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = MeanSquaredError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        >>> round(float(metric.result()), 4)
        0.25
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_squared_error, name, dtype)


@register("metrics", aliases=("mae", "MAE"))
class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of the absolute errors.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = MeanAbsoluteError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        >>> round(float(metric.result()), 4)
        0.25
    """

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(regression.mean_absolute_error, name, dtype)


@register("metrics", aliases=("mape", "MAPE"))
class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of the absolute errors in percent of the targets.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = MeanAbsolutePercentageError()
        >>> metric.update_state([[2.0]], [[1.0]])
        >>> round(float(metric.result()), 4)
        50.0
    """

    def __init__(
        self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None
    ) -> None:
        super().__init__(regression.mean_absolute_percentage_error, name, dtype)


@register("metrics", aliases=("msle", "MSLE"))
class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of the squared differences of `log(1 + y)`.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = MeanSquaredLogarithmicError()
        >>> metric.update_state([[0.0]], [[1.0]])
        >>> round(float(metric.result()), 4)
        0.4805
    """

    def __init__(
        self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None
    ) -> None:
        super().__init__(regression.mean_squared_logarithmic_error, name, dtype)


@register("metrics", aliases=("logcosh", "log_cosh"))
class LogCoshError(MeanMetricWrapper):
    """Mean of `log(cosh(error))`.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = LogCoshError()
        >>> metric.update_state([[0.0]], [[1.0]])
        >>> round(float(metric.result()), 4)
        0.4338
    """

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(regression.log_cosh, name, dtype)


@register("metrics", aliases=("cosine_proximity",))
class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine of the angle between targets and predictions.

    Args:
        name, dtype: see `Metric`.
        axis: axis of the vectors.

    Example:
        >>> metric = CosineSimilarity()
        >>> metric.update_state([[0.0, 1.0]], [[0.0, 2.0]])
        >>> round(float(metric.result()), 4)
        1.0
    """

    def __init__(
        self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)
        self.axis = axis


@register("metrics", aliases=("rmse", "RMSE"))
class RootMeanSquaredError(Mean):
    """Square root of the mean squared error.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = RootMeanSquaredError()
        >>> metric.update_state([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Add a batch.

        Args:
            y_true: targets.
            y_pred: predictions of the same shape.
            sample_weight: weights that broadcast with them, or None.
        """
        errors = _squared_error(y_true, y_pred)
        errors.mask = getattr(y_pred, "mask", None)
        super().update_state(errors, sample_weight=sample_weight)

    def result(self) -> Any:
        """Return the root of the mean so far."""
        return _root(super().result())


@op
def _root(x: Any) -> Any:
    return xp.sqrt(as_array(x))


@register("metrics")
class MeanRelativeError(Mean):
    """Mean of `|y_true - y_pred| / normalizer`; 0 where `normalizer` is 0.

    Args:
        normalizer: tensor that broadcasts with the predictions.
        name, dtype: see `Metric`.

    Example:
        >>> metric = MeanRelativeError(normalizer=[1, 3, 2, 3])
        >>> metric.update_state([1, 3, 2, 3], [2, 4, 6, 8])
        >>> float(metric.result())
        1.25
    """

    def __init__(
        self, normalizer: Any, name: str | None = "mean_relative_error", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.normalizer = normalizer

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Add a batch.

        Args:
            y_true: targets.
            y_pred: predictions of the same shape.
            sample_weight: weights that broadcast with them, or None.
        """
        errors = _absolute_error(y_true, y_pred)
        super().update_state(divide_no_nan(errors, self.normalizer), sample_weight)


@op
def _r2_update(y_true: Any, y_pred: Any, weights: Any, dtype: str) -> Any:
    y_true, y_pred = as_array(y_true).astype(dtype), as_float(y_pred).astype(dtype)
    y_true = xp.reshape(y_true, y_pred.shape) if y_true.size == y_pred.size else y_true
    weights = xp.asarray(1 if weights is None else weights, dtype)
    weights = xp.reshape(weights, weights.shape + (1,) * (y_true.ndim - weights.ndim))
    weighted = y_true * weights
    return (
        xp.sum(weighted, axis=0),
        xp.sum(y_true * weighted, axis=0),
        xp.sum(xp.square(y_true - y_pred) * weights, axis=0),
        xp.sum(xp.broadcast_to(weights, y_true.shape), axis=0),
    )


@op
def _r2(total: Any, squares: Any, residual: Any, count: Any) -> Any:
    spread = squares - total * _ratio(total, count)
    return xp.where(spread == 0, 0.0, 1 - _ratio(residual, spread)), spread


@register("metrics")
class R2Score(Metric):
    """Coefficient of determination: 1 is perfect, 0 as good as the mean of the targets.

    `1 - sum((y_true - y_pred)^2) / sum((y_true - mean(y_true))^2)`.

    Args:
        class_aggregation: how outputs are averaged: `"uniform_average"`,
            `"variance_weighted_average"`, or None for a score per output.
        num_regressors: number of independent variables, for the adjusted score.
        name, dtype: see `Metric`.

    Example:
        >>> metric = R2Score()
        >>> metric.update_state([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
        >>> round(float(metric.result()), 4)
        0.5714
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = errors.one_of(
            "R2Score", "class_aggregation", class_aggregation, _AGGREGATIONS
        )
        self.num_regressors = errors.non_negative_int("R2Score", "num_regressors", num_regressors)
        self.num_samples = self.add_variable(name="num_samples")
        self._built = False

    def build_from_shapes(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        """Make the sums, one per output.

        Args:
            y_true_shape: shape of the targets, `(batch, outputs)`.
            y_pred_shape: the same shape.
        """
        if self._built:
            return
        if len(y_pred_shape) != 2 or y_pred_shape[-1] is None:
            raise ValueError(
                "`R2Score` needs targets and predictions of shape (batch, outputs). Received: "
                f"y_true of shape {y_true_shape}, y_pred of shape {y_pred_shape}"
            )
        shape = (y_pred_shape[-1],)
        self.squared_sum = self.add_variable(shape, name="squared_sum")
        self.sum = self.add_variable(shape, name="sum")
        self.total_mse = self.add_variable(shape, name="residual")
        self.count = self.add_variable(shape, name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: targets, `(batch, outputs)`.
            y_pred: predictions of the same shape.
            sample_weight: weights `(batch,)`, or None.
        """
        self.build_from_shapes(shaping.shape(y_true), shaping.shape(y_pred))
        total, squares, residual, count = _r2_update(y_true, y_pred, sample_weight, self.dtype)
        self.sum.assign_add(total)
        self.squared_sum.assign_add(squares)
        self.total_mse.assign_add(residual)
        self.count.assign_add(count)
        self.num_samples.assign_add(math.prod(shaping.shape(y_pred)))

    def result(self) -> Any:
        """Return the score so far."""
        if not self._built:
            raise ValueError("`R2Score` has no result before its first batch.")
        return _aggregate(
            self.sum, self.squared_sum, self.total_mse, self.count, self.num_samples,
            self.class_aggregation, self.num_regressors,
        )  # fmt: skip


@op
def _aggregate(
    total: Any,
    squares: Any,
    residual: Any,
    count: Any,
    num_samples: Any,
    aggregation: str | None,
    num_regressors: int,
) -> Any:
    score, spread = _r2.raw(total, squares, residual, count)  # type: ignore[attr-defined]
    if aggregation == "uniform_average":
        score = xp.mean(score)
    elif aggregation == "variance_weighted_average":
        score = _ratio(xp.sum(score * spread), xp.sum(spread))
    if not num_regressors:
        return score
    adjusted = 1 - (1 - score) * (num_samples - 1) / (num_samples - num_regressors - 1)
    return xp.where(num_samples > num_regressors + 1, adjusted, score)

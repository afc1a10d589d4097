"""Losses of real-valued targets."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.registry import register
from addax.engine import engine, xp
from addax.losses.base import LossFunctionWrapper
from addax.losses.shapes import paired
from addax.ops.nn import normalize

_MEAN = "sum_over_batch_size"


@register("losses", aliases=("mse", "MSE"))
@paired
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """`mean((y_true - y_pred)^2)` over the last axis.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> mean_squared_error([[0.0, 1.0]], [[1.0, 1.0]]).numpy()
        array([0.5], dtype=float32)
    """
    return xp.mean(xp.square(y_true - y_pred), axis=-1)


@register("losses", aliases=("mae", "MAE"))
@paired
def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """`mean(|y_true - y_pred|)` over the last axis.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> mean_absolute_error([[0.0, 1.0]], [[1.0, 1.0]]).numpy()
        array([0.5], dtype=float32)
    """
    return xp.mean(xp.abs(y_true - y_pred), axis=-1)


@register("losses", aliases=("mape", "MAPE"))
@paired
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """`100 * mean(|(y_true - y_pred) / y_true|)` over the last axis, in percent.

    Targets smaller than `epsilon()` count as `epsilon()`.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]]).numpy()
        array([25.], dtype=float32)
    """
    scale = xp.maximum(xp.abs(y_true), config.epsilon())
    return 100.0 * xp.mean(xp.abs((y_true - y_pred) / scale), axis=-1)


@register("losses", aliases=("msle", "MSLE"))
@paired
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """`mean((log(y_true + 1) - log(y_pred + 1))^2)` over the last axis.

    Negative values count as `epsilon()`.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> mean_squared_logarithmic_error([[0.0]], [[1.0]]).numpy().round(4)
        array([0.4805], dtype=float32)
    """
    first, second = (xp.log(xp.maximum(y, config.epsilon()) + 1.0) for y in (y_true, y_pred))
    return xp.mean(xp.square(first - second), axis=-1)


@register("losses", aliases=("cosine_proximity",))
@paired
def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Minus the cosine of the angle between targets and predictions.

    -1 for the same direction, 0 for orthogonal (or zero) vectors, 1 for opposite ones.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.
        axis: axis of the vectors.

    Returns: the shape of the targets without `axis`.

    Example:
        >>> cosine_similarity([[0.0, 2.0]], [[0.0, 1.0]]).numpy()
        array([-1.], dtype=float32)
    """
    unit = normalize.raw  # type: ignore[attr-defined]
    return -xp.sum(unit(y_true, axis=axis) * unit(y_pred, axis=axis), axis=axis)


@register("losses", aliases=("huber_loss",))
@paired
def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Half the squared error up to `delta`, linear beyond; mean over the last axis.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.
        delta: where the branches meet, in the units of the targets.

    Returns: `(batch, ...)`.

    Example:
        >>> huber([[0.0, 0.0]], [[1.0, 3.0]]).numpy()
        array([1.5], dtype=float32)

    Reference: Huber 1964, doi:10.1214/aoms/1177703732.
    """
    size = xp.abs(y_pred - y_true)
    inner = 0.5 * xp.square(size)
    return xp.mean(xp.where(size <= delta, inner, delta * size - 0.5 * delta**2), axis=-1)


@register("losses", aliases=("logcosh",))
@paired
def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """`mean(log(cosh(y_pred - y_true)))` over the last axis, without overflow.

    Args:
        y_true: targets, `(batch, ..., d)`.
        y_pred: predictions of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> log_cosh([[0.0]], [[1.0]]).numpy().round(4)
        array([0.4338], dtype=float32)
    """
    error = y_pred - y_true
    return xp.mean(error + engine.nn.softplus(-2.0 * error) - xp.log(2.0), axis=-1)


@register("losses")
class MeanSquaredError(LossFunctionWrapper):
    """Mean of the squared errors.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]))
        0.5
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


@register("losses")
class MeanAbsoluteError(LossFunctionWrapper):
    """Mean of the absolute errors.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(MeanAbsoluteError()([[0.0, 1.0]], [[1.0, 1.0]]))
        0.5
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


@register("losses")
class MeanAbsolutePercentageError(LossFunctionWrapper):
    """Mean of the absolute errors in percent of the targets.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(MeanAbsolutePercentageError()([[2.0]], [[1.0]]))
        50.0
    """

    def __init__(
        self,
        reduction: str | None = _MEAN,
        name: str = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


@register("losses")
class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """Mean of the squared differences of `log(1 + y)`.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(MeanSquaredLogarithmicError()([[0.0]], [[1.0]])), 4)
        0.4805
    """

    def __init__(
        self,
        reduction: str | None = _MEAN,
        name: str = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


@register("losses")
class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine of the angle between targets and predictions.

    Args:
        axis: axis of the vectors.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, -1.0]]))
        1.0
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)


@register("losses")
class Huber(LossFunctionWrapper):
    """Half the squared error up to `delta`, linear beyond.

    Args:
        delta: where the branches meet, in the units of the targets.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(Huber()([[0.0]], [[3.0]]))
        2.5
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = _MEAN,
        name: str = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


@register("losses")
class LogCosh(LossFunctionWrapper):
    """Logarithm of the hyperbolic cosine of the errors.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(LogCosh()([[0.0]], [[1.0]])), 4)
        0.4338
    """

    def __init__(
        self, reduction: str | None = _MEAN, name: str = "log_cosh", dtype: Any = None
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)

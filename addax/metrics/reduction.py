"""Sums and means over batches."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from addax.core.graph import op
from addax.core.registry import register, snake_case
from addax.core.tensor import raw
from addax.engine import xp
from addax.losses.base import apply_mask, combine_masks
from addax.losses.shapes import same_rank
from addax.metrics.base import Metric
from addax.ops._arrays import as_array


@op
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """`x1 / x2`, and 0 where `x2` is 0."""
    x1, x2 = as_array(x1), as_array(x2)
    empty = x2 == 0
    return xp.where(empty, 0, x1 / xp.where(empty, 1, x2))


def samplewise(values: Any, weights: Any, mask: Any, reduce: Any, dtype: str) -> tuple[Any, Any]:
    """Weigh raw values and reduce them to one per sample.

    Args:
        values: array `(batch, ...)`.
        weights: array of the rank of `values` or less, or None.
        mask: boolean array like `weights`, or None.
        reduce: `xp.mean` or `xp.sum`.
        dtype: dtype of the result.

    Returns: values `(batch,)`, and weights `(batch,)` or None.
    """
    values = as_array(values).astype(dtype)
    weights = apply_mask.raw(weights, mask, dtype, "sum")  # type: ignore[attr-defined]
    if weights is not None:
        values, weights = same_rank(values, weights)
        values = reduce(values, axis=tuple(range(weights.ndim, values.ndim)))
        weights = xp.broadcast_to(weights, values.shape)
        values = values * weights
        weights = reduce(weights, axis=tuple(range(1, weights.ndim)))
    return reduce(values, axis=tuple(range(1, values.ndim))), weights


@op
def _mean_update(values: Any, weights: Any, mask: Any, dtype: str) -> Any:
    values, weights = samplewise(values, weights, mask, xp.mean, dtype)
    count = values.size if weights is None else xp.sum(weights)
    return xp.sum(values), xp.asarray(count, dtype)


@op
def _sum_update(values: Any, weights: Any, mask: Any, dtype: str) -> Any:
    return xp.sum(samplewise(values, weights, mask, xp.sum, dtype)[0])


@register("metrics")
class Mean(Metric):
    """Weighted mean of all values.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = Mean()
        >>> metric.update_state([1.0, 3.0, 5.0, 7.0])
        >>> float(metric.result())
        4.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable(name="total")
        self.count = self.add_variable(name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values.

        Args:
            values: tensor `(batch, ...)` or a scalar; a mask it carries is honoured.
            sample_weight: weights that broadcast with `values`, or None.
        """
        mask = getattr(values, "mask", None)
        total, count = _mean_update(values, sample_weight, mask, self.dtype)
        self.total.assign_add(total)
        self.count.assign_add(count)

    def result(self) -> Any:
        """Return the mean so far, 0 before the first value."""
        return divide_no_nan(self.total, self.count)


@register("metrics")
class Sum(Metric):
    """Weighted sum of all values.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = Sum()
        >>> metric.update_state([1.0, 3.0])
        >>> float(metric.result())
        4.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable(name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values.

        Args:
            values: tensor `(batch, ...)` or a scalar; a mask it carries is honoured.
            sample_weight: weights that broadcast with `values`, or None.
        """
        mask = getattr(values, "mask", None)
        self.total.assign_add(_sum_update(values, sample_weight, mask, self.dtype))

    def result(self) -> Any:
        """Return the sum so far."""
        return self.total.read()


def function_name(function: Any) -> str:
    """Return the log key of a function: its name in snake case.

    Example:
        >>> function_name(lambda y_true, y_pred: 0)
        'lambda'
    """
    name = getattr(function, "__name__", None) or type(function).__name__
    return snake_case(re.sub(r"\W+", "", name))


@register("metrics")
class MeanMetricWrapper(Mean):
    """Mean of a function `fn(y_true, y_pred, **kwargs)`.

    Args:
        fn: returns a value per sample.
        name: default: the function's name.
        dtype: see `Metric`.
        **kwargs: passed on to `fn`.

    Example:
        >>> metric = MeanMetricWrapper(lambda y_true, y_pred: y_pred - y_true, name="bias")
        >>> from addax.ops.shaping import convert_to_tensor
        >>> metric.update_state(convert_to_tensor([1.0]), convert_to_tensor([3.0]))
        >>> float(metric.result())
        2.0
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name or function_name(fn), dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Add a batch.

        Args:
            y_true: targets.
            y_pred: predictions; a mask they carry is honoured.
            sample_weight: weights, of shape `(batch,)` or that of the function's values.
        """
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        mask = combine_masks(getattr(y_pred, "mask", None), getattr(values, "mask", None))
        total, count = _mean_update(values, sample_weight, mask, self.dtype)
        self.total.assign_add(total)
        self.count.assign_add(count)


@register("metrics")
class MeanTensor(Metric):
    """Weighted mean of each element of the values.

    Args:
        name, dtype: see `Metric`.
        shape: shape of the values; default: that of the first.

    Example:
        >>> metric = MeanTensor()
        >>> metric.update_state([1.0, 2.0])
        >>> metric.update_state([3.0, 4.0])
        >>> metric.result().numpy()
        array([2., 3.], dtype=float32)
    """

    def __init__(
        self, name: str | None = "mean_tensor", dtype: Any = None, shape: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.shape = shape
        if shape is not None:
            self._build(tuple(shape))

    def _build(self, shape: tuple[int, ...]) -> None:
        self.total = self.add_variable(shape, name="total")
        self.count = self.add_variable(shape, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values.

        Args:
            values: tensor of the metric's shape.
            sample_weight: weights that broadcast with `values`, or None.
        """
        values = as_array(raw(values)).astype(self.dtype)
        if not self._own_variables:
            self._build(tuple(values.shape))
        if tuple(values.shape) != self.total.shape:
            raise ValueError(
                f"Values of '{self.name}' must keep the shape of the first, {self.total.shape}. "
                f"Received: shape {tuple(values.shape)}"
            )
        weights = xp.ones_like(values)
        if sample_weight is not None:
            given = xp.asarray(raw(sample_weight), self.dtype)
            weights = weights * xp.reshape(given, given.shape + (1,) * (values.ndim - given.ndim))
        self.total.assign_add(values * weights)
        self.count.assign_add(weights)

    def result(self) -> Any:
        """Return the mean of each element."""
        if not self._own_variables:
            raise ValueError(f"'{self.name}' has no shape before its first value.")
        return divide_no_nan(self.total, self.count)

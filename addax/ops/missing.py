"""Reductions that ignore missing values (NaN)."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.engine import xp
from addax.ops._arrays import as_float, axes_of, operand
from addax.ops.math import Axis
from addax.ops.special import reduction

nanmax = reduction("nanmax", "The largest element, ignoring NaN.")
nanmean = reduction("nanmean", "Arithmetic mean, ignoring NaN.")
nanmedian = reduction("nanmedian", "Median, ignoring NaN.")
nanmin = reduction("nanmin", "The smallest element, ignoring NaN.")
nanprod = reduction("nanprod", "Product, ignoring NaN.")
nanstd = reduction("nanstd", "Standard deviation, ignoring NaN.")
nansum = reduction("nansum", "Sum, ignoring NaN.")
nanvar = reduction("nanvar", "Variance, ignoring NaN.")


@op
def nanquantile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Quantiles of `x`, ignoring NaN, with `q` in [0, 1]."""
    axes = axes_of(axis)
    return xp.nanquantile(as_float(x), as_float(q), axis=axes, method=method, keepdims=keepdims)


@op
def nanpercentile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Percentiles of `x`, ignoring NaN, with `q` in [0, 100]."""
    axes = axes_of(axis)
    return xp.nanpercentile(as_float(x), as_float(q), axis=axes, method=method, keepdims=keepdims)


@op
def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Index of the largest element along `axis`, ignoring NaN."""
    return xp.nanargmax(operand(x), axis=axis, keepdims=keepdims)


@op
def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Index of the smallest element along `axis`, ignoring NaN."""
    return xp.nanargmin(operand(x), axis=axis, keepdims=keepdims)


@op
def nancumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Cumulative sum along `axis`, NaN counting as 0."""
    return xp.nancumsum(operand(x), axis=axis, dtype=dtype)


@op
def nancumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Cumulative product along `axis`, NaN counting as 1."""
    return xp.nancumprod(operand(x), axis=axis, dtype=dtype)

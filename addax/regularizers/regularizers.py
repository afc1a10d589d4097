"""Regularizers: penalties on weights and activations, added to the loss."""

from __future__ import annotations

import math
import numbers
from typing import Any

from addax import errors, ops
from addax.core.registry import Configurable, register


def _penalty(owner: str, name: str, value: Any, default: float = 0.0) -> float:
    """Return a non-negative, finite float.

    Raises:
        ValueError: for anything else.
    """
    value = default if value is None else value
    scalar = value.item() if hasattr(value, "item") else value
    if not isinstance(scalar, numbers.Real) or not math.isfinite(scalar) or scalar < 0:
        raise ValueError(
            f"`{name}` of `{owner}` must be a finite number >= 0. Received: {name}={value!r}"
        )
    return float(scalar)


class Regularizer(Configurable):
    """Base class of regularizers: functions of a tensor that return a scalar.

    Example:
        >>> class Cubic(Regularizer):
        ...     def __call__(self, x):
        ...         return ops.sum(ops.abs(x) ** 3)
        >>> float(Cubic()([1.0, -2.0]))
        9.0
    """

    def __call__(self, x: Any) -> Any:
        """Return the penalty of `x`, a scalar."""
        raise NotImplementedError(f"`{type(self).__name__}` must implement `__call__`.")


@register("regularizers")
class L1(Regularizer):
    """`l1 * sum(|x|)`.

    Args:
        l1: factor >= 0.

    Example:
        >>> float(L1(0.5)([1.0, -3.0]))
        2.0
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _penalty("L1", "l1", l1, 0.01)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of `x`, a scalar."""
        return self.l1 * ops.sum(ops.absolute(x))


@register("regularizers")
class L2(Regularizer):
    """`l2 * sum(x^2)`.

    Args:
        l2: factor >= 0.

    Example:
        >>> float(L2(0.5)([1.0, -3.0]))
        5.0
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _penalty("L2", "l2", l2, 0.01)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of `x`, a scalar."""
        return self.l2 * ops.sum(ops.square(x))


@register("regularizers", aliases=("l1_l2",))
class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x^2)`.

    Args:
        l1: factor >= 0.
        l2: factor >= 0.

    Example:
        >>> float(L1L2(0.5, 0.5)([1.0, -3.0]))
        7.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _penalty("L1L2", "l1", l1)
        self.l2 = _penalty("L1L2", "l2", l2)

    def __call__(self, x: Any) -> Any:
        """Return the penalty of `x`, a scalar."""
        return self.l1 * ops.sum(ops.absolute(x)) + self.l2 * ops.sum(ops.square(x))


@register("regularizers")
class OrthogonalRegularizer(Regularizer):
    """Mean of the absolute cosines between rows (or columns), times `factor`.

    Args:
        factor: factor >= 0.
        mode: `"rows"` or `"columns"`.

    Raises:
        ValueError: for another mode, or an input that is not a matrix.

    Example:
        >>> float(OrthogonalRegularizer(0.1)([[1.0, 0.0], [1.0, 0.0]]))
        0.1...
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _penalty("OrthogonalRegularizer", "factor", factor, 0.01)
        self.mode = errors.one_of("OrthogonalRegularizer", "mode", mode, ("rows", "columns"))

    def __call__(self, x: Any) -> Any:
        """Return the penalty of the matrix `x`, a scalar."""
        if len(ops.shape(x)) != 2:
            raise ValueError(
                f"`OrthogonalRegularizer` takes matrices. Received: input of shape {ops.shape(x)}"
            )
        axis = 1 if self.mode == "rows" else 0
        unit = ops.normalize(x, axis=axis)
        products = ops.matmul(unit, ops.transpose(unit))
        if axis == 0:
            products = ops.matmul(ops.transpose(unit), unit)
        size = ops.shape(x)[1 - axis]
        off_diagonal = products * (1.0 - ops.eye(size, dtype=products.dtype))
        pairs = size * (size - 1.0) / 2.0
        return self.factor * 0.5 * ops.sum(ops.absolute(off_diagonal)) / pairs

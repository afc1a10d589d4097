"""Constraints: what weights are projected to after each update."""

from __future__ import annotations

from typing import Any

from addax import config, ops
from addax.core.registry import Configurable, register


def _norm(w: Any, axis: Any) -> Any:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class Constraint(Configurable):
    """Base class of constraints: functions of a tensor that return one of its shape.

    Example:
        >>> class Halve(Constraint):
        ...     def __call__(self, w):
        ...         return ops.multiply(w, 0.5)
        >>> Halve()([2.0]).numpy()
        array([1.], dtype=float32)
    """

    def __call__(self, w: Any) -> Any:
        """Return the constrained weights, of the shape of `w`."""
        raise NotImplementedError(f"`{type(self).__name__}` must implement `__call__`.")


@register("constraints")
class MaxNorm(Constraint):
    """Scale weights down whose norm is above `max_value`.

    Args:
        max_value: largest norm.
        axis: int or ints the norm is taken over; 0 for the inputs of each dense unit.

    Example:
        >>> float(ops.norm(MaxNorm(1.0)([3.0, 4.0])))
        1.0
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the constrained weights, of the shape of `w`."""
        norms = _norm(w, self.axis)
        return ops.multiply(w, ops.clip(norms, 0, self.max_value) / (config.epsilon() + norms))


@register("constraints")
class NonNeg(Constraint):
    """Set negative weights to 0.

    Example:
        >>> NonNeg()([-1.0, 2.0]).numpy()
        array([0., 2.], dtype=float32)
    """

    def __call__(self, w: Any) -> Any:
        """Return the constrained weights, of the shape of `w`."""
        return ops.relu(w)


@register("constraints")
class UnitNorm(Constraint):
    """Scale weights to norm 1.

    Args:
        axis: int or ints the norm is taken over.

    Example:
        >>> UnitNorm()([3.0, 4.0]).numpy()
        array([0.6, 0.8], dtype=float32)
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the constrained weights, of the shape of `w`."""
        return ops.divide(w, config.epsilon() + _norm(w, self.axis))


@register("constraints")
class MinMaxNorm(Constraint):
    """Move the norm of weights into an interval.

    Args:
        min_value: smallest norm.
        max_value: largest norm.
        rate: 1 to move all the way, less to move a part of it at each update.
        axis: int or ints the norm is taken over.

    Example:
        >>> round(float(ops.norm(MinMaxNorm(2.0, 3.0)([0.6, 0.8]))), 3)
        2.0
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """Return the constrained weights, of the shape of `w`."""
        norms = _norm(w, self.axis)
        inside = ops.clip(norms, self.min_value, self.max_value)
        desired = self.rate * inside + (1 - self.rate) * norms
        return ops.multiply(w, desired / (config.epsilon() + norms))

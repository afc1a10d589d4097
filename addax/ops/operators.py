"""Operators and methods of tensors, by table."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addax.core.graph import op
from addax.core.tensor import TensorLike
from addax.engine import engine, xp
from addax.ops import math


def _index(x: Any, index: Any) -> Any:
    return math.getitem(x, index)


def _reflected(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def call(self: Any, other: Any) -> Any:
        return function(other, self)

    return call


def _is_operand(value: Any) -> bool:
    """Say whether an operator knows what to do with `value`; if not, Python asks the value."""
    known = (TensorLike, numbers.Number, np.ndarray, np.generic, list, tuple)
    return isinstance(value, known) or engine.is_array(value)


def _comparison(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def call(self: Any, other: Any) -> Any:
        return function(self, other) if _is_operand(other) else NotImplemented

    return call


_BINARY_OPERATORS = {
    "add": math.add, "sub": math.subtract, "mul": math.multiply, "truediv": math.divide,
    "floordiv": math.floor_divide, "mod": math.mod, "pow": math.power, "matmul": math.matmul,
    "and": math.bitwise_and, "or": math.bitwise_or, "xor": math.bitwise_xor,
    "lshift": math.left_shift, "rshift": math.right_shift,
}  # fmt: skip
_COMPARISONS = {
    "lt": math.less, "le": math.less_equal, "gt": math.greater, "ge": math.greater_equal,
    "eq": math.equal, "ne": math.not_equal,
}  # fmt: skip
_REDUCTIONS = (
    math.sum, math.mean, math.max, math.min, math.prod, math.std, math.var, math.argmax,
    math.argmin, math.any, math.all, math.round, math.dot,
)  # fmt: skip


def _attach_operators() -> None:
    for name, function in _BINARY_OPERATORS.items():
        setattr(TensorLike, f"__{name}__", _comparison(function))
        setattr(TensorLike, f"__r{name}__", _reflected(function))
    for name, function in _COMPARISONS.items():
        setattr(TensorLike, f"__{name}__", _comparison(function))
    for name, method in _METHODS.items():
        setattr(TensorLike, name, method)
    for function in (
        math.sum,
        math.mean,
        math.max,
        math.min,
        math.prod,
        math.std,
        math.var,
        math.argmax,
        math.argmin,
        math.any,
        math.all,
        math.round,
        math.dot,
    ):
        setattr(TensorLike, function.__name__, _method(function))


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        for name in ("out", "dtype"):  # NumPy's functions pass these on
            if kwargs.get(name, 0) is None:
                del kwargs[name]
        return function(self, *args, **kwargs)

    call.__doc__ = function.__doc__
    return call


@op
def _transpose(x: Any) -> Any:
    return xp.transpose(x)


def _reshape(x: Any, shape: tuple[Any, ...]) -> Any:
    from_sequence = len(shape) == 1 and not isinstance(shape[0], int)
    return _reshape_op(x, tuple(shape[0]) if from_sequence else shape)


@op
def _reshape_op(x: Any, shape: Sequence[int]) -> Any:
    return xp.reshape(x, tuple(operator.index(size) for size in shape))


_METHODS: dict[str, Any] = {
    "__neg__": lambda self: math.negative(self),
    "__abs__": lambda self: math.absolute(self),
    "__invert__": lambda self: math.bitwise_not(self),
    "__getitem__": _index,
    "astype": lambda self, dtype: math.cast(self, dtype),
    "reshape": lambda self, *shape: _reshape(self, shape),
    "T": property(_transpose),
}

_attach_operators()

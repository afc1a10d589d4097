"""What the bodies of ops share."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.engine import engine, xp


def as_array(x: Any) -> Any:
    """Return numbers, nested lists and NumPy arrays as arrays of the engine."""
    return x if engine.is_array(x) else xp.asarray(x)


def as_float(x: Any) -> Any:
    """Return `x` as an array of a float dtype; integers and bools become `floatx()`."""
    x = as_array(x)
    return x if x.dtype.kind in "fcV" else x.astype(config.floatx())


def axes_of(axis: Any) -> Any:
    """Return an axis argument in the form the engine takes: None, an int or a tuple."""
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


def broadcast_along(x: Any, axis: Any, rank: int) -> Any:
    """Return `x` reshaped so that its axes lie at `axis` of a tensor of this rank."""
    axes = [axis] if isinstance(axis, int) else list(axis)
    shape = [1] * rank
    for position, size in zip(sorted(a % rank for a in axes), x.shape, strict=True):
        shape[position] = size
    return xp.reshape(x, shape)


def operand(x: Any) -> Any:
    """Return nested lists as arrays and all else as it is: numbers keep their weak type."""
    return xp.asarray(x) if isinstance(x, (list, tuple)) else x


def wide(x: Any) -> Any:
    """16-bit floats as float32: sums of many need the digits."""
    return x.astype("float32") if x.dtype.itemsize < 4 else x

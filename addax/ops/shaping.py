"""Making tensors, and changing their shape without changing their values."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import config, errors, tree
from addax.core.dtypes import standardize_dtype
from addax.core.graph import op
from addax.core.tensor import Symbolic, Tensor, TensorLike, raw
from addax.engine import engine, xp
from addax.ops._arrays import as_array, operand
from addax.ops.math import cast


def convert_to_tensor(
    x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None
) -> Any:
    """Return `x` as a tensor.

    Args:
        x: number, nested list, NumPy array, engine array or tensor.
        dtype: name of the dtype; default: float data become `floatx()`.
        sparse: kept for Keras; tensors are dense.
        ragged: kept for Keras.

    Example:
        >>> convert_to_tensor([1, 2], dtype="float32").numpy()
        array([1., 2.], dtype=float32)
    """
    name = None if dtype is None else standardize_dtype(dtype)
    if isinstance(x, (Tensor, Symbolic)):
        return x if name in (None, x.dtype) else cast(x, name)
    if isinstance(x, (float, builtins.list, builtins.tuple)):
        return _stacked(x, name)
    return _convert(x, name)


def array(x: Any, dtype: Any = None) -> Any:
    """Return `x` as a tensor, like `convert_to_tensor`."""
    return convert_to_tensor(x, dtype)


@op
def _convert(x: Any, dtype: str | None) -> Any:
    return xp.asarray(x, dtype)


def _stacked(x: Any, dtype: str | None) -> Any:
    """Return numbers, or nested lists of numbers and tensors, as one tensor."""
    if any(isinstance(leaf, TensorLike) or engine.is_array(leaf) for leaf in tree.flatten(x)):
        return stack([convert_to_tensor(item, dtype) for item in x])
    array = np.asarray(x)
    default = config.floatx() if array.dtype.kind == "f" else None
    return Tensor(xp.asarray(array, dtype or default))


def convert_to_numpy(x: Any) -> Any:
    """Return `x` as a NumPy array."""
    return engine.to_numpy(raw(x))


def is_tensor(x: Any) -> bool:
    """Say whether `x` is a tensor of Addax or of its engine."""
    return isinstance(x, TensorLike) or engine.is_array(x)


def shape(x: Any) -> tuple[Any, ...]:
    """Return the shape of `x`, a tuple; None where a symbolic tensor's is unknown."""
    return tuple(x.shape) if hasattr(x, "shape") else tuple(xp.asarray(x).shape)


def ndim(x: Any) -> int:
    """Return the number of dimensions of `x`."""
    return len(shape(x))


def size(x: Any) -> Any:
    """Return the number of elements of `x`."""
    return _size(x)


@op
def _size(x: Any) -> Any:
    return xp.asarray(xp.size(x))


def zeros(shape: Sequence[int] | int, dtype: Any = None) -> Any:
    """Return a tensor of zeros."""
    return Tensor(xp.zeros(shape, standardize_dtype(dtype)))


def ones(shape: Sequence[int] | int, dtype: Any = None) -> Any:
    """Return a tensor of ones."""
    return Tensor(xp.ones(shape, standardize_dtype(dtype)))


def empty(shape: Sequence[int] | int, dtype: Any = None) -> Any:
    """Return a tensor whose values do not matter; they are zeros."""
    return zeros(shape, dtype)


@op
def full(shape: Sequence[int] | int, fill_value: Any, dtype: Any = None) -> Any:
    """Return a tensor filled with `fill_value`."""
    sizes = shape if isinstance(shape, int) else tuple(shape)
    return xp.full(sizes, operand(fill_value), standardize_dtype(dtype))


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:  # noqa: N803
    """Return a matrix with ones on diagonal `k`."""
    return Tensor(xp.eye(N, M, k, standardize_dtype(dtype)))


def identity(n: int, dtype: Any = None) -> Any:
    """Return the identity matrix."""
    return eye(n, dtype=dtype)


@op
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Return zeros in the shape of `x`."""
    return xp.zeros_like(operand(x), dtype=dtype)


@op
def empty_like(x: Any, dtype: Any = None) -> Any:
    """Return a tensor in the shape of `x` whose values do not matter; they are zeros."""
    return xp.zeros_like(operand(x), dtype=dtype)


@op
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Return ones in the shape of `x`."""
    return xp.ones_like(operand(x), dtype=dtype)


@op
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """Return a tensor in the shape of `x`, filled with `fill_value`."""
    return xp.full_like(operand(x), operand(fill_value), dtype=dtype)


@op
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Return evenly spaced numbers, `stop` excluded."""
    return xp.arange(start, stop, step, dtype=dtype)


@op
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return evenly spaced numbers.

    Args:
        start: the first number, or a tensor of them.
        stop: the last number, or a tensor of them.
        num: how many.
        endpoint: whether `stop` is among them.
        retstep: whether the distance is returned as well.
        dtype: of the result.
        axis: where the new axis goes, for tensors.
    """
    start, stop = operand(start), operand(stop)
    return xp.linspace(start, stop, num, endpoint, retstep, dtype, axis)


@op
def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return numbers of which each is the same multiple of the one before.

    Args:
        start: the first number, or a tensor of them.
        stop: the last number, or a tensor of them.
        num: how many.
        endpoint: whether `stop` is among them.
        dtype: of the result.
        axis: where the new axis goes, for tensors.
    """
    return xp.geomspace(operand(start), operand(stop), num, endpoint, dtype, axis)


@op
def reshape(x: Any, newshape: Any) -> Any:
    """Return `x` in another shape; one size may be -1.

    Example:
        >>> reshape([1, 2, 3, 4], (2, -1)).shape
        (2, 2)
    """
    return xp.reshape(operand(x), newshape if isinstance(newshape, int) else tuple(newshape))


@op
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Permute the axes; without `axes`, reverse them."""
    return xp.transpose(operand(x), axes)


@op
def squeeze(x: Any, axis: Any = None) -> Any:
    """Drop axes of size 1."""
    return xp.squeeze(operand(x), axis=tuple(axis) if isinstance(axis, builtins.list) else axis)


@op
def expand_dims(x: Any, axis: Any) -> Any:
    """Insert an axis of size 1."""
    return xp.expand_dims(operand(x), tuple(axis) if isinstance(axis, builtins.list) else axis)


@op
def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """Join tensors along an existing axis."""
    return xp.concatenate([xp.asarray(x) for x in xs], axis=axis)


@op
def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """Join tensors along a new axis."""
    return xp.stack([xp.asarray(item) for item in x], axis=axis)


@op
def unstack(x: Any, num: int | None = None, axis: int = 0) -> Any:
    """Return the list of slices along `axis`."""
    x = as_array(x)
    return [xp.squeeze(part, axis) for part in xp.split(x, x.shape[axis], axis=axis)]


@op
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Split `x` along `axis` into equal parts, or at the given indices."""
    return builtins.list(xp.split(operand(x), indices_or_sections, axis=axis))


@op
def tile(x: Any, repeats: Any) -> Any:
    """Repeat the whole of `x` along each axis."""
    return xp.tile(operand(x), repeats)


@op
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Repeat each element along `axis`."""
    return xp.repeat(operand(x), repeats, axis=axis)


@op
def broadcast_to(x: Any, shape: Sequence[int]) -> Any:
    """Return `x` broadcast to `shape`."""
    return xp.broadcast_to(operand(x), tuple(shape))


@op
def ravel(x: Any) -> Any:
    """Return `x` as a vector."""
    return xp.ravel(operand(x))


@op
def flip(x: Any, axis: Any = None) -> Any:
    """Reverse the order of elements along `axis` (all axes for None)."""
    return xp.flip(operand(x), axis)


@op
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Roll elements along `axis`; those pushed out come in again."""
    return xp.roll(operand(x), shift, axis)


@op
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Move axes to new positions."""
    return xp.moveaxis(operand(x), source, destination)


@op
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes."""
    return xp.swapaxes(operand(x), axis1, axis2)


@op
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """Pad `x`; `pad_width` is `(before, after)` per axis."""
    options = {} if constant_values is None else {"constant_values": constant_values}
    return xp.pad(operand(x), pad_width, mode=mode, **options)


@op
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Take elements by index along `axis`; negative indices count from the end."""
    x, indices = as_array(x), xp.asarray(indices)
    count = xp.size(x) if axis is None else x.shape[axis]
    indices = xp.where(indices < 0, indices + count, indices)
    return xp.take(x, indices, axis=axis, mode="clip")


@op
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """Take elements by an index of the same rank along `axis`."""
    return xp.take_along_axis(operand(x), operand(indices), axis=axis)


@op
def diag(x: Any, k: int = 0) -> Any:
    """Extract a diagonal, or make a matrix of one."""
    return xp.diag(operand(x), k)


@op
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return a diagonal of the matrices in axes `axis1` and `axis2`."""
    return xp.diagonal(operand(x), offset, axis1, axis2)


@op
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Sum along a diagonal."""
    return xp.trace(operand(x), offset, axis1, axis2)


@op
def tril(x: Any, k: int = 0) -> Any:
    """Zero the elements above diagonal `k`."""
    return xp.tril(operand(x), k)


@op
def triu(x: Any, k: int = 0) -> Any:
    """Zero the elements below diagonal `k`."""
    return xp.triu(operand(x), k)


@op
def meshgrid(*x: Any, indexing: str = "xy") -> Any:
    """Return coordinate matrices of coordinate vectors."""
    return builtins.list(xp.meshgrid(*x, indexing=indexing))


@op
def slice(inputs: Any, start_indices: Sequence[Any], shape: Sequence[int]) -> Any:
    """Return the part of `inputs` of this shape that starts at `start_indices`."""
    return engine.dynamic_slice(as_array(inputs), tuple(start_indices), tuple(shape))


@op
def slice_update(inputs: Any, start_indices: Sequence[Any], updates: Any) -> Any:
    """Return `inputs` with `updates` written at `start_indices`."""
    inputs = as_array(inputs)
    updates = as_array(updates).astype(inputs.dtype)
    return engine.dynamic_update_slice(inputs, updates, tuple(start_indices))


@op
def scatter(indices: Any, values: Any, shape: Sequence[int]) -> Any:
    """Return zeros of `shape` with `values` added at `indices`, `(..., rank)`."""
    values = as_array(values)
    zeros_array = xp.zeros(tuple(shape), values.dtype)
    return zeros_array.at[tuple(xp.moveaxis(xp.asarray(indices), -1, 0))].add(values)


@op
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """Return `inputs` with `updates` written at `indices`.

    Args:
        inputs: tensor.
        indices: integer tensor `(..., rank of inputs)`.
        updates: tensor `(...)`.
        reduction: how an update meets what is there: None (it takes its place), `"add"`,
            `"max"`, `"min"` or `"mul"`.

    Example:
        >>> scatter_update([1, 2, 3], [[0], [0]], [10, 20], reduction="add").numpy()
        array([31,  2,  3], dtype=int32)
    """
    errors.one_of("scatter_update", "reduction", reduction, (None, "add", "max", "min", "mul"))
    inputs = as_array(inputs)
    place = inputs.at[tuple(xp.moveaxis(as_array(indices), -1, 0))]
    return getattr(place, reduction or "set")(as_array(updates).astype(inputs.dtype))


@op
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Return where `values` would be inserted to keep the order."""
    return xp.searchsorted(operand(sorted_sequence), operand(values), side=side)


@op
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Any:
    """Count, or add `weights` for, each non-negative integer of `x`."""
    return xp.bincount(operand(x), weights=operand(weights), minlength=minlength)

"""Convolutions as a CPU does them fast, channels last.

Everywhere but on a CPU this is `lax.conv_general_dilated`. On a CPU XLA's forward
convolution is good for many channels and poor for few; the gradients that JAX derives
from it are 3 to 10 times slower than the forward pass, and its weight gradient does not
end in reasonable time inside `lax.scan`. So the gradients are written here as forward
convolutions or matrix products. Where there is a C compiler, `native` does most of them; for the
others, and without one, `_choose` picks one of these formulations:

- `library`: XLA's forward convolution.
- `patches`: gather all kernel elements along the channels, then one product
  `(positions, taps * channels) @ (taps * channels, filters)`.
- `split`: gather all kernel axes but the first along the channels, multiply by the
  kernels of all rows at once, `(positions, kw * channels) @ (kw * channels, kh * filters)`,
  and add the `kh` results, each shifted by its row. It moves `kw * channels + kh * filters`
  values per position where `patches` moves `kh * kw * channels`. Its gradients have the same
  form: output gradients gathered along the first axis serve both, one product each.

Measured in a `fori_loop` on 2 cores of an AMD Zen 5 with jaxlib 0.10, float32, milliseconds,
forward pass (a product of the same size without gathering: 3.0 in the second row):

| batch, image, channels, kernel       | library | patches | split |
|--------------------------------------|---------|---------|-------|
| 64, 32x32, 3 to 32, 3x3              | 3.3     | 0.7-1.2 | 0.9   |
| 64, 16x16, 64 to 64, 3x3             | 5.2     | 7.4     | 3.5   |
| 64, 16x16, 32 to 64, 3x3             | 2.5     | 3.4     | 1.5   |
| 64, 14x14, 32 to 64, 5x5             | 5.4     | 9.5     | 3.0   |
| 4, 16x16x16, 16 to 32, 3x3x3         | 8.6     | 6.7     | 2.1   |
| 32, 8x8, 256 to 256, 3x3             | 5.5     | 12.6    | 10.3  |
| 4, 112x112, 64 to 64, 3x3 (77 MB)    | 9.7     | 34      | 16    |
| 32, 32x32, 32 to 64, 3x3, stride 2   | 1.6     | 2.6     | -     |
| 32, 200, 128 to 128, 5               | 3.4     | 5.1     | -     |

Kernel gradient of the second row: 40 (XLA), 10 (patches), 5.5-7 (split). As a forward
convolution with the batch as channels (`_kernel_gradient_by_convolution`), in half the CPU time
of both cores, which other work on the machine does not change, against the better product:

| batch, image, channels, kernel    | products | convolution | gathered |
|-----------------------------------|----------|-------------|----------|
| 32, 1000, 100 to 128, 5           | 23       | 13.6        | 64 MB    |
| 32, 199, 128 to 128, 5            | 6.2      | 3.3         | 16 MB    |
| 64, 14x14, 32 to 64, 5x5          | 8.1      | 3.3         | 24 MB    |
| 64, 16x16, 64 to 64, 3x3          | 9.0      | 6.2         | 25 MB    |
| 64, 32x32, 16 to 16, 3x3          | 2.5      | 2.1         | 25 MB    |
| 4, 112x112, 64 to 64, 3x3         | 29       | 13.6        | 77 MB    |
| 64, 16x16, 32 to 32, 3x3          | 1.2      | 1.7         | 13 MB    |
| 32, 8x8, 256 to 256, 3x3          | 6.4      | 8.1         | 13 MB    |
| 64, 8x8, 64 to 64, 3x3            | 1.1      | 1.2         | 6 MB     |

Within a network `split` shares what it gathers between the forward pass and both gradients, so
there the products of 25 MB win (a step of the CIFAR CNN 37 against 48). Where the forward pass is
the library's, two axes of 64 MB and more gained 13 and 21 percent of a step, and one axis always
gained (the text model of `bench`: 52 to 38). So one axis convolves, and two axes where what is
gathered does not fit into the cache.

Input gradient of the second row of the first table:
14 to 26 as JAX derives it, 5.2 as a forward convolution with the flipped kernel, 3.5 split.
With strides, milliseconds of an input gradient with oneDNN; `spread` is one product and adding
up what each tap received:

| batch, image, channels, kernel        | spread | phases |
|---------------------------------------|--------|--------|
| 64, 32x32, 16 to 32, 3x3, stride 2    | 1.6    | 1.1    |
| 64, 16x16, 32 to 64, 3x3, stride 2    | 0.6-1.5| 0.9    |
| 32, 28x28, 64 to 128, 5x5, stride 2   | 22     | 10     |
| 64, 14x14, 128 to 256, 4x4, stride 2  | 23     | 14     |
| 8, 112x112, 64 to 128, 3x3, stride 2  | 33     | 20     |

The limits come from these tables; 32 MiB is the size of the last-level cache.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from addax.engine import native, onednn
from addax.engine.windows import Array, Pairs, convolution_work, pad

_FEW_CHANNELS = 100  # taps * channels up to which patches cost less than the library
_MANY_CHANNELS = 128  # channels from which the library is close to a bare product
_FEW_FILTERS = 16  # filters below which a product is too narrow
_CACHE_BYTES = 32 * 2**20  # gathered operands beyond this leave the last-level cache
_LEAST_WORK_IN_PHASES = 1e8  # operations from which a strided gradient is taken apart


class Geometry(NamedTuple):
    """Where a kernel meets its input: one entry per spatial axis."""

    strides: tuple[int, ...]
    padding: Pairs
    dilation: tuple[int, ...]


def layout_names(rank: int, data_format: str) -> tuple[str, str, str]:
    """Return the layouts of inputs, kernel and outputs in JAX's notation."""
    axes = "DHW"[3 - rank :]
    layout = f"N{axes}C" if data_format == "channels_last" else f"NC{axes}"
    return layout, f"{axes}IO", layout


# Gathering and its adjoint. After gathering axes i, ..., j the channels hold
# (tap of j, ..., tap of i, channel); `kernel_matrix` orders the kernel alike.


def _gather(x: Array, axis: int, taps: int, stride: int, dilation: int) -> Array:
    """Concatenate along the channels what each tap sees while it moves along `axis`."""
    if taps == stride == 1:
        return x
    count = (x.shape[axis] - (taps - 1) * dilation - 1) // stride + 1
    reach = (count - 1) * stride + 1
    starts = [tap * dilation for tap in range(taps)]
    pieces = [lax.slice_in_dim(x, low, low + reach, stride, axis) for low in starts]
    return jnp.concatenate(pieces, -1)


def _scatter(x: Array, axis: int, taps: int, stride: int, dilation: int, size: int) -> Array:
    """Adjoint of `_gather`: add each tap's share where it was taken from."""
    if taps == stride == 1:
        return x
    reach = (x.shape[axis] - 1) * stride + 1
    total = None
    for tap, piece in enumerate(lax.split(x, (x.shape[-1] // taps,) * taps, x.ndim - 1)):
        config = [(0, 0, 0)] * x.ndim
        config[axis] = (tap * dilation, size - tap * dilation - reach, stride - 1)
        piece = lax.pad(piece, jnp.zeros((), x.dtype), config)
        total = piece if total is None else total + piece
    return total


def gather_patches(x: Array, windows: Sequence[int], geometry: Geometry, first: int = 0) -> Array:
    """Gather all spatial axes from `first` on."""
    pairs = [p if i >= first else (0, 0) for i, p in enumerate(geometry.padding)]
    x = pad(x, pairs)
    for i in range(first, len(windows)):
        x = _gather(x, i + 1, windows[i], geometry.strides[i], geometry.dilation[i])
    return x


def _spread(
    x: Array, windows: Sequence[int], geometry: Geometry, sizes: Sequence[int], first: int = 0
) -> Array:
    """Adjoint of `gather_patches`, for inputs with spatial shape `sizes`."""
    for i in reversed(range(first, len(windows))):
        size = sizes[i] + sum(geometry.padding[i])
        x = _scatter(x, i + 1, windows[i], geometry.strides[i], geometry.dilation[i], size)
    pairs = enumerate(geometry.padding)
    return pad(x, [(-low, -high) if i >= first else (0, 0) for i, (low, high) in pairs])


def kernel_matrix(kernel: Array, first: int = 0) -> Array:
    """Return the kernel as `(taps from first on * channels, taps before first * filters)`."""
    rank = kernel.ndim - 2
    order = (*range(rank - 1, first - 1, -1), rank, *range(first), rank + 1)
    rows = math.prod(kernel.shape[first:-1])
    return kernel.transpose(order).reshape(rows, -1)


def _kernel_from_matrix(matrix: Array, shape: Sequence[int], first: int = 0) -> Array:
    """Undo `kernel_matrix`."""
    rank = len(shape) - 2
    order = (*range(rank - 1, first - 1, -1), rank, *range(first), rank + 1)
    back = sorted(range(rank + 2), key=order.__getitem__)
    return matrix.reshape([shape[i] for i in order]).transpose(back)


def multiply(x: Array, matrix: Array) -> Array:
    """Multiply the channels of `x` by a matrix."""
    return lax.dot_general(x, matrix, (((x.ndim - 1,), (0,)), ((), ())))


def _product_over_positions(left: Array, right: Array) -> Array:
    left, right = left.reshape(-1, left.shape[-1]), right.reshape(-1, right.shape[-1])
    if onednn.can_multiply_over_rows(left, right):
        return onednn.product_over_rows(left, right)
    return lax.dot_general(left, right, (((0,), (0,)), ((), ())))


# The formulations of a convolution without groups, channels last.


def _library(x: Array, kernel: Array, geometry: Geometry) -> Array:
    layout = layout_names(kernel.ndim - 2, "channels_last")
    strides, padding, dilation = geometry
    if any(min(pair) < 0 for pair in padding):
        # XLA reads beyond one-dimensional inputs where padding of (-n, n) is left to it
        x = pad(x, [(min(low, 0), min(high, 0)) for low, high in padding])
        padding = tuple((max(low, 0), max(high, 0)) for low, high in padding)
    return lax.conv_general_dilated(
        x, kernel, strides, padding, rhs_dilation=dilation, dimension_numbers=layout
    )


def _by_patches(x: Array, kernel: Array, geometry: Geometry) -> Array:
    return multiply(gather_patches(x, kernel.shape[:-2], geometry), kernel_matrix(kernel))


def _by_split(x: Array, kernel: Array, geometry: Geometry) -> Array:
    taps, (low, high), dilation = kernel.shape[0], geometry.padding[0], geometry.dilation[0]
    patches = gather_patches(x, kernel.shape[:-2], geometry, first=1)
    outputs = multiply(patches, kernel_matrix(kernel, first=1))
    last = (taps - 1) * dilation
    total = None
    for tap, rows in enumerate(lax.split(outputs, (kernel.shape[-1],) * taps, outputs.ndim - 1)):
        shift = (low - tap * dilation, high - last + tap * dilation)
        rows = pad(rows, [shift, *((0, 0),) * (kernel.ndim - 3)])
        total = rows if total is None else total + rows
    return total


def _by_onednn(x: Array, kernel: Array, geometry: Geometry) -> Array:
    return onednn.convolve(x, kernel, *geometry)


def _by_native(x: Array, kernel: Array, geometry: Geometry) -> Array:
    return native.convolve(x, kernel, geometry.strides, geometry.padding)


_FORMULATIONS = {
    "library": _library,
    "native": _by_native,
    "onednn": _by_onednn,
    "patches": _by_patches,
    "split": _by_split,
}


def _can_split(windows: Sequence[int], geometry: Geometry) -> bool:
    return len(windows) > 1 and windows[0] > 1 and max(geometry.strides) == 1


def _choose(x: Array, kernel: Array, geometry: Geometry) -> str:
    """Return the name of the fastest formulation for these shapes (see the table above)."""
    *windows, channels, filters = kernel.shape
    taps = math.prod(windows)
    if taps > 1 and native.convolves(x, kernel, *geometry):
        return "native"
    if taps > 1 and onednn.can_convolve(x, kernel, *geometry):
        return "onednn"
    if taps == 1 or taps * channels <= _FEW_CHANNELS:
        return "patches"
    if not _can_split(windows, geometry) or channels >= _MANY_CHANNELS or filters < _FEW_FILTERS:
        return "library"
    width = taps // windows[0] * channels + windows[0] * filters
    gathered = math.prod(x.shape[:-1]) * width * x.dtype.itemsize
    return "split" if gathered <= _CACHE_BYTES else "library"


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def conv(x: Array, kernel: Array, geometry: Geometry) -> Array:
    """Convolve `x` `(batch, *spatial, channels)` in the fastest formulation.

    Args:
        x: real numbers, every dimension known.
        kernel: array `(*spatial, channels, filters)` of the same dtype.
        geometry: strides, padding and dilation; there must be an output.
    """
    return _FORMULATIONS[_choose(x, kernel, geometry)](x, kernel, geometry)


def _conv_forward(x: Array, kernel: Array, geometry: Geometry) -> tuple[Array, Any]:
    return conv(x, kernel, geometry), (x, kernel)


def _kernel_gradient_by_convolution(x: Array, gradient: Array, geometry: Geometry) -> Array:
    """Return the kernel gradient as a forward convolution with the batch as channels.

    The copies bring the operands into the layout in which XLA's convolution is fast; JAX's
    own derivative leaves them as they are, and the library then takes a slow way.
    """
    rank = x.ndim - 2
    spatial = tuple(range(1, rank + 1))
    images, kernels = x.transpose(rank + 1, *spatial, 0), gradient.transpose(*spatial, 0, rank + 1)
    strides, padding, dilation = geometry
    swapped = Geometry(dilation, padding, strides)  # steps of the taps and of the outputs
    return _library(images, kernels, swapped).transpose(*spatial, 0, rank + 1)


def _kernel_gradient_is_large(x: Array, kernel: Array, geometry: Geometry) -> bool:
    """Say whether products over gathered operands would be slower than a convolution."""
    *windows, channels, filters = kernel.shape
    rank, taps = len(windows), math.prod(windows)
    if taps * channels <= _FEW_CHANNELS or taps == 1 or max(geometry.strides) > 1 or rank > 2:
        return False
    if rank == 1:
        return x.dtype == jnp.float32
    width = taps // windows[0] * channels + windows[0] * filters
    gathered = math.prod(x.shape[:-1]) * width * x.dtype.itemsize
    return x.dtype == jnp.float32 and gathered > _CACHE_BYTES


def _conv_backward(geometry: Geometry, saved: Any, gradient: Array) -> tuple[Array, Array]:
    x, kernel = saved
    *windows, channels, _ = kernel.shape
    sizes = x.shape[1:-1]
    if _choose(x, kernel, geometry) == "native":
        strides, padding, _ = geometry
        kernel_part = native.kernel_gradient(x, gradient, windows, strides, padding)
        return input_gradient(gradient, kernel, geometry, sizes), kernel_part
    if _kernel_gradient_is_large(x, kernel, geometry):
        kernel_part = _kernel_gradient_by_convolution(x, gradient, geometry)
        return _input_part(x, kernel, gradient, geometry), kernel_part
    if not _can_split(windows, geometry) or math.prod(windows) * channels <= _FEW_CHANNELS:
        matrix = _product_over_positions(gather_patches(x, windows, geometry), gradient)
        input_part = input_gradient(gradient, kernel, geometry, sizes)
        return input_part, _kernel_from_matrix(matrix, kernel.shape)
    rows = _gradient_rows(gradient, windows[0], geometry, sizes[0])
    matrix = _product_over_positions(gather_patches(x, windows, geometry, first=1), rows)
    input_part = _input_part(x, kernel, gradient, geometry)
    return input_part, _kernel_from_matrix(matrix, kernel.shape, first=1)


def _input_part(x: Array, kernel: Array, gradient: Array, geometry: Geometry) -> Array:
    """Return the gradient of the input in the formulation of the forward pass."""
    windows, sizes = kernel.shape[:-2], x.shape[1:-1]
    if _choose(x, kernel, geometry) != "split":
        return input_gradient(gradient, kernel, geometry, sizes)
    rows = _gradient_rows(gradient, windows[0], geometry, sizes[0])
    spread = multiply(rows, kernel_matrix(kernel, first=1).T)
    return _spread(spread, windows, geometry, sizes, first=1)


conv.defvjp(_conv_forward, _conv_backward)


def input_gradient(
    gradient: Array, kernel: Array, geometry: Geometry, sizes: Sequence[int]
) -> Array:
    """Return what reaches an input with spatial shape `sizes`; also a transposed convolution."""
    windows = kernel.shape[:-2]
    if max(geometry.strides) == 1:
        return conv(gradient, _flipped(kernel), _flipped_geometry(geometry, windows))
    work = convolution_work(gradient.shape[:-1], kernel.shape)
    if max(geometry.dilation) == 1 and work >= _LEAST_WORK_IN_PHASES:
        return _input_gradient_by_phases(gradient, kernel, geometry, sizes)
    spread = multiply(gradient, kernel_matrix(kernel).T)
    return _spread(spread, windows, geometry, sizes)


def _flipped(kernel: Array) -> Array:
    return jnp.flip(kernel, range(kernel.ndim - 2)).swapaxes(-1, -2)


def _input_gradient_by_phases(
    gradient: Array, kernel: Array, geometry: Geometry, sizes: Sequence[int]
) -> Array:
    """Return the input gradient of a convolution with strides, phase by phase.

    Input elements whose positions have the same rest by the stride meet the same taps, every
    stride-th one. So each phase is a convolution without strides, by a part of the kernel.
    """
    strides = geometry.strides
    counts = [-(-n // s) for n, s in zip(sizes, strides, strict=True)]
    phases = [
        _phase(gradient, kernel, geometry, counts, phase)
        for phase in itertools.product(*map(range, strides))
    ]
    rank, batch, channels = len(strides), gradient.shape[0], kernel.shape[-2]
    x = jnp.stack(phases, -2).reshape(batch, *counts, *strides, channels)
    pairs = itertools.chain.from_iterable((1 + i, 1 + rank + i) for i in range(rank))
    x = x.transpose(0, *pairs, 1 + 2 * rank)
    x = x.reshape(batch, *(n * s for n, s in zip(counts, strides, strict=True)), channels)
    return x[(slice(None), *map(slice, sizes))]


def _phase(
    gradient: Array,
    kernel: Array,
    geometry: Geometry,
    counts: Sequence[int],
    phase: Sequence[int],
) -> Array:
    """Return what reaches the input elements at `phase`, `phase + stride`, ..."""
    part, pairs = kernel, []
    for axis, (first, stride) in enumerate(zip(phase, geometry.strides, strict=True)):
        shift, tap = divmod(first + geometry.padding[axis][0], stride)
        if tap >= kernel.shape[axis]:  # the stride steps over these elements
            return jnp.zeros((gradient.shape[0], *counts, kernel.shape[-2]), gradient.dtype)
        part = lax.slice_in_dim(part, tap, kernel.shape[axis], stride, axis)
        low = part.shape[axis] - 1 - shift
        pairs.append((low, counts[axis] + shift - gradient.shape[axis + 1]))
    gradient = pad(gradient, [(min(low, 0), min(high, 0)) for low, high in pairs])
    padding = tuple((max(low, 0), max(high, 0)) for low, high in pairs)
    ones = (1,) * len(counts)
    return conv(gradient, _flipped(part), Geometry(ones, padding, ones))


def _flipped_geometry(geometry: Geometry, windows: Sequence[int]) -> Geometry:
    last = [(k - 1) * d for k, d in zip(windows, geometry.dilation, strict=True)]
    pairs = zip(last, geometry.padding, strict=True)
    return geometry._replace(padding=tuple((n - low, n - high) for n, (low, high) in pairs))


def _gradient_rows(gradient: Array, taps: int, geometry: Geometry, size: int) -> Array:
    """Gather, for each of `size` input rows, the output rows that it reaches; adjoint of adding."""
    low, dilation = geometry.padding[0][0], geometry.dilation[0]
    rest = [(0, 0)] * (gradient.ndim - 3)
    missing = size - gradient.shape[1]
    shifts = [tap * dilation - low for tap in range(taps)]
    return jnp.concatenate([pad(gradient, [(n, missing - n), *rest]) for n in shifts], -1)

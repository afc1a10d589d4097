"""Convolutions over one or two axes, channels last, and their kernel gradients.

Milliseconds in a `fori_loop`, float32, 2 cores of an Intel Emerald Rapids (330 GFLOP/s); the others
are oneDNN's convolution and the best product of `convolution_cpu` for the kernel gradient:

| batch, image, channels, kernel | forward, oneDNN | here | kernel gradient, before | here |
|--------------------------------|-----------------|------|-------------------------|------|
| 64, 32x32, 3 to 32, 3x3        | 0.65            | 0.59 | 2.0                     | 1.7  |
| 64, 16x16, 32 to 64, 3x3       | 2.1             | 2.3  | 5.1                     | 3.2  |
| 64, 16x16, 64 to 64, 3x3       | 3.9             | 4.4  | 6.9                     | 5.3  |
| 64, 32x32, 16 to 16, 3x3       | 1.4             | 1.5  | 3.2                     | 1.9  |
| 64, 8x8, 64 to 64, 3x3         | 1.1             | 1.2  | 1.8                     | 1.5  |
| 32, 8x8, 256 to 256, 3x3       | 7.2             | 8.4  | 9.0                     | 9.3  |
| 8, 56x56, 64 to 64, 3x3        | 6.7             | 6.8  | 49                      | 7.8  |
| 32, 1000, 100 to 128, 5        | 13.1            | 13.3 | 23.8                    | 17.0 |
| 32, 199, 128 to 128, 5         | 3.3             | 3.5  | 5.5                     | 4.4  |

oneDNN's forward pass is up to a seventh faster, but programs that call it cannot be kept, and what
it is told is XLA's internal matter. A step gained: CIFAR CNN 37 to 31, ResNet-8 47 to 33, text 58
to 49.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import lax

from addax.engine.native import library, primitive
from addax.engine.native.primitive import Array
from addax.engine.windows import (
    Pairs,
    convolution_work,
    output_sizes,
    pads_by_less_than_a_window,
)

_LEAST_FILTERS = 16  # lanes of a vector in tile.h
_LEAST_WORK = 1e6  # floating point operations
_LEAST_IMAGES = 8  # threads share the images
_MOST_CORES = 16
_MOST_KERNEL_BYTES = 2**22  # larger ones are read again for each image
_SMALL_KERNEL_BYTES = 2**20  # up to it threads sum over parts of the batch, then work on parts
_PARTS_OF_KERNEL = 8

Ints = Sequence[int]


def convolves(x: Array, kernel: Array, strides: Ints, padding: Pairs, dilation: Ints) -> bool:
    """Say whether `convolve` and `kernel_gradient` serve these arrays, and are worth it."""
    if not isinstance(x, jax.core.Tracer) or x.ndim > 4 or not library.serves(x, kernel):
        return False
    *windows, _, filters = kernel.shape
    if max(dilation) > 1 or not pads_by_less_than_a_window(padding, windows, dilation):
        return False
    sizes = output_sizes(x.shape[1:-1], windows, strides, padding, dilation)
    return (
        filters >= _LEAST_FILTERS
        and convolution_work((x.shape[0], *sizes), kernel.shape) >= _LEAST_WORK
        and x.shape[0] >= _LEAST_IMAGES
        and kernel.size * kernel.dtype.itemsize <= _MOST_KERNEL_BYTES
        and library.cores() <= _MOST_CORES
    )


def convolve(x: Array, kernel: Array, strides: Ints, padding: Pairs) -> Array:
    """Convolve `x` `(batch, *spatial, channels)` by `kernel` `(*spatial, channels, filters)`."""
    if x.ndim == 3:
        wide = convolve(x[:, None], kernel[None], (1, *strides), ((0, 0), *padding))
        return wide[:, 0]
    options = {"strides": tuple(strides), "padding": tuple(padding)}
    return primitives().convolution.bind(x, kernel, **options)


def kernel_gradient(
    x: Array, gradient: Array, windows: Ints, strides: Ints, padding: Pairs
) -> Array:
    """Return the gradient of a kernel, whose spatial shape is `windows`, by that of the outputs."""
    if x.ndim == 3:
        strides, padding = (1, *strides), ((0, 0), *padding)
        return kernel_gradient(x[:, None], gradient[:, None], (1, *windows), strides, padding)[0]
    options = {"strides": tuple(strides), "padding": tuple(padding)}
    return primitives().kernel_gradient.bind(x, gradient, windows=tuple(windows), **options)


def _convolve(x: Array, kernel: Array, strides: Ints, padding: Pairs) -> Array:
    layout = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, kernel, strides, padding, dimension_numbers=layout)


def _kernel_gradient(
    x: Array, gradient: Array, windows: Ints, strides: Ints, padding: Pairs
) -> Array:
    kernel = jax.ShapeDtypeStruct((*windows, x.shape[-1], gradient.shape[-1]), x.dtype)
    forward = functools.partial(_convolve, x, strides=strides, padding=padding)
    return jax.linear_transpose(forward, kernel)(gradient)[0]


class Primitives(NamedTuple):
    """What programs call."""

    convolution: Any
    kernel_gradient: Any


@functools.cache
def primitives() -> Primitives:
    """Return the primitives."""
    return Primitives(
        primitive.make_bilinear("addax_convolution", _convolve, _lower_convolution),
        primitive.make_bilinear("addax_kernel_gradient", _kernel_gradient, _lower_gradient),
    )


def _lower_convolution(context: Any, *operands: Any, strides: Ints, padding: Pairs) -> Any:
    x, kernel = context.avals_in
    chunks = min(x.shape[0], _MOST_CORES)
    inside = _inside(x, context.avals_out[0], kernel.shape[:2], strides, padding)
    memory = [(chunks, *inside)]
    return _call("addax_convolution", context, operands, strides, padding, memory)


def _lower_gradient(
    context: Any, *operands: Any, windows: Ints, strides: Ints, padding: Pairs
) -> Any:
    (x, gradient), (kernel,) = context.avals_in, context.avals_out
    is_small = kernel.size * kernel.dtype.itemsize <= _SMALL_KERNEL_BYTES
    chunks = min(x.shape[0], _MOST_CORES) if is_small else _PARTS_OF_KERNEL
    inside = _inside(x, gradient, windows, strides, padding)
    memory = [(chunks, *inside), (chunks - 1 if is_small else 0, *kernel.shape)]
    return _call("addax_kernel_gradient", context, operands, strides, padding, memory)


def _inside(x: Any, outputs: Any, windows: Ints, strides: Ints, padding: Pairs) -> list[int]:
    """Return the shape of an image inside its padding; empty if windows stay within the image."""
    if not any(any(pair) for pair in padding):
        return [0]
    axes = zip(outputs.shape[1:3], windows, strides, strict=True)
    return [*((n - 1) * stride + window for n, window, stride in axes), x.shape[-1]]


def _call(
    target: str,
    context: Any,
    operands: Sequence[Any],
    strides: Ints,
    padding: Pairs,
    memory: Sequence[Ints],
) -> Any:
    """Emit a call that is told where the windows are."""
    from jax.interpreters import mlir

    place = np.array([*(low for low, _ in padding), *strides], "int32")
    told = jax.core.ShapedArray(place.shape, place.dtype)
    context = context.replace(avals_in=[*context.avals_in, told])
    operands = [*operands, mlir.ir_constant(place)]
    return primitive.call_with_memory(target, context, operands, memory)

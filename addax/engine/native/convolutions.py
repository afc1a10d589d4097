"""Convolutions over one or two axes, channels last, and their kernel gradients."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from addax.engine.native import library, primitive
from addax.engine.native.primitive import Array
from addax.engine.windows import Pairs, output_sizes

_LEAST_FILTERS = 16  # what products.c needs
_LEAST_WORK = 1e6  # floating point operations
_MOST_CHUNKS = 8  # of images; as many threads at most
_MOST_PARTIAL_BYTES = 2**23

Ints = Sequence[int]


def convolves(x: Array, kernel: Array, strides: Ints, padding: Pairs, dilation: Ints) -> bool:
    """Say whether `convolve` and `kernel_gradient` serve these arrays, and are worth it."""
    if not isinstance(x, jax.core.Tracer) or x.ndim > 4 or max(dilation) > 1:
        return False
    *windows, _, filters = kernel.shape
    if not all(
        0 <= low < size and 0 <= high < size
        for (low, high), size in zip(padding, windows, strict=True)
    ):
        return False
    sizes = output_sizes(x.shape[1:-1], windows, strides, padding, dilation)
    work = 2.0 * x.shape[0] * math.prod(sizes) * math.prod(kernel.shape)
    return (
        filters >= _LEAST_FILTERS
        and work >= _LEAST_WORK
        and x.dtype == kernel.dtype == jnp.float32
        and jax.default_backend() == "cpu"
        and library.is_available()
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


def _lower_convolution(context: Any, x: Any, kernel: Any, *, strides: Ints, padding: Pairs) -> Any:
    batch, _, _, channels = context.avals_in[0].shape
    outputs, windows = context.avals_out[0].shape[1:3], context.avals_in[1].shape[:2]
    inside = (min(batch, _MOST_CHUNKS), *_inside(outputs, windows, strides), channels)
    return _call("addax_convolution", context, (x, kernel), strides, padding, inside)


def _lower_gradient(
    context: Any, x: Any, gradient: Any, *, windows: Ints, strides: Ints, padding: Pairs
) -> Any:
    batch, _, _, channels = context.avals_in[0].shape
    outputs, kernel = context.avals_in[1].shape[1:3], context.avals_out[0]
    fitting = max(1, _MOST_PARTIAL_BYTES // (kernel.size * kernel.dtype.itemsize))
    chunks = min(batch, _MOST_CHUNKS, fitting)
    inside = (chunks, *_inside(outputs, windows, strides), channels)
    partial = (chunks - 1, *kernel.shape)
    target = "addax_kernel_gradient"
    return _call(target, context, (x, gradient), strides, padding, inside, partial)


def _inside(outputs: Ints, windows: Ints, strides: Ints) -> list[int]:
    """Return the size of what the windows move over."""
    axes = zip(outputs, windows, strides, strict=True)
    return [(n - 1) * stride + window for n, window, stride in axes]


def _call(
    target: str,
    context: Any,
    operands: Sequence[Any],
    strides: Ints,
    padding: Pairs,
    *memory: Sequence[int],
) -> Any:
    from jax.interpreters import mlir

    place = np.array([*(low for low, _ in padding), *strides], "int32")
    place_type = jax.core.ShapedArray(place.shape, place.dtype)
    context = context.replace(avals_in=[*context.avals_in, place_type])
    constant = mlir.ir_constant(place)
    return primitive.call_with_memory(target, context, (*operands, constant), *memory)

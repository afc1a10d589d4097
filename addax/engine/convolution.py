"""Convolution functions on raw JAX arrays with the semantics of Keras.

On a CPU they take the formulations of `convolution_cpu`, elsewhere (and where a
dimension is not known yet) JAX's own convolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from addax.engine import convolution_cpu, convolution_groups
from addax.engine.convolution_cpu import Geometry
from addax.engine.windows import (
    PADDING_MESSAGE,
    Array,
    Padding,
    Pairs,
    Sizes,
    channels_from_last,
    channels_to_last,
    check_data_format,
    is_static,
    per_axis,
    resolve_padding,
)


def _promote(*arrays: Array) -> list[Array]:
    dtype = jnp.result_type(*arrays)
    return [jnp.asarray(array, dtype) for array in arrays]


def _rank(inputs: Array, kernel: Array) -> int:
    if inputs.ndim != kernel.ndim or inputs.ndim not in (3, 4, 5):
        raise ValueError(
            "Convolution needs inputs `(batch, *spatial, channels)` and a kernel "
            "`(*spatial, channels, filters)` with 1, 2 or 3 spatial dimensions. "
            f"Received: inputs.shape={inputs.shape}, kernel.shape={kernel.shape}"
        )
    return int(inputs.ndim) - 2


def _group_count(channels: int, kernel: Array, groups: int | None) -> int:
    count = channels // kernel.shape[-2] if groups is None else groups
    if count < 1 or count * kernel.shape[-2] != channels or kernel.shape[-1] % count:
        raise ValueError(
            "The channels of the inputs must be `groups` times those of the kernel, and the "
            f"filters a multiple of `groups`. Received: channels={channels}, "
            f"kernel.shape={kernel.shape}, groups={groups}"
        )
    return int(count)


def _spatial(shape: Sequence[Any], data_format: str) -> Sequence[Any]:
    return shape[1:-1] if data_format == "channels_last" else shape[2:]


def _use_cpu(x: Array) -> bool:
    """Say whether to use the formulations above: a CPU, real numbers, a known shape."""
    floating = jnp.issubdtype(x.dtype, jnp.floating)
    return bool(jax.default_backend() == "cpu" and floating and is_static(x.shape) and x.size)


def _fits(sizes: Sequence[int], spans: Sequence[int], padding: Pairs) -> bool:
    """Say whether there is at least one output."""
    return all(n + sum(p) >= k for n, k, p in zip(sizes, spans, padding, strict=True))


def conv(
    inputs: Array,
    kernel: Array,
    strides: Sizes = 1,
    padding: Padding = "valid",
    data_format: str = "channels_last",
    dilation_rate: Sizes = 1,
    groups: int | None = None,
) -> Array:
    """Convolution over 1, 2 or 3 spatial axes.

    Args:
        inputs: array `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: array `(*spatial, channels // groups, filters)`.
        strides: step per axis.
        padding: "valid", "same", or a pair `(low, high)` for each spatial axis.
        data_format: "channels_last" or "channels_first".
        dilation_rate: distance between kernel elements per axis.
        groups: number of groups of channels; None derives it from the shapes.

    Returns:
        Array `(batch, *new_spatial, filters)`, channels where the inputs have them.

    Raises:
        ValueError: if the shapes or an argument do not fit.

    Example:
        >>> conv(jnp.ones((1, 5, 5, 2)), jnp.ones((3, 3, 2, 4)), padding="same").shape
        (1, 5, 5, 4)
    """
    inputs, kernel = _promote(inputs, kernel)
    rank = _rank(inputs, kernel)
    check_data_format(data_format)
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("dilation_rate", dilation_rate, rank)
    spans = tuple((k - 1) * d + 1 for k, d in zip(kernel.shape, dilation, strict=False))
    sizes = _spatial(inputs.shape, data_format)
    pairs = resolve_padding(padding, sizes, spans, steps)
    channels = inputs.shape[-1 if data_format == "channels_last" else 1]
    count = _group_count(channels, kernel, groups)
    if isinstance(pairs, str) or not _use_cpu(inputs) or not _fits(sizes, spans, pairs):
        return lax.conv_general_dilated(
            inputs,
            kernel,
            steps,
            pairs,
            rhs_dilation=dilation,
            dimension_numbers=convolution_cpu.layout_names(rank, data_format),
            feature_group_count=count,
        )
    x, geometry = (
        channels_to_last(inputs, data_format),
        Geometry(steps, pairs, dilation),
    )
    if count == 1:
        outputs = convolution_cpu.conv(x, kernel, geometry)
    else:
        outputs = convolution_groups.grouped_conv(x, kernel, geometry, count)
    return channels_from_last(outputs, data_format)


def depthwise_conv(
    inputs: Array,
    kernel: Array,
    strides: Sizes = 1,
    padding: Padding = "valid",
    data_format: str = "channels_last",
    dilation_rate: Sizes = 1,
) -> Array:
    """Convolution of each channel by itself.

    Args:
        inputs: array `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: array `(*spatial, channels, multiplier)`.
        strides: step per axis.
        padding: "valid", "same", or a pair `(low, high)` for each spatial axis.
        data_format: "channels_last" or "channels_first".
        dilation_rate: distance between kernel elements per axis.

    Returns:
        Array `(batch, *new_spatial, channels * multiplier)`; the outputs of
        one channel are neighbours.

    Example:
        >>> depthwise_conv(jnp.ones((1, 5, 5, 2)), jnp.ones((3, 3, 2, 4))).shape
        (1, 3, 3, 8)
    """
    *windows, channels, multiplier = kernel.shape
    kernel = jnp.reshape(kernel, (*windows, 1, channels * multiplier))
    return conv(inputs, kernel, strides, padding, data_format, dilation_rate, channels)


def separable_conv(
    inputs: Array,
    depthwise_kernel: Array,
    pointwise_kernel: Array,
    strides: Sizes = 1,
    padding: Padding = "valid",
    data_format: str = "channels_last",
    dilation_rate: Sizes = 1,
) -> Array:
    """Depthwise convolution, and then a 1x1 convolution that mixes the channels.

    Args:
        inputs: array `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        depthwise_kernel: array `(*spatial, channels, multiplier)`.
        pointwise_kernel: array `(*ones, channels * multiplier, filters)`.
        strides: step per axis.
        padding: "valid", "same", or a pair `(low, high)` for each spatial axis.
        data_format: "channels_last" or "channels_first".
        dilation_rate: distance between kernel elements per axis.

    Returns:
        Array `(batch, *new_spatial, filters)`.

    Example:
        >>> x, first, second = jnp.ones((1, 9, 2)), jnp.ones((3, 2, 4)), jnp.ones((1, 8, 5))
        >>> separable_conv(x, first, second).shape
        (1, 7, 5)
    """
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, data_format=data_format)


def _cropping(span: int, stride: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """Return what a transposed convolution cuts off its full output, `(low, high)`.

    The full output has `(size - 1) * stride + span` elements; negative means added zeros.
    """
    if output_padding is not None:
        total = (2 * (span // 2) if padding == "same" else 0) - output_padding
    else:
        total = span - stride if padding == "same" else min(span - stride, 0)
    low = max(total, 0) // 2
    return low, total - low


def _croppings(
    spans: Sequence[int], steps: Sequence[int], padding: Padding, output_padding: Sizes | None
) -> Pairs:
    if not isinstance(padding, str):
        return tuple((int(low), int(high)) for low, high in padding)
    if padding not in ("valid", "same"):
        raise ValueError(PADDING_MESSAGE.format(padding=padding))
    if output_padding is None or isinstance(output_padding, int):
        extra: Sequence[int | None] = (output_padding,) * len(spans)
    else:
        extra = output_padding
    cases = zip(spans, steps, extra, strict=True)
    return tuple(_cropping(span, step, padding, more) for span, step, more in cases)


def conv_transpose(
    inputs: Array,
    kernel: Array,
    strides: Sizes = 1,
    padding: Padding = "valid",
    output_padding: Sizes | None = None,
    data_format: str = "channels_last",
    dilation_rate: Sizes = 1,
) -> Array:
    """Transposed convolution: the gradient of a convolution, used to enlarge.

    Args:
        inputs: array `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: array `(*spatial, filters, channels)`.
        strides: enlargement per axis.
        padding: "valid" keeps all of the output, "same" gives `size * strides`; or what to
            cut off, a pair `(low, high)` for each spatial axis.
        output_padding: elements added at the end of each axis; None derives it.
        data_format: "channels_last" or "channels_first".
        dilation_rate: distance between kernel elements per axis.

    Returns:
        Array `(batch, *new_spatial, filters)`.

    Example:
        >>> x, kernel = jnp.ones((1, 4, 4, 2)), jnp.ones((3, 3, 5, 2))
        >>> conv_transpose(x, kernel, strides=2, padding="same").shape
        (1, 8, 8, 5)
    """
    inputs, kernel = _promote(inputs, kernel)
    rank = _rank(inputs, kernel)
    check_data_format(data_format)
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("dilation_rate", dilation_rate, rank)
    spans = tuple((k - 1) * d + 1 for k, d in zip(kernel.shape, dilation, strict=False))
    crops = _croppings(spans, steps, padding, output_padding)
    if _use_cpu(inputs):
        x = channels_to_last(inputs, data_format)
        lengths = zip(x.shape[1:-1], steps, spans, crops, strict=True)
        sizes = [(n - 1) * s + span - sum(crop) for n, s, span, crop in lengths]
        outputs = convolution_cpu.input_gradient(x, kernel, Geometry(steps, crops, dilation), sizes)
        return channels_from_last(outputs, data_format)
    pairs = [(k - 1 - a, k - 1 - b) for k, (a, b) in zip(spans, crops, strict=True)]
    return lax.conv_general_dilated(
        inputs,
        jnp.flip(kernel, range(rank)).swapaxes(-1, -2),
        (1,) * rank,
        pairs,
        lhs_dilation=steps,
        rhs_dilation=dilation,
        dimension_numbers=convolution_cpu.layout_names(rank, data_format),
    )

"""Convolution and pooling."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from addax import config
from addax.core.graph import op
from addax.engine import engine
from addax.ops._arrays import as_array

nn: Any = engine.nn
Sizes = int | Sequence[int]


def _convolve(
    kernel: Callable[..., Any],
    arrays: Sequence[Any],
    data_format: str | None,
    strides: Sizes,
    padding: str,
    dilation_rate: Sizes,
) -> Any:
    """Call a convolution of the engine on arrays; they must be the engine's own."""
    return kernel(
        *(as_array(array) for array in arrays),
        strides=strides,
        padding=padding,
        data_format=config.standardize_data_format(data_format),
        dilation_rate=dilation_rate,
    )


def _pool(
    kernel: Callable[..., Any],
    inputs: Any,
    data_format: str | None,
    pool_size: Sizes,
    strides: Sizes | None,
    padding: str,
) -> Any:
    data_format = config.standardize_data_format(data_format)
    return kernel(as_array(inputs), pool_size, strides, padding, data_format)


@op
def conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Convolution over 1, 2 or 3 spatial dimensions.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor `(*kernel_size, channels / groups, filters)`.
        strides: step per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, filters)`.

    Example:
        >>> import numpy as np
        >>> conv(np.ones((1, 5, 5, 2)), np.ones((3, 3, 2, 4)), padding="same").shape
        (1, 5, 5, 4)
    """
    return _convolve(nn.conv, (inputs, kernel), data_format, strides, padding, dilation_rate)


@op
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Convolution of each channel by itself.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor `(*kernel_size, channels, multiplier)`.
        strides: step per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, channels * multiplier)`.
    """
    arrays = (inputs, kernel)
    return _convolve(nn.depthwise_conv, arrays, data_format, strides, padding, dilation_rate)


@op
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Depthwise convolution, and then a 1x1 convolution that mixes the channels.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        depthwise_kernel: tensor `(*kernel_size, channels, multiplier)`.
        pointwise_kernel: tensor `(*ones, channels * multiplier, filters)`.
        strides: step per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, filters)`.
    """
    arrays = (inputs, depthwise_kernel, pointwise_kernel)
    return _convolve(nn.separable_conv, arrays, data_format, strides, padding, dilation_rate)


@op
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    output_padding: Sizes | None = None,
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Transposed convolution: the gradient of a convolution, used to enlarge.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor `(*kernel_size, filters, channels)`.
        strides: enlargement per dimension.
        padding: `"valid"` or `"same"`.
        output_padding: elements added to one side of the output; less than `strides`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, filters)`.
    """
    kernel_of = functools.partial(nn.conv_transpose, output_padding=output_padding)
    return _convolve(kernel_of, (inputs, kernel), data_format, strides, padding, dilation_rate)


@op
def max_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The largest element of each window.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: size of the window per dimension.
        strides: step per dimension; default: `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    return _pool(nn.max_pool, inputs, data_format, pool_size, strides, padding)


@op
def average_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The mean of each window; padding does not count.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: size of the window per dimension.
        strides: step per dimension; default: `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    return _pool(nn.average_pool, inputs, data_format, pool_size, strides, padding)

"""Convolution, pooling, padding and the like, with the arguments of Keras 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import config, errors, ops
from addax.ops import random

Sizes = int | Sequence[int]


def _spatial(data_format: str | None, rank: int) -> slice:
    first = config.standardize_data_format(data_format) == "channels_first"
    return slice(2, 2 + rank) if first else slice(1, 1 + rank)


def _padded(x: Any, pairs: Sequence[Sequence[int]], data_format: str | None) -> Any:
    widths: list[Any] = [(0, 0)] * (len(pairs) + 2)
    widths[_spatial(data_format, len(pairs))] = [tuple(pair) for pair in pairs]
    return ops.pad(x, widths)


def conv1d(
    x: Any,
    kernel: Any,
    strides: int = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int = 1,
) -> Any:
    """Convolution over one spatial axis; `padding` may be `"causal"`."""
    if padding == "causal":
        x = _padded(x, [(dilation_rate * (kernel.shape[0] - 1), 0)], data_format)
        padding = "valid"
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


def conv2d(
    x: Any,
    kernel: Any,
    strides: Sizes = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = (1, 1),
) -> Any:
    """Convolution over two spatial axes."""
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


def conv3d(
    x: Any,
    kernel: Any,
    strides: Sizes = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = (1, 1, 1),
) -> Any:
    """Convolution over three spatial axes."""
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


def conv2d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Sequence[Any],
    strides: Sizes = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = (1, 1),
) -> Any:
    """Transposed convolution over two spatial axes.

    Args:
        x: `(batch, height, width, channels)`.
        kernel: `(height, width, filters, channels)`.
        output_shape: shape with the batch; it decides where strides leave a choice.
        strides: enlargement.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`.
        dilation_rate: distance of kernel elements.

    Raises:
        ValueError: if no output of this shape can come out.
    """
    made = ops.conv_transpose(x, kernel, strides, padding, None, data_format, dilation_rate)
    where = _spatial(data_format, 2)
    wanted = tuple(output_shape)[where]
    if None not in wanted and tuple(made.shape[where]) != wanted:
        raise ValueError(
            f"`output_shape` of `conv2d_transpose` must have the size {tuple(made.shape[where])} "
            f"in space for this input, kernel and strides. Received: {tuple(output_shape)}"
        )
    return made


def depthwise_conv2d(
    x: Any,
    depthwise_kernel: Any,
    strides: Sizes = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = (1, 1),
) -> Any:
    """Convolution of each channel on its own."""
    return ops.depthwise_conv(x, depthwise_kernel, strides, padding, data_format, dilation_rate)


def separable_conv2d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Sizes = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = (1, 1),
) -> Any:
    """Convolution of each channel on its own, then one across channels."""
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate
    )


def pool2d(
    x: Any,
    pool_size: Sizes,
    strides: Sizes = (1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:
    """Largest element (`pool_mode="max"`) or mean (`"avg"`) of each window."""
    errors.one_of("pool2d", "pool_mode", pool_mode, ("max", "avg"))
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, pool_size, strides, padding, data_format)


def pool3d(
    x: Any,
    pool_size: Sizes,
    strides: Sizes = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:
    """Largest element (`pool_mode="max"`) or mean (`"avg"`) of each window."""
    return pool2d(x, pool_size, strides, padding, data_format, pool_mode)


def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """Add a bias to each channel."""
    first = config.standardize_data_format(data_format) == "channels_first"
    bias = ops.convert_to_tensor(bias)
    if first and bias.ndim == 1:
        bias = ops.reshape(bias, (-1,) + (1,) * (len(x.shape) - 2))
    return x + bias


def temporal_padding(x: Any, padding: Sequence[int] = (1, 1)) -> Any:
    """Add zeros before and after the time axis of `(batch, time, features)`."""
    return _padded(x, [padding], "channels_last")


def spatial_2d_padding(
    x: Any, padding: Sequence[Sequence[int]] = ((1, 1), (1, 1)), data_format: str | None = None
) -> Any:
    """Add zeros around height and width."""
    return _padded(x, padding, data_format)


def spatial_3d_padding(
    x: Any,
    padding: Sequence[Sequence[int]] = ((1, 1), (1, 1), (1, 1)),
    data_format: str | None = None,
) -> Any:
    """Add zeros around three spatial axes."""
    return _padded(x, padding, data_format)


def resize_images(
    x: Any,
    height_factor: int,
    width_factor: int,
    data_format: str | None = None,
    interpolation: str = "nearest",
) -> Any:
    """Enlarge images by whole factors."""
    where = _spatial(data_format, 2)
    height, width = x.shape[where]
    size = (height * height_factor, width * width_factor)
    return ops.image.resize(x, size, interpolation=interpolation, data_format=data_format)


def resize_volumes(
    x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str | None = None
) -> Any:
    """Enlarge volumes by whole factors: each element is repeated."""
    axes = range(5)[_spatial(data_format, 3)]
    for axis, factor in zip(axes, (depth_factor, height_factor, width_factor), strict=True):
        x = ops.repeat(x, factor, axis=axis)
    return x


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Any:
    """Return `(x - mean) / sqrt(var + epsilon) * gamma + beta`."""
    flat = [each if each is None else ops.reshape(each, (-1,)) for each in (mean, var, beta, gamma)]
    return ops.batch_normalization(x, flat[0], flat[1], axis, flat[2], flat[3], epsilon)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Set a share `level` of the elements to 0 and enlarge the others."""
    return random.dropout(x, level, noise_shape, seed)

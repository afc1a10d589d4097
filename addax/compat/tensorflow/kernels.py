"""`tf.nn`: pools, convolutions and losses with TensorFlow's arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import ops
from addax.compat.tensorflow.functions import _window


def _format(data_format: str | None) -> str:
    first = data_format is not None and data_format.startswith("NC")
    return "channels_first" if first else "channels_last"


def _pool(
    pool: Callable[..., Any], images: Any, ksize: Any, strides: Any, padding: str, layout: Any
) -> Any:
    return pool(images, _window(ksize), _window(strides), padding.lower(), _format(layout))


def max_pool(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Any:
    """Return the largest value of each window of images."""
    return _pool(ops.max_pool, input, ksize, strides, padding, data_format)


def avg_pool(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Any:
    """Return the mean of each window of images."""
    return _pool(ops.average_pool, input, ksize, strides, padding, data_format)


avg_pool2d = avg_pool


def conv1d(
    input: Any, filters: Any, stride: Any, padding: str, data_format: str = "NWC", **kwargs: Any
) -> Any:
    """Return the convolution of sequences `(batch, steps, channels)`."""
    return ops.conv(input, filters, stride, padding.lower(), data_format=_format(data_format))


def conv2d_transpose(
    input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME", **kwargs: Any
) -> Any:
    """Return the transposed convolution of images."""
    return ops.conv_transpose(input, filters, _window(strides), padding.lower())


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Convolve each channel of images by itself."""
    return ops.depthwise_conv(
        input,
        filter,
        _window(strides),
        padding.lower(),
        data_format=_format(data_format),
        dilation_rate=1 if dilations is None else _window(dilations),
    )


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Any:
    """Return `scale * (x - mean) / sqrt(variance + epsilon) + offset`."""
    factor = ops.rsqrt(ops.add(variance, variance_epsilon))
    factor = factor if scale is None else factor * scale
    value = ops.subtract(x, mean) * factor
    return value if offset is None else value + offset


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Return half the sum of squares."""
    return ops.sum(ops.square(t)) / 2


def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """Return relu of the values and of their negatives, joined."""
    return ops.relu(ops.concatenate([features, ops.negative(features)], axis))


def weighted_cross_entropy_with_logits(
    labels: Any, logits: Any, pos_weight: Any, name: str | None = None
) -> Any:
    """Return the binary crossentropy with a weight on positive labels."""
    negative = ops.multiply(ops.subtract(1, labels), ops.softplus(logits))
    positive = ops.multiply(labels, ops.softplus(ops.negative(logits)))
    return negative + positive * pos_weight


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Any:
    """Divide by the size of neighbouring channels."""
    channels = input.shape[-1]
    squares = ops.pad(ops.square(input), [(0, 0)] * 3 + [(depth_radius, depth_radius)])
    total = sum(squares[..., i : i + channels] for i in range(2 * depth_radius + 1))
    return ops.divide(input, ops.power(bias + alpha * total, beta))


lrn = local_response_normalization

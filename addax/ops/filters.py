"""Filters over images, and how alike two images are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import config
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float

nn: Any = engine.nn


def _each_channel(images: Any, kernel: Any, padding: str, data_format: str | None) -> Any:
    """Filter every channel of an image or a batch by itself.

    Args:
        images: `(batch, height, width, channels)` or without the batch.
        kernel: `(height, width, filters)`; channel `c` becomes channels `c * filters`, ...
        padding: `"valid"` or `"same"`.
        data_format: where the channels are.
    """
    data_format = config.standardize_data_format(data_format)
    if images.ndim not in (3, 4):
        raise ValueError(f"Expected one image or a batch. Received: shape {tuple(images.shape)}")
    batch = images if images.ndim == 4 else images[None]
    channels = batch.shape[-1 if data_format == "channels_last" else 1]
    shape = (*kernel.shape[:2], channels, kernel.shape[2])
    kernel = xp.broadcast_to(xp.asarray(kernel, batch.dtype)[:, :, None], shape)
    filtered = nn.depthwise_conv(batch, kernel, 1, padding, data_format)
    return filtered if images.ndim == 4 else filtered[0]


def _bell(size: int, sigma: Any) -> Any:
    places = np.arange(size) - (size - 1) / 2
    weights = xp.exp(-0.5 * xp.square(xp.asarray(places, "float32") / sigma))
    return weights / xp.sum(weights)


def blur(images: Any, kernel_size: Sequence[int], sigma: Sequence[Any], data_format: Any) -> Any:
    """Return raw images blurred by a Gaussian kernel; zeros lie around them.

    One axis after the other: a kernel of 31 x 31 costs 62 products per pixel, not 961.
    """
    down, along = (_bell(size, width) for size, width in zip(kernel_size, sigma, strict=True))
    images = _each_channel(images, down[:, None, None], "same", data_format)
    return _each_channel(images, along[None, :, None], "same", data_format)


@op
def gaussian_blur(
    images: Any,
    kernel_size: Sequence[int] = (3, 3),
    sigma: Sequence[float] = (1.0, 1.0),
    data_format: str | None = None,
) -> Any:
    """Blur images by a Gaussian kernel; zeros lie around them.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        kernel_size: height and width of the kernel.
        sigma: standard deviations along height and width, in pixels.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Example:
        >>> import numpy as np
        >>> gaussian_blur(np.ones((4, 4, 3))).shape
        (4, 4, 3)
    """
    images = as_array(images)
    floats = as_float(images)
    return blur(floats, kernel_size, sigma, data_format).astype(images.dtype)


@op
def sobel_edges(images: Any, data_format: str | None = None) -> Any:
    """Slopes of the intensity along height and width, by Sobel's kernels.

    Args:
        images: tensor `(batch, height, width, channels)`, or channels first.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Returns: tensor of the shape of `images` with a last axis of 2: dy and dx.
    """
    data_format = config.standardize_data_format(data_format)
    smooth, slope = np.array([1.0, 2.0, 1.0]), np.array([-1.0, 0.0, 1.0])
    kernel = np.stack([np.outer(slope, smooth), np.outer(smooth, slope)], axis=-1)
    images = as_array(images)
    edges = _each_channel(images, kernel, "same", data_format)
    if data_format == "channels_last":
        return xp.reshape(edges, (*images.shape, 2))
    edges = xp.reshape(edges, (*images.shape[:-2], 2, *images.shape[-2:]))
    return xp.moveaxis(edges, -3, -1)


@op
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Any:
    """Structural similarity of images, between -1 and 1; 1 for equal images.

    Args:
        image1: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        image2: tensor of the same shape.
        max_val: largest value of a pixel.
        filter_size: height and width of the Gaussian window.
        filter_sigma: its standard deviation, in pixels.
        k1: keeps the quotient of means finite.
        k2: keeps the quotient of variances finite.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Returns: one number per image.

    Example:
        >>> import numpy as np
        >>> float(ssim(np.ones((16, 16, 3)), np.ones((16, 16, 3))))
        1.0

    Reference: Wang, Bovik, Sheikh, Simoncelli 2004, doi:10.1109/TIP.2003.819861.
    """
    x, y = as_float(image1), as_float(image2)
    bell = _bell(filter_size, filter_sigma)

    def mean(image: Any) -> Any:
        image = _each_channel(image, bell[:, None, None], "valid", data_format)
        return _each_channel(image, bell[None, :, None], "valid", data_format)

    mean_x, mean_y = mean(x), mean(y)
    covariance = mean(x * y) - mean_x * mean_y
    variances = mean(x * x) - mean_x**2 + mean(y * y) - mean_y**2
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    similarity = luminance * (2 * covariance + c2) / (variances + c2)
    return xp.mean(similarity, axis=(-3, -2, -1))

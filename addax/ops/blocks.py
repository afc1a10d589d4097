"""Pixels into channels and back, patches, and pooling to a given size."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addax import config, errors
from addax.core.graph import op
from addax.engine import xp
from addax.ops._arrays import as_array, as_float

Sizes = int | Sequence[int]


def per_axis(value: Sizes, rank: int) -> tuple[int, ...]:
    """Return one int for each of `rank` axes."""
    sizes = (value,) * rank if isinstance(value, (int, np.integer)) else tuple(value)
    if len(sizes) != rank:
        raise ValueError(f"Expected an int or {rank} ints. Received: {value!r}")
    return tuple(int(size) for size in sizes)


def _windows(
    x: Any, first: int, sizes: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> Any:
    """Return `x` with each axis from `first` on taken apart to `(windows, places in one)`."""
    for i in reversed(range(len(sizes))):
        axis = first + i
        places = _places(x.shape[axis], sizes[i], strides[i], dilations[i])
        x = xp.take(x, places, axis=axis)
    return x


def _places(total: int, size: int, stride: int, dilation: int) -> np.ndarray:
    """Return the indices that windows over `total` entries see, `(windows, size)`."""
    starts = np.arange(0, total - dilation * (size - 1), stride)
    return starts[:, None] + dilation * np.arange(size)


def _block(name: str, x: Any, block_size: int, data_format: str) -> Any:
    errors.positive_int(name, "block_size", block_size)
    errors.one_of(name, "data_format", data_format, ("channels_last", "channels_first"))
    x = as_array(x)
    if x.ndim != 4:
        raise ValueError(f"`x` of `{name}` must be of rank 4. Received: shape {tuple(x.shape)}")
    return x


@op
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Spread groups of channels over blocks of pixels.

    Args:
        x: tensor `(batch, height, width, channels * block_size^2)`, or channels first.
        block_size: height and width of a block.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns: tensor `(batch, height * block_size, width * block_size, channels)`.

    Example:
        >>> depth_to_space([[[[1, 2, 3, 4]]]], 2).numpy()[0, :, :, 0]
        array([[1, 2],
               [3, 4]], dtype=int32)
    """
    x, b = _block("depth_to_space", x, block_size, data_format), block_size
    if data_format == "channels_first":
        n, c, h, w = x.shape
        x = xp.transpose(xp.reshape(x, (n, c // b**2, b, b, h, w)), (0, 1, 4, 2, 5, 3))
        return xp.reshape(x, (n, c // b**2, h * b, w * b))
    n, h, w, c = x.shape
    x = xp.transpose(xp.reshape(x, (n, h, w, b, b, c // b**2)), (0, 1, 3, 2, 4, 5))
    return xp.reshape(x, (n, h * b, w * b, c // b**2))


@op
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Any:
    """Gather blocks of pixels into channels: the inverse of `depth_to_space`.

    Args:
        x: tensor `(batch, height * block_size, width * block_size, channels)`, or
            channels first.
        block_size: height and width of a block.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns: tensor `(batch, height, width, channels * block_size^2)`.
    """
    x, b = _block("space_to_depth", x, block_size, data_format), block_size
    if data_format == "channels_first":
        n, c, h, w = x.shape
        x = xp.transpose(xp.reshape(x, (n, c, h // b, b, w // b, b)), (0, 1, 3, 5, 2, 4))
        return xp.reshape(x, (n, c * b**2, h // b, w // b))
    n, h, w, c = x.shape
    x = xp.transpose(xp.reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    return xp.reshape(x, (n, h // b, w // b, c * b**2))


@op
def unfold(
    x: Any, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Any:
    """List the patches of images as columns (`im2col`).

    Args:
        x: tensor `(batch, channels, height, width)`.
        kernel_size: height and width of a patch.
        dilation: distance of the pixels of a patch.
        padding: zeros around the images.
        stride: distance of the patches.

    Returns: tensor `(batch, channels * kernel height * kernel width, patches)`.
    """
    kernel, dilation, padding, stride = (
        per_axis(v, 2) for v in (kernel_size, dilation, padding, stride)
    )
    x = xp.pad(as_array(x), [(0, 0), (0, 0), *((p, p) for p in padding)])
    x = xp.transpose(_windows(x, 2, kernel, stride, dilation), (0, 1, 3, 5, 2, 4))
    n, c, kh, kw, rows, columns = x.shape
    return xp.reshape(x, (n, c * kh * kw, rows * columns))


@op
def fold(
    x: Any,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Any:
    """Add patches up to images (`col2im`), the transpose of `unfold`.

    Args:
        x: tensor `(batch, channels * kernel height * kernel width, patches)`.
        output_size: height and width of the images.
        kernel_size: height and width of a patch.
        dilation: distance of the pixels of a patch.
        padding: zeros around the images that `unfold` was given.
        stride: distance of the patches.

    Returns: tensor `(batch, channels, height, width)`.
    """
    size, kernel, dilation, padding, stride = (
        per_axis(v, 2) for v in (output_size, kernel_size, dilation, padding, stride)
    )
    x = as_array(x)
    full = [n + 2 * p for n, p in zip(size, padding, strict=True)]
    rows, columns = (
        _places(*each) for each in zip(full, kernel, stride, dilation, strict=True)
    )  # (windows, places)
    channels = x.shape[1] // math.prod(kernel)
    x = xp.reshape(x, (x.shape[0], channels, *kernel, len(rows), len(columns)))
    image = xp.zeros((x.shape[0], channels, *full), x.dtype)
    image = image.at[:, :, rows.T[:, None, :, None], columns.T[None, :, None, :]].add(x)
    return image[:, :, padding[0] : full[0] - padding[0], padding[1] : full[1] - padding[1]]


def _same_margin(total: int, size: int, stride: int, dilation: int) -> tuple[int, int]:
    reach = (-(-total // stride) - 1) * stride + dilation * (size - 1) + 1
    margin = max(reach - total, 0)
    return margin // 2, margin - margin // 2


def _patches(
    name: str,
    images: Any,
    size: tuple[int, ...],
    strides: Sizes | None,
    dilation_rate: Sizes,
    padding: str,
    data_format: str | None,
) -> Any:
    rank = len(size)
    errors.one_of(name, "padding", padding, ("valid", "same"))
    images, first = as_array(images), config.standardize_data_format(data_format)
    if images.ndim not in (rank + 1, rank + 2):
        raise ValueError(
            f"`{name}` expects one sample or a batch, of rank {rank + 1} or {rank + 2}. "
            f"Received: shape {tuple(images.shape)}"
        )
    batch = images if images.ndim == rank + 2 else images[None]
    batch = xp.moveaxis(batch, 1, -1) if first == "channels_first" else batch
    strides = size if strides is None else per_axis(strides, rank)
    dilation = per_axis(dilation_rate, rank)
    if padding == "same":
        each = zip(batch.shape[1:-1], size, strides, dilation, strict=True)
        batch = xp.pad(batch, [(0, 0), *(_same_margin(*axis) for axis in each), (0, 0)])
    windows = _windows(batch, 1, size, strides, dilation)
    counts, places = range(1, 2 * rank, 2), range(2, 2 * rank + 1, 2)
    windows = xp.transpose(windows, (0, *counts, *places, 2 * rank + 1))
    result = xp.reshape(windows, (*windows.shape[: rank + 1], -1))
    result = xp.moveaxis(result, -1, 1) if first == "channels_first" else result
    return result if images.ndim == rank + 2 else result[0]


@op
def extract_patches(
    images: Any,
    size: Sizes,
    strides: Sizes | None = None,
    dilation_rate: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Cut images, or volumes for three sizes, into patches.

    Args:
        images: tensor `(batch, height, width, channels)`, or without the batch, or with
            channels first; volumes have a depth before the height.
        size: height and width of a patch, or depth, height and width.
        strides: distance of the patches; default: `size`.
        dilation_rate: distance of the pixels of a patch.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Returns: tensor `(batch, rows, columns, patch height * patch width * channels)`.

    Example:
        >>> import numpy as np
        >>> extract_patches(np.ones((2, 20, 20, 3)), (5, 5)).shape
        (2, 4, 4, 75)
    """
    sizes = per_axis(size, 2 if isinstance(size, int) else len(size))
    arguments = (strides, dilation_rate, padding, data_format)
    return _patches("extract_patches", images, sizes, *arguments)


@op
def extract_patches_3d(
    volumes: Any,
    size: Sizes,
    strides: Sizes | None = None,
    dilation_rate: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Cut volumes into patches.

    Args:
        volumes: tensor `(batch, depth, height, width, channels)`, or without the batch,
            or with channels first.
        size: depth, height and width of a patch.
        strides: distance of the patches; default: `size`.
        dilation_rate: distance of the elements of a patch.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Returns: tensor `(batch, depths, rows, columns, patch volume * channels)`.
    """
    arguments = (strides, dilation_rate, padding, data_format)
    return _patches("extract_patches_3d", volumes, per_axis(size, 3), *arguments)


def _adaptive(
    pool: Callable[[Any, int, int], Any], inputs: Any, output_size: Sizes, data_format: str | None
) -> Any:
    """Pool each spatial axis to its size by `pool(x, axis, size)`."""
    first = 1 if config.standardize_data_format(data_format) == "channels_last" else 2
    for axis, size in enumerate(per_axis(output_size, inputs.ndim - 2), first):
        inputs = pool(inputs, axis, size)
    return inputs


def _bounds(total: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return first and last-plus-one entry of each of `size` windows over `total` entries."""
    i = np.arange(size)
    return i * total // size, -(-(i + 1) * total // size)


def _average_along(x: Any, axis: int, size: int) -> Any:
    start, end = _bounds(x.shape[axis], size)
    i = np.arange(x.shape[axis])
    inside = (i >= start[:, None]) & (i < end[:, None])
    weights = xp.asarray(inside / (end - start)[:, None], x.dtype)
    return xp.moveaxis(xp.tensordot(x, weights, axes=(axis, 1)), -1, axis)


def _max_along(x: Any, axis: int, size: int) -> Any:
    start, end = _bounds(x.shape[axis], size)
    # shorter windows see their last entry several times
    places = np.minimum(start[:, None] + np.arange((end - start).max()), end[:, None] - 1)
    return xp.max(xp.take(x, places, axis=axis), axis=axis + 1)


@op
def adaptive_average_pool(inputs: Any, output_size: Sizes, data_format: str | None = None) -> Any:
    """The mean of each of `output_size` windows that together cover the inputs.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        output_size: number of windows per dimension.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Example:
        >>> adaptive_average_pool([[[1.0], [2.0], [3.0]]], 2).numpy().ravel()
        array([1.5, 2.5], dtype=float32)
    """
    return _adaptive(_average_along, as_float(inputs), output_size, data_format)


@op
def adaptive_max_pool(inputs: Any, output_size: Sizes, data_format: str | None = None) -> Any:
    """The largest element of each of `output_size` windows that together cover the inputs.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        output_size: number of windows per dimension.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    return _adaptive(_max_along, as_array(inputs), output_size, data_format)

"""Images: `addax.ops.image`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import config, errors
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array

_METHODS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


@op
def resize(
    images: Any,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Resize images to `size`.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        size: `(height, width)`.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        antialias: whether to smooth when shrinking.
        crop_to_aspect_ratio: cut the sides off, so that nothing is distorted.
        pad_to_aspect_ratio: fill the sides up instead.
        fill_mode: only `"constant"`.
        fill_value: what to fill up with.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Returns: tensor in the dtype of `images`.

    Raises:
        ValueError: for another rank, method or mode, or both ways to keep the ratio.

    Example:
        >>> import numpy as np
        >>> resize(np.ones((4, 4, 3)), (2, 8)).shape
        (2, 8, 3)
    """
    data_format = config.standardize_data_format(data_format)
    errors.one_of("resize", "interpolation", interpolation, _METHODS)
    errors.one_of("resize", "fill_mode", fill_mode, ("constant",))
    images, size = as_array(images), tuple(int(n) for n in size)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(
            "Only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` of `resize` can be True."
        )
    if images.ndim not in (3, 4) or len(size) != 2:
        raise ValueError(
            "`resize` expects one image or a batch, and `size` (height, width). "
            f"Received: images of shape {tuple(images.shape)}, size={size}"
        )
    first = images.ndim - (3 if data_format == "channels_last" else 2)
    if crop_to_aspect_ratio:
        images = _crop_to_ratio(images, size, first)
    elif pad_to_aspect_ratio:
        images = _pad_to_ratio(images, size, first, fill_value)
    return _resample(images, size, first, interpolation, antialias)


def _resample(images: Any, size: tuple[int, ...], first: int, method: str, antialias: bool) -> Any:
    dtype = images.dtype
    shape = (*images.shape[:first], *size, *images.shape[first + 2 :])
    wide = images if dtype.kind in "fV" else images.astype("float32")
    resized = engine.image.resize(wide, shape, method=method, antialias=antialias)
    if dtype.kind in "iu":
        limits = xp.iinfo(dtype)
        resized = xp.clip(xp.round(resized), limits.min, limits.max)
    return resized.astype(dtype)


def _ratio_sizes(images: Any, size: tuple[int, ...], first: int) -> tuple[int, int, int, int]:
    """Return the height and width, and those that they would have in the new ratio."""
    height, width = images.shape[first : first + 2]
    return height, width, int(width * size[0] / size[1]), int(height * size[1] / size[0])


def _crop_to_ratio(images: Any, size: tuple[int, ...], first: int) -> Any:
    height, width, new_height, new_width = _ratio_sizes(images, size, first)
    new_height, new_width = min(height, new_height), min(width, new_width)
    top, left = (height - new_height) // 2, (width - new_width) // 2
    index = [slice(None)] * images.ndim
    index[first], index[first + 1] = slice(top, top + new_height), slice(left, left + new_width)
    return images[tuple(index)]


def _pad_to_ratio(images: Any, size: tuple[int, ...], first: int, value: float) -> Any:
    height, width, new_height, new_width = _ratio_sizes(images, size, first)
    extra = (max(height, new_height) - height, max(width, new_width) - width)
    widths = [(0, 0)] * images.ndim
    for axis, more in enumerate(extra, first):
        widths[axis] = (more // 2, more - more // 2)
    return xp.pad(images, widths, constant_values=value)


@op
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Weighted sum of the colors: 0.2989 red + 0.587 green + 0.114 blue, one channel."""
    axis = -1 if config.standardize_data_format(data_format) == "channels_last" else -3
    images = as_array(images)
    weights = xp.asarray([0.2989, 0.5870, 0.1140], images.dtype)
    gray = xp.tensordot(images, weights, axes=(axis, 0))
    return xp.expand_dims(gray, axis)

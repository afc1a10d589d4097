"""Colors of images."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.graph import op
from addax.engine import xp
from addax.ops._arrays import as_array


@op
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Weighted sum of the colors: 0.2989 red + 0.587 green + 0.114 blue, one channel."""
    axis = -1 if config.standardize_data_format(data_format) == "channels_last" else -3
    images = as_array(images)
    weights = xp.asarray([0.2989, 0.5870, 0.1140], images.dtype)
    gray = xp.tensordot(images, weights, axes=(axis, 0))
    return xp.expand_dims(gray, axis)


def _colors(name: str, images: Any, data_format: str | None) -> tuple[Any, int]:
    images = as_array(images)
    if images.ndim not in (3, 4) or images.dtype.kind not in "fV":
        raise ValueError(
            f"`{name}` expects one image or a batch, of a float dtype. "
            f"Received: shape {tuple(images.shape)}, dtype {images.dtype}"
        )
    return images, -1 if config.standardize_data_format(data_format) == "channels_last" else -3


@op
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any:
    """Turn red, green and blue into hue, saturation and value.

    Args:
        images: float tensor of numbers in [0, 1], `(batch, height, width, 3)` or without
            the batch; channels come first with `data_format="channels_first"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Returns: tensor of the same shape; red has hue 0, green 1/3 and blue 2/3.

    Example:
        >>> rgb_to_hsv([[[0.0, 0.5, 0.0]]]).numpy()[0, 0].round(3)
        array([0.333, 1.   , 0.5  ], dtype=float32)
    """
    images, axis = _colors("rgb_to_hsv", images, data_format)
    images = xp.where(xp.abs(images) < xp.finfo(images.dtype).eps, 0, images)
    r, g, b = (xp.take(images, i, axis=axis) for i in range(3))
    value = xp.max(images, axis=axis)
    spread = value - xp.min(images, axis=axis)
    some = xp.where(spread > 0, spread, 1)
    saturation = xp.where(value > 0, spread / xp.where(value > 0, value, 1), 0)
    hue = xp.where(value == g, 2 + (b - r) / some, 4 + (r - g) / some)
    hue = xp.where(value == r, (g - b) / some, hue) / 6
    hue = xp.where(spread > 0, hue, 0)
    hue = xp.where(hue < 0, hue + 1, hue)
    return xp.stack([hue, saturation, value], axis=axis)


@op
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any:
    """Turn hue, saturation and value into red, green and blue: the inverse of `rgb_to_hsv`.

    Args:
        images: float tensor of numbers in [0, 1], `(batch, height, width, 3)` or without
            the batch; channels come first with `data_format="channels_first"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    images, axis = _colors("hsv_to_rgb", images, data_format)
    hue, saturation, value = (xp.take(images, i, axis=axis) for i in range(3))
    angle = xp.mod(hue, 1) * 6
    red = xp.clip(xp.abs(angle - 3) - 1, 0, 1)
    green = xp.clip(2 - xp.abs(angle - 2), 0, 1)
    blue = xp.clip(2 - xp.abs(angle - 4), 0, 1)
    shares = xp.stack([red, green, blue], axis=axis)
    saturation, value = xp.expand_dims(saturation, axis), xp.expand_dims(value, axis)
    return value * (1 - saturation + saturation * shares)

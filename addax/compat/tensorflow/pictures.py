"""`tf.image`: images `(height, width, channels)` or a batch of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import ops
from addax.compat.tensorflow.types import as_dtype
from addax.ops import image as images
from addax.ops import random

_GREY = (0.2989, 0.587, 0.114)


def _draw(low: float, high: float, seed: Any = None) -> Any:
    return random.uniform((), low, high, seed=seed)


def flip_left_right(image: Any) -> Any:
    """Mirror from left to right."""
    return ops.flip(image, -2)


def flip_up_down(image: Any) -> Any:
    """Mirror from top to bottom."""
    return ops.flip(image, -3)


def random_flip_left_right(image: Any, seed: int | None = None) -> Any:
    """Mirror from left to right, half of the time."""
    return ops.where(_coins(image, seed), flip_left_right(image), image)


def random_flip_up_down(image: Any, seed: int | None = None) -> Any:
    """Mirror from top to bottom, half of the time."""
    return ops.where(_coins(image, seed), flip_up_down(image), image)


def _coins(image: Any, seed: Any) -> Any:
    shape = (len(image), 1, 1, 1) if len(np.shape(image)) == 4 else ()
    return ops.less(random.uniform(shape, seed=seed), 0.5)


def rot90(image: Any, k: int = 1, name: str | None = None) -> Any:
    """Turn by `k` quarters, against the clock."""
    return ops.rot90(image, k, axes=(-3, -2))


def transpose(image: Any, name: str | None = None) -> Any:
    """Swap height and width."""
    return ops.swapaxes(image, -3, -2)


def rgb_to_grayscale(images: Any, name: str | None = None) -> Any:
    """Return the brightness, with one channel."""
    dtype = str(ops.convert_to_tensor(images).dtype)
    grey = ops.sum(ops.multiply(ops.cast(images, "float32"), _GREY), axis=-1, keepdims=True)
    return ops.cast(grey, dtype)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Any:
    """Return the one channel three times."""
    return ops.repeat(images, 3, axis=-1)


def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Any:
    """Convert between floats in [0, 1] and integers over their whole range."""
    tensor, target = ops.convert_to_tensor(image), as_dtype(dtype)
    source = as_dtype(str(tensor.dtype))
    if source == target:
        return tensor
    if source.is_integer and target.is_floating:
        return ops.cast(tensor, target) / float(source.max)
    if target.is_integer and source.is_floating:
        scaled = tensor * (float(target.max) + 0.5)
        return ops.cast(ops.clip(scaled, 0, float(target.max)) if saturate else scaled, target)
    return ops.cast(tensor, target)


def _as_float(image: Any, change: Any) -> Any:
    """Apply a change to floats in [0, 1] and go back to the image's dtype."""
    dtype = str(ops.convert_to_tensor(image).dtype)
    return convert_image_dtype(change(convert_image_dtype(image, "float32")), dtype, saturate=True)


def adjust_brightness(image: Any, delta: Any) -> Any:
    """Add to all values; 1 is the whole range."""
    return _as_float(image, lambda x: x + delta)


def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """Scale the distance from each channel's mean."""

    def change(x: Any) -> Any:
        mean = ops.mean(x, axis=(-3, -2), keepdims=True)
        return (x - mean) * contrast_factor + mean

    return _as_float(images, change)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Any:
    """Return `gain * image ** gamma`."""
    return _as_float(image, lambda x: gain * ops.power(x, gamma))


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Any:
    """Scale the saturation of colours."""

    def change(hue: Any, saturation: Any, value: Any) -> Any:
        return hue, ops.clip(saturation * saturation_factor, 0, 1), value

    return _in_hsv(image, change)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Any:
    """Turn the colour wheel; 1 is the whole turn."""
    return _in_hsv(image, lambda h, s, v: (ops.mod(h + delta, 1.0), s, v))


def _in_hsv(image: Any, change: Any) -> Any:
    def through(x: Any) -> Any:
        hsv = images.rgb_to_hsv(x, data_format="channels_last")
        parts = change(hsv[..., 0], hsv[..., 1], hsv[..., 2])
        return images.hsv_to_rgb(ops.stack(parts, axis=-1), data_format="channels_last")

    return _as_float(image, through)


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """Adjust the brightness by up to `max_delta`."""
    return adjust_brightness(image, _draw(-max_delta, max_delta, seed))


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """Adjust the contrast by a factor within bounds."""
    return adjust_contrast(image, _draw(lower, upper, seed))


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """Adjust the hue by up to `max_delta`."""
    return adjust_hue(image, _draw(-max_delta, max_delta, seed))


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """Adjust the saturation by a factor within bounds."""
    return adjust_saturation(image, _draw(lower, upper, seed))


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Any:
    """Cut out a part of the given size."""
    sizes = [int(n) for n in size]
    room = np.subtract(value.shape, sizes) + 1
    starts = ops.cast(random.uniform((len(sizes),), seed=seed) * room.astype("float32"), "int32")
    return ops.slice(value, starts, sizes)


def crop_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Any:
    """Cut out a box."""
    rows = slice(offset_height, offset_height + target_height)
    return image[..., rows, offset_width : offset_width + target_width, :]


def pad_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Any:
    """Put the image into a larger one of zeros."""
    height, width = image.shape[-3:-1]
    below, right = target_height - offset_height - height, target_width - offset_width - width
    sides = [(0, 0)] * (len(image.shape) - 3)
    return ops.pad(image, [*sides, (offset_height, below), (offset_width, right), (0, 0)])


def central_crop(image: Any, central_fraction: float) -> Any:
    """Cut out the middle."""
    height, width = image.shape[-3:-1]
    top, left = (int((n - n * central_fraction) / 2) for n in (height, width))
    return image[..., top : height - top, left : width - left, :]


def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> Any:
    """Cut or pad around the middle to a size."""
    height, width = image.shape[-3:-1]
    top, left = max(0, (height - target_height) // 2), max(0, (width - target_width) // 2)
    rows, columns = min(height, target_height), min(width, target_width)
    cut = crop_to_bounding_box(image, top, left, rows, columns)
    above, before = (target_height - rows) // 2, (target_width - columns) // 2
    return pad_to_bounding_box(cut, above, before, target_height, target_width)


def resize_with_pad(
    image: Any,
    target_height: int,
    target_width: int,
    method: str = "bilinear",
    antialias: bool = False,
) -> Any:
    """Resize without distortion and fill up with zeros."""
    height, width = image.shape[-3:-1]
    ratio = max(height / target_height, width / target_width)
    size = (int(height / ratio), int(width / ratio))
    small = images.resize(image, size, method, antialias, data_format="channels_last")
    return resize_with_crop_or_pad(small, target_height, target_width)


def per_image_standardization(image: Any) -> Any:
    """Shift and scale each image to mean 0 and variance 1."""
    x = ops.cast(image, "float32")
    least = float(np.prod(x.shape[-3:])) ** -0.5
    mean = ops.mean(x, axis=(-3, -2, -1), keepdims=True)
    spread = ops.std(x, axis=(-3, -2, -1), keepdims=True)
    return (x - mean) / ops.maximum(spread, least)


def total_variation(images: Any, name: str | None = None) -> Any:
    """Return the sum of differences between neighbours."""
    down = ops.abs(images[..., 1:, :, :] - images[..., :-1, :, :])
    across = ops.abs(images[..., 1:, :] - images[..., :-1, :])
    return ops.sum(down, axis=(-3, -2, -1)) + ops.sum(across, axis=(-3, -2, -1))


def psnr(a: Any, b: Any, max_val: float, name: str | None = None) -> Any:
    """Return the peak signal-to-noise ratio in decibels."""
    error = ops.mean(ops.square(ops.subtract(a, b)), axis=(-3, -2, -1))
    return 10 * ops.log10(max_val**2 / error)

"""Images of another size, on the host.

Each new pixel is a weighted sum of a few old ones, per axis. The pixels of old and new images
cover the same area, and nothing is smoothed before shrinking (as in `tf.image.resize` without
`antialias`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from addax import errors, ops
from addax.utils.images import centre_box, layout


def _cubic(b: float, c: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return the cubic filter of Mitchell and Netravali 1988."""

    def kernel(x: np.ndarray) -> np.ndarray:
        near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
        far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 - (12 * b + 48 * c) * x + 8 * b + 24 * c
        return np.where(x < 1, near, np.where(x < 2, far, 0)) / 6

    return kernel


def _lanczos(radius: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0)


KERNELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "bilinear": lambda x: np.maximum(1 - x, 0),
    "bicubic": _cubic(0, 0.5),
    "gaussian": lambda x: np.where(x < 1.5, np.exp(-2 * x**2), 0),
    "lanczos3": _lanczos(3),
    "lanczos5": _lanczos(5),
    "mitchellcubic": _cubic(1 / 3, 1 / 3),
}
INTERPOLATIONS = ("nearest", "area", *KERNELS)


def _weights(new: int, old: int, interpolation: str) -> np.ndarray:
    """Return what each old pixel adds to each new one, `(new, old)`; rows sum to 1."""
    scale = old / new
    if interpolation == "area":
        edges = np.arange(new + 1) * scale
        pixels = np.arange(old)
        overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
        return np.maximum(overlap, 0) / scale
    centres = (np.arange(new)[:, None] + 0.5) * scale - 0.5
    weights = KERNELS[interpolation](np.abs(np.arange(old) - centres))
    return weights / weights.sum(1, keepdims=True)


@functools.lru_cache(maxsize=64)
def _taps(new: int, old: int, interpolation: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which old pixels each new one needs, and their weights: two arrays `(taps, new)`."""
    weights = _weights(new, old, interpolation)
    used = weights != 0
    first = used.argmax(1)
    last = old - 1 - used[:, ::-1].argmax(1)
    pixels = first + np.arange((last - first).max() + 1)[:, None]
    inside = pixels < old
    pixels = np.minimum(pixels, old - 1)
    return pixels, (weights[np.arange(new), pixels] * inside).astype("float32")


def _along(axis: int, image: np.ndarray, new: int, interpolation: str) -> np.ndarray:
    """Return images with `new` pixels along a (negative) axis."""
    if new == image.shape[axis]:
        return image
    pixels, weights = _taps(new, image.shape[axis], interpolation)
    shape = (-1,) + (1,) * (-axis - 1)
    parts = (
        image.take(row, axis) * w.reshape(shape) for row, w in zip(pixels, weights, strict=True)
    )
    return functools.reduce(np.add, parts)


def _nearest(new: int, old: int) -> np.ndarray:
    return np.minimum(((np.arange(new) + 0.5) * (old / new)).astype(int), old - 1)


def resize(image: np.ndarray, size: Any, interpolation: str = "bilinear") -> np.ndarray:
    """Return images of another size; float32, but for `"nearest"`, which keeps the dtype.

    Args:
        image: `(..., height, width, channels)`.
        size: new `(height, width)`.
        interpolation: one of `INTERPOLATIONS`.

    Example:
        >>> resize(np.array([[[0.0], [3.0]]]), (1, 4))[0, :, 0]
        array([0.  , 0.75, 2.25, 3.  ], dtype=float32)
    """
    height, width = image.shape[-3:-1]
    if interpolation == "nearest":
        return image[..., _nearest(size[0], height)[:, None], _nearest(size[1], width), :]
    pixels = image.astype("float32", copy=False)
    for axis, new in ((-3, size[0]), (-2, size[1])):
        pixels = _along(axis, pixels, new, interpolation)
    return pixels


def smart_resize(
    x: Any, size: Any, interpolation: str = "bilinear", data_format: str | None = "channels_last"
) -> Any:
    """Return images of another size without distortion: the largest centred part, resized.

    Args:
        x: image `(height, width, channels)` or images `(batch, height, width, channels)`.
        size: new `(height, width)`.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"`,
            `"area"`, `"gaussian"` or `"mitchellcubic"`.
        data_format: layout of `x` and of the result.

    Returns: an array for an array, else a tensor.

    Raises:
        ValueError: for another rank, size or interpolation.

    Example:
        >>> smart_resize(np.zeros((340, 500, 3)), (200, 200)).shape
        (200, 200, 3)
    """
    errors.one_of("smart_resize", "interpolation", interpolation, INTERPOLATIONS)
    size = image_size("smart_resize", "size", size)
    images = np.asarray(x)
    if images.ndim not in (3, 4):
        raise ValueError(f"`x` of `smart_resize` must have rank 3 or 4. Received: {images.shape}")
    first = layout("smart_resize", data_format) == "channels_first"
    images = np.moveaxis(images, -3, -1) if first else images
    top, left, height, width = centre_box(images.shape[-3:-1], size)
    part = images[..., top : top + height, left : left + width, :]
    new = resize(part, size, interpolation)
    new = np.moveaxis(new, -1, -3) if first else new
    return new if isinstance(x, np.ndarray) else ops.convert_to_tensor(new)


def image_size(owner: str, name: str, size: Any) -> tuple[int, int]:
    """Return `(height, width)`, checked."""
    if not isinstance(size, (tuple, list)) or len(size) != 2:
        raise ValueError(f"`{name}` of `{owner}` must be (height, width). Received: {size!r}")
    height, width = (errors.positive_int(owner, name, value) for value in size)
    return height, width

"""Images in another size: resampled, cropped, padded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import config, errors
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float

_KERNELS = (
    "linear", "bilinear", "trilinear", "triangle", "cubic", "bicubic", "tricubic", "lanczos3",
    "lanczos5",
)  # fmt: skip
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
def scale_and_translate(
    images: Any,
    output_shape: Sequence[int],
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Any:
    """Resample images at `(place - translation) / scale`; zero outside of them.

    Args:
        images: tensor.
        output_shape: shape of the result.
        scale: enlargement of each of `spatial_dims`, `(k,)`.
        translation: shift of each of them, in pixels of the result, `(k,)`.
        spatial_dims: axes that scale and translation belong to.
        method: `"linear"` (also `"bilinear"`, `"trilinear"`, `"triangle"`), `"cubic"`
            (also `"bicubic"`, `"tricubic"`), `"lanczos3"` or `"lanczos5"`.
        antialias: whether to smooth when shrinking.

    Example:
        >>> import numpy as np
        >>> images = np.arange(4, dtype="float32").reshape(2, 2)
        >>> scale_and_translate(images, (2, 2), [1.0, 1.0], [0.0, 1.0], (0, 1), "linear").numpy()
        array([[0., 0.],
               [0., 2.]], dtype=float32)
    """
    errors.one_of("scale_and_translate", "method", method, _KERNELS)
    return engine.image.scale_and_translate(
        as_array(images), tuple(output_shape), tuple(spatial_dims), as_float(scale),
        as_float(translation), method, antialias,
    )  # fmt: skip


def _edges(name: str, total: int, before: Any, after: Any, target: Any, sign: int) -> Any:
    """Return what is added (or, for sign -1, cut off) before and after an axis.

    Exactly one of the three may be None: it follows from the others.
    """
    given = [value for value in (before, after, target) if value is not None]
    if len(given) != 2:
        raise ValueError(
            f"`{name}` needs exactly two of the amount before, the amount after and the target "
            f"size of each axis. Received: {before}, {after}, {target}"
        )
    if target is not None:
        change = sign * (target - total)
        before = change - after if before is None else before
        after = change - before
    if min(before, after) < 0:
        raise ValueError(
            f"`{name}` cannot take negative amounts. Received: {before} before and {after} after "
            f"an axis of size {total}"
        )
    return before, after


def _margins(
    name: str,
    images: Any,
    rows: tuple[Any, Any, Any],
    columns: tuple[Any, Any, Any],
    data_format: str | None,
    sign: int = 1,
) -> list[tuple[int, int]]:
    """Return what is added (or, for sign -1, cut off) before and after each axis of images.

    Args:
        name: of the op.
        images: array of rank 3 or 4.
        rows: amount at the top, at the bottom, and target height; one of them None.
        columns: amount on the left, on the right, and target width; one of them None.
        data_format: layout of the images.
        sign: 1 or -1.
    """
    if images.ndim not in (3, 4):
        raise ValueError(
            f"`{name}` expects one image or a batch. Received: shape {tuple(images.shape)}"
        )
    last = config.standardize_data_format(data_format) == "channels_last"
    first = images.ndim - (3 if last else 2)
    margins = [(0, 0)] * images.ndim
    for axis, amounts in enumerate((rows, columns), first):
        margins[axis] = _edges(name, images.shape[axis], *amounts, sign)
    return margins


@op
def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Put zeros around images.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        top_padding: rows of zeros at the top; of top, bottom and target height, two
            are given, and of left, right and target width.
        left_padding: columns of zeros on the left.
        bottom_padding: rows of zeros at the bottom.
        right_padding: columns of zeros on the right.
        target_height: rows of the result.
        target_width: columns of the result.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Example:
        >>> import numpy as np
        >>> pad_images(np.ones((15, 25, 3)), 2, 3, target_height=20, target_width=30).shape
        (20, 30, 3)
    """
    images = as_array(images)
    rows = (top_padding, bottom_padding, target_height)
    columns = (left_padding, right_padding, target_width)
    return xp.pad(images, _margins("pad_images", images, rows, columns, data_format))


@op
def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Any:
    """Cut the edges of images off.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        top_cropping: rows cut off at the top; of top, bottom and target height, two are
            given, and of left, right and target width.
        left_cropping: columns cut off on the left.
        bottom_cropping: rows cut off at the bottom.
        right_cropping: columns cut off on the right.
        target_height: rows of the result.
        target_width: columns of the result.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Example:
        >>> import numpy as np
        >>> crop_images(np.ones((15, 25, 3)), 2, 3, target_height=10, target_width=20).shape
        (10, 20, 3)
    """
    images = as_array(images)
    rows = (top_cropping, bottom_cropping, target_height)
    columns = (left_cropping, right_cropping, target_width)
    margins = _margins("crop_images", images, rows, columns, data_format, sign=-1)
    return images[tuple(slice(before, -after or None) for before, after in margins)]

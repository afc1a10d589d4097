"""Images between files, Pillow and arrays."""

from __future__ import annotations

import importlib
import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from addax import config, errors

_NO_EXTRA = (
    "`{owner}` needs {package}, which is not installed. It comes with the extra `image`: "
    '`pip install "addax[image]"`.'
)
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_WIDE_GRAY = ("L", "I;16", "I")  # kept as they are: 8, 16 and 32 bits
_RESAMPLING = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_LAYOUTS = ("channels_last", "channels_first")
_MODE_OF_CHANNELS = {1: "L", 3: "RGB", 4: "RGBA"}


def optional(module: str, package: str, owner: str) -> Any:
    """Import a module of the extra `image`.

    Args:
        module: name of the module, such as `"PIL.Image"`.
        package: what is to be installed, such as `"Pillow"`.
        owner: the function that needs it.

    Raises:
        ImportError: if it is not installed; the message names the extra.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(_NO_EXTRA.format(owner=owner, package=package)) from error


def layout(owner: str, data_format: str | None) -> str:
    """Return `data_format`, or the default of the process for None."""
    if data_format is None:
        return config.image_data_format()
    return errors.one_of(owner, "data_format", data_format, _LAYOUTS)


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Any:
    """Return an array as a Pillow image.

    Args:
        x: image, `(height, width, channels)` with 1, 3 or 4 channels.
        data_format: `"channels_last"` or `"channels_first"`; default: that of the process.
        scale: whether the smallest value becomes 0 and the largest 255; otherwise values are
            taken to be in 0 to 255.
        dtype: to compute in; default: `floatx()`.

    Raises:
        ValueError: for another shape.
        ImportError: without Pillow.

    Example:
        >>> array_to_img(np.zeros((2, 3, 1))).size
        (3, 2)
    """
    data_format = layout("array_to_img", data_format)
    pixels = np.asarray(x, dtype=dtype or config.floatx())
    if pixels.ndim != 3:
        raise ValueError(f"`array_to_img` takes one image of rank 3. Received: {pixels.shape}")
    if data_format == "channels_first":
        pixels = pixels.transpose(1, 2, 0)
    channels = pixels.shape[2]
    if channels not in _MODE_OF_CHANNELS:
        raise ValueError(
            f"`x` of `array_to_img` must have 1, 3 or 4 channels. Received: {channels}"
        )
    if scale:
        pixels = pixels - pixels.min()
        largest = pixels.max()
        pixels = (pixels / largest if largest else pixels) * 255
    image = optional("PIL.Image", "Pillow", "array_to_img")
    if channels > 1:
        return image.fromarray(pixels.astype("uint8"))
    wide = pixels.max() > 255
    return image.fromarray(pixels[:, :, 0].astype("int32" if wide else "uint8"))


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """Return a Pillow image as an array of rank 3.

    Args:
        img: Pillow image, or an array-like of rank 2 or 3, channels last.
        data_format: layout of the result; default: that of the process.
        dtype: of the result; default: `floatx()`.

    Raises:
        ValueError: for another rank.

    Example:
        >>> img_to_array(np.zeros((2, 3))).shape
        (2, 3, 1)
    """
    data_format = layout("img_to_array", data_format)
    pixels = np.asarray(img, dtype=dtype or config.floatx())
    if pixels.ndim not in (2, 3):
        raise ValueError(f"`img` of `img_to_array` must have rank 2 or 3. Received: {pixels.shape}")
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    return pixels.transpose(2, 0, 1) if data_format == "channels_first" else pixels


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
    grayscale: bool = False,
) -> Any:
    """Return a file as a Pillow image.

    Args:
        path: a path, or an `io.BytesIO`.
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        target_size: `(height, width)`; default: as it is.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"lanczos"`, `"box"` or
            `"hamming"`.
        keep_aspect_ratio: whether to cut off what does not fit, instead of distorting.
        grayscale: the old form of `color_mode="grayscale"`.

    Raises:
        ImportError: without Pillow.
        TypeError: if `path` is no path.
        ValueError: for another colour mode or interpolation.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> save_img(file, np.zeros((4, 6, 3)), file_format="png")
        >>> load_img(file, target_size=(2, 3)).size
        (3, 2)
    """
    color_mode = "grayscale" if grayscale else color_mode
    errors.one_of("load_img", "color_mode", color_mode, tuple(_MODES))
    module = optional("PIL.Image", "Pillow", "load_img")
    if not isinstance(path, io.BytesIO):
        if not isinstance(path, (str, bytes, os.PathLike)):
            raise TypeError(f"`path` of `load_img` must be a path. Received: {path!r:.60}")
        path = io.BytesIO(Path(os.fsdecode(path)).read_bytes())
    image = module.open(path)
    if image.mode != _MODES[color_mode] and not (
        color_mode == "grayscale" and image.mode in _WIDE_GRAY
    ):
        image = image.convert(_MODES[color_mode])
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    errors.one_of("load_img", "interpolation", interpolation, _RESAMPLING)
    resample = getattr(module.Resampling, interpolation.upper())
    box = centre_box(image.size[::-1], target_size) if keep_aspect_ratio else None
    return image.resize((target_size[1], target_size[0]), resample, box=box and _as_pillow(box))


def centre_box(size: Any, target: Any) -> tuple[int, int, int, int]:
    """Return the largest centred part with the aspect ratio of `target`.

    Args:
        size: `(height, width)` of the image.
        target: `(height, width)` it is to be resized to.

    Returns: `(top, left, height, width)`.

    Example:
        >>> centre_box((340, 500), (200, 200))
        (0, 80, 340, 340)
    """
    (height, width), (target_height, target_width) = size, target
    kept_height = max(min(height, width * target_height // target_width), 1)
    kept_width = max(min(width, height * target_width // target_height), 1)
    return (height - kept_height) // 2, (width - kept_width) // 2, kept_height, kept_width


def _as_pillow(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    top, left, height, width = box
    return left, top, left + width, top + height


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as an image file.

    Args:
        path: a path, or a file object.
        x: image, as for `array_to_img`.
        data_format: layout of `x`; default: that of the process.
        file_format: such as `"png"`; default: from the ending of `path`.
        scale: as for `array_to_img`.
        **kwargs: arguments for `PIL.Image.Image.save`.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> save_img(file, np.zeros((2, 2, 1)), file_format="png")
        >>> file.getvalue()[1:4]
        b'PNG'
    """
    if file_format is None and isinstance(path, (str, os.PathLike)):
        file_format = Path(path).suffix[1:].lower()
    if file_format and file_format.lower() == "jpg":
        file_format = "jpeg"
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("JPEG has no transparency: the image is saved as RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format or None, **kwargs)

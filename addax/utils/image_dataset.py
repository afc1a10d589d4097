"""Batches of images out of folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.utils.images import centre_box, img_to_array, layout, load_img
from addax.utils.labelled_files import Request, datasets
from addax.utils.resizing import INTERPOLATIONS, image_size, resize

_OWNER = "image_dataset_from_directory"
_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
_COLORS = ("rgb", "rgba", "grayscale")


def image_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Return a data set of images in folders, one folder per class.

    The files are read while it is iterated over, so `fit` streams them. It has the methods of a
    `tf.data.Dataset` (`map`, `take`, `cache`, ...), and `class_names` and `file_paths`.

    Args:
        directory: folder with one folder per class; with other `labels`, of any form.
        labels: `"inferred"` from the folders; None for images only; or a list with the class
            number of every file, in the order of their paths.
        label_mode: `"int"`: `(batch,)` int32; `"categorical"`: one-hot `(batch, classes)`
            float32; `"binary"`: `(batch, 1)` float32; None for images only.
        class_names: the folders, in the order of the class numbers; default: all, by name.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"`: 3, 4 or 1 channels.
        batch_size: images per batch; None for single images.
        image_size: `(height, width)` that images are resized to.
        shuffle: whether each pass has an order of its own.
        seed: of the order; default: drawn from the global seed.
        validation_split: share of the files that is kept for validation.
        subset: `"training"`, `"validation"`, or `"both"` for the two of them. For one seed, the
            parts are those that Keras makes.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"area"`, `"lanczos3"`,
            `"lanczos5"`, `"gaussian"` or `"mitchellcubic"`.
        follow_links: whether to go into folders that are links.
        crop_to_aspect_ratio: whether to cut off what does not fit, instead of distorting.
        pad_to_aspect_ratio: whether to fill up with zeros, instead of distorting.
        data_format: layout of the images; default: that of the process.
        format: accepted for compatibility: `"tf"` or `"grain"`.
        verbose: whether to say how many files there are.

    Returns: data set of images `(batch, height, width, channels)` float32, values 0 to 255, or
        of pairs of them and labels; two data sets for `subset="both"`.

    Raises:
        ImportError: without Pillow.
        ValueError: for other arguments, or if there are no files.
    """
    errors.one_of(_OWNER, "color_mode", color_mode, _COLORS)
    errors.one_of(_OWNER, "format", format, ("tf", "grain"))
    interpolation = errors.one_of(_OWNER, "interpolation", interpolation.lower(), INTERPOLATIONS)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(
            f"`crop_to_aspect_ratio` and `pad_to_aspect_ratio` of `{_OWNER}` exclude each other."
        )
    size = _size(image_size)
    is_first = layout(_OWNER, data_format) == "channels_first"

    def load(path: str) -> np.ndarray:
        image = img_to_array(load_img(path, color_mode), "channels_last", "float32")
        if crop_to_aspect_ratio:
            top, left, height, width = centre_box(image.shape[:2], size)
            image = image[top : top + height, left : left + width]
        if pad_to_aspect_ratio:
            image = _padded(image, size)
        image = resize(image, size, interpolation)
        return image.transpose(2, 0, 1) if is_first else image

    request = Request(
        _OWNER, directory, labels, label_mode, class_names, batch_size, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return datasets(request, _ENDINGS, load)


def _size(size: Any) -> tuple[int, int]:
    return image_size(_OWNER, "image_size", (size, size) if isinstance(size, int) else size)


def _padded(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return an image in the middle of zeros, with the aspect ratio of `size`."""
    height, width = image.shape[:2]
    more = max(width * size[0] // size[1] - height, 0), max(height * size[1] // size[0] - width, 0)
    return np.pad(image, [*((n // 2, n - n // 2) for n in more), (0, 0)])

"""`NumpyArrayIterator`: batches of changed images out of an array."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from addax import config
from addax.preprocessing.image.iterator import (
    Iterator,
    current_random,
    save_batch,
    split_bounds,
    transformed,
)
from addax.utils.images import layout

_OWNER = "NumpyArrayIterator"


class NumpyArrayIterator(Iterator):
    """Batches of images out of an array; `ImageDataGenerator.flow` makes it.

    Args:
        x: images, `(n, height, width, channels)`; or a pair of them and of an array, or a list
            of arrays, of other inputs, which are given along as they are.
        y: targets, `(n, ...)`; None for batches of images only.
        image_data_generator: changes the images.
        batch_size: images per batch.
        shuffle: whether each epoch has an order of its own.
        sample_weight: one per image.
        seed: of order and changes.
        data_format: layout of `x`; default: that of the process.
        save_to_dir: folder for a copy of every changed image; None for none.
        save_prefix: start of the names of these files.
        save_format: `"png"` or another ending.
        subset: `"validation"` for the first images, as many as the `validation_split` of the
            generator says, or `"training"` for the others.
        ignore_class_split: take the two subsets even if they have different classes.
        dtype: of the images; default: `floatx()`.

    Raises:
        ValueError: if lengths differ, `x` is of another rank, or the subsets have different
            classes.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int | None = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: Any = None,
    ) -> None:
        """Take the subset of the arrays."""
        self.dtype = dtype or config.floatx()
        images, others = _inputs(x)
        named = {"y": y, "sample_weight": sample_weight}
        named |= {f"x[1][{i}]": other for i, other in enumerate(others)}
        arrays = {name: None if a is None else np.asarray(a) for name, a in named.items()}
        _check_lengths(images, arrays)
        low, high = split_bounds(_OWNER, image_data_generator, subset)
        part = slice(int(len(images) * low), int(len(images) * high))
        if subset is not None and not ignore_class_split:
            _check_classes(arrays["y"], int(len(images) * (low or high)))
        arrays = {name: None if a is None else a[part] for name, a in arrays.items()}
        self.x = np.asarray(images[part], dtype=self.dtype)
        self.y, self.sample_weight = arrays.pop("y"), arrays.pop("sample_weight")
        self.x_misc: list[Any] = list(arrays.values())
        self.image_data_generator = image_data_generator
        self.data_format = layout(_OWNER, data_format)
        self.save_to_dir, self.save_prefix = save_to_dir, save_prefix
        self.save_format = save_format
        _check_images(self.x, self.data_format)
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        random = current_random()
        images = np.zeros((len(index_array), *self.x.shape[1:]), self.dtype)
        for row, index in enumerate(index_array):
            images[row] = transformed(self.x[index].copy(), self.image_data_generator, random)
        save_batch(images, index_array, random, self)
        x = [images, *(other[index_array] for other in self.x_misc)] if self.x_misc else images
        if self.y is None:
            return x
        if self.sample_weight is None:
            return x, self.y[index_array]
        return x, self.y[index_array], self.sample_weight[index_array]


def _inputs(x: Any) -> tuple[np.ndarray, list[Any]]:
    if not isinstance(x, (tuple, list)):
        return np.asarray(x), []
    others = x[1] if isinstance(x[1], list) else [x[1]]
    return np.asarray(x[0]), others


def _check_lengths(images: np.ndarray, arrays: dict[str, np.ndarray | None]) -> None:
    for name, array in arrays.items():
        if array is not None and len(array) != len(images):
            raise ValueError(
                f"`{name}` of `{_OWNER}` must be as long as the images. "
                f"Received: {len(array)} and {len(images)}"
            )


def _check_classes(y: np.ndarray | None, end: int) -> None:
    """Refuse a split by class; targets that are all different are no classes."""
    if y is None or (y.ndim == 1 and len(np.unique(y)) == len(y)):
        return
    if not np.array_equal(np.unique(y[:end]), np.unique(y[end:])):
        raise ValueError(
            f"The training and validation subsets of `{_OWNER}` have different classes. Shuffle "
            "`x` and `y` first, or pass `ignore_class_split=True`."
        )


def _check_images(x: np.ndarray, data_format: str) -> None:
    if x.ndim != 4:
        raise ValueError(f"`x` of `{_OWNER}` must have rank 4. Received shape: {x.shape}")
    channels = x.shape[3 if data_format == "channels_last" else 1]
    if channels not in (1, 3, 4):
        warnings.warn(
            f"Images of shape {x.shape} have {channels} channels for "
            f"data_format={data_format!r}; images have 1, 3 or 4.",
            stacklevel=4,
        )

"""What iterators over image files share."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from addax import config, errors
from addax.preprocessing.image.iterator import (
    Iterator,
    current_random,
    save_batch,
    split_bounds,
    transformed,
)
from addax.utils.images import img_to_array, layout, load_img
from addax.utils.resizing import image_size

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class FileIterator(Iterator):
    """Base class of iterators over image files.

    A subclass calls `set_processing_attrs`, `_check_class_mode`, `_set_files` and
    `Iterator.__init__`, and sets `classes` and `class_indices`.
    """

    allowed_class_modes: tuple[str | None, ...] = ("categorical", "binary", "sparse", "input", None)
    directory: Any
    _filepaths: list[str]
    filenames: list[str]
    classes: Any
    class_indices: dict[Any, int]
    class_mode: str | None
    samples: int

    def set_processing_attrs(
        self,
        image_data_generator: Any,
        target_size: Any,
        color_mode: str,
        data_format: str | None,
        save_to_dir: Any,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool,
        dtype: Any = None,
    ) -> None:
        """Keep how images are read; the arguments are those of `flow_from_directory`."""
        owner = type(self).__name__
        self.image_data_generator = image_data_generator
        self.target_size = image_size(owner, "target_size", target_size)
        self.color_mode = errors.one_of(owner, "color_mode", color_mode, tuple(_CHANNELS))
        self.data_format = layout(owner, data_format)
        self.keep_aspect_ratio, self.interpolation = keep_aspect_ratio, interpolation
        self.save_to_dir, self.save_prefix = save_to_dir, save_prefix
        self.save_format, self.subset = save_format, subset
        self.split = split_bounds(owner, image_data_generator, subset)
        self.dtype = dtype or config.floatx()
        channels = (_CHANNELS[color_mode],)
        is_last = self.data_format == "channels_last"
        self.image_shape: tuple[int, ...] = (
            self.target_size + channels if is_last else channels + self.target_size
        )

    def _check_class_mode(self, class_mode: str | None) -> None:
        name = type(self).__name__
        self.class_mode = errors.one_of(name, "class_mode", class_mode, self.allowed_class_modes)

    def _part(self, items: list[Any]) -> list[Any]:
        """Return those of the items that belong to the subset."""
        first, last = (int(share * len(items)) for share in self.split)
        return items[first:last]

    def _set_files(self, directory: Any, names: list[str]) -> None:
        self.directory, self.filenames = directory, names
        self._filepaths = [os.path.join(directory, name) for name in names]
        self.samples = len(names)

    def _read(self, path: str, random: np.random.Generator) -> np.ndarray:
        image = load_img(
            path,
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
            keep_aspect_ratio=self.keep_aspect_ratio,
        )
        pixels = np.array(img_to_array(image, self.data_format))
        return transformed(pixels, self.image_data_generator, random)

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        random = current_random()
        images = np.zeros((len(index_array), *self.image_shape), self.dtype)
        for row, index in enumerate(index_array):
            images[row] = self._read(self.filepaths[index], random)
        save_batch(images, index_array, random, self)
        if self.class_mode is None:
            return images
        targets = self._targets_of(images, index_array)
        weights = self.sample_weight
        return (images, targets) if weights is None else (images, targets, weights[index_array])

    def _targets_of(self, images: np.ndarray, rows: np.ndarray) -> Any:
        if self.class_mode == "input":
            return images.copy()
        if self.class_mode == "multi_output":
            return tuple(output[rows] for output in self.labels)
        if self.class_mode == "raw":
            return self.labels[rows]
        if self.class_mode in ("binary", "sparse"):
            return np.array([self.classes[row] for row in rows], self.dtype)
        one_hot = np.zeros((len(rows), len(self.class_indices)), self.dtype)
        for target, row in zip(one_hot, rows, strict=True):
            target[self.classes[row]] = 1
        return one_hot

    @property
    def filepaths(self) -> list[str]:
        """Paths of the images."""
        return self._filepaths

    @property
    def labels(self) -> Any:
        """Class numbers of the images."""
        return self.classes

    @property
    def sample_weight(self) -> np.ndarray | None:
        """Weights of the images; None for none."""
        return None

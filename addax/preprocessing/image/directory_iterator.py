"""`DirectoryIterator`: batches of changed images out of folders, one per class."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.callbacks.console import write_line
from addax.preprocessing.image.files import FileIterator
from addax.utils.labelled_files import find_files, subfolders


class DirectoryIterator(FileIterator):
    """Batches of images out of folders; `ImageDataGenerator.flow_from_directory` makes it.

    Args:
        directory: folder with one folder per class.
        image_data_generator: changes the images.
        target_size: `(height, width)` of the images.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"`.
        classes: the folders, in the order of the class numbers; default: all, by name.
        class_mode: `"categorical"` for one-hot targets, `"binary"` or `"sparse"` for class
            numbers, `"input"` for the images themselves, None for none.
        batch_size: images per batch.
        shuffle: whether each epoch has an order of its own.
        seed: of order and changes.
        data_format: layout of the images; default: that of the process.
        save_to_dir: folder for a copy of every changed image; None for none.
        save_prefix: start of the names of these files.
        save_format: `"png"` or another ending.
        follow_links: whether to go into folders that are links.
        subset: `"training"` or `"validation"`: which part of each class.
        interpolation: see `load_img`.
        keep_aspect_ratio: whether to cut off what does not fit, instead of distorting.
        dtype: of the images; default: `floatx()`.

    Raises:
        ValueError: for arguments that are none of the above.
    """

    def __init__(
        self,
        directory: Any,
        image_data_generator: Any,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int | None = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
    ) -> None:
        """Find the files."""
        self.set_processing_attrs(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix,
            save_format, subset, interpolation, keep_aspect_ratio, dtype,
        )  # fmt: skip
        self._check_class_mode(class_mode)
        folders = list(classes or subfolders(directory))
        self.class_indices = {name: number for number, name in enumerate(folders)}
        self.num_classes = len(folders)
        numbers: list[int] = []
        names: list[str] = []
        for number, folder in enumerate(folders):
            home = os.path.join(directory, folder)
            paths = self._part(find_files(home, self.white_list_formats, follow_links))
            names += [os.path.join(folder, os.path.relpath(path, home)) for path in paths]
            numbers += [number] * len(paths)
        self._set_files(directory, names)
        self.classes = np.array(numbers, "int32")
        write_line(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

"""`DataFrameIterator`: batches of changed images that a table lists."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.callbacks.console import write_line
from addax.preprocessing.image.files import FileIterator

_CLASS_MODES = ("categorical", "binary", "sparse")


class DataFrameIterator(FileIterator):
    """Batches of images that a table lists; `ImageDataGenerator.flow_from_dataframe` makes it.

    Args:
        dataframe: pandas data frame, or a dict of columns.
        directory: folder that the paths start from; None for paths that need none.
        image_data_generator: changes the images.
        x_col: column of the paths.
        y_col: column of the targets; a list of columns for `"raw"` and `"multi_output"`.
        weight_col: column of weights; None for none.
        target_size: `(height, width)` of the images.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"`.
        classes: class names in the order of their numbers; rows of other classes are left out.
            Default: all in `y_col`, by name.
        class_mode: as for `DirectoryIterator`; also `"raw"` for the values of `y_col`, and
            `"multi_output"` for a tuple of the columns of `y_col`. With `"categorical"`, a cell
            may hold a list of classes.
        batch_size: images per batch.
        shuffle: whether each epoch has an order of its own.
        seed: of order and changes.
        data_format: layout of the images; default: that of the process.
        save_to_dir: folder for a copy of every changed image; None for none.
        save_prefix: start of the names of these files.
        save_format: `"png"` or another ending.
        subset: `"training"` or `"validation"`: which part of the rows.
        interpolation: see `load_img`.
        keep_aspect_ratio: whether to cut off what does not fit, instead of distorting.
        dtype: of the images; default: `floatx()`.
        validate_filenames: whether to leave out rows whose file does not exist.

    Raises:
        TypeError: if a column holds something else than it should.
        ValueError: for arguments that are none of the above.
    """

    allowed_class_modes = (*_CLASS_MODES, "input", "multi_output", "raw", None)

    def __init__(
        self,
        dataframe: Any,
        directory: Any = None,
        image_data_generator: Any = None,
        x_col: Any = "filename",
        y_col: Any = "class",
        weight_col: Any = None,
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
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
        validate_filenames: bool = True,
    ) -> None:
        """Choose the rows."""
        self.set_processing_attrs(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix,
            save_format, subset, interpolation, keep_aspect_ratio, dtype,
        )  # fmt: skip
        self._check_class_mode(class_mode)
        self.directory = directory or ""
        paths = _texts(dataframe, x_col, "x_col")
        rows = self._existing(paths, x_col) if validate_filenames else list(range(len(paths)))
        labels: list[Any] = []
        if class_mode in _CLASS_MODES:
            rows, labels = self._find_classes(dataframe, y_col, rows, classes)
        rows, labels = self._part(rows), self._part(labels)
        self._set_files(self.directory, [paths[row] for row in rows])
        self.classes = [_numbers(label, self.class_indices) for label in labels]
        self._targets = _targets(dataframe, y_col, rows, class_mode)
        self._sample_weight = None if weight_col is None else _weights(dataframe, weight_col, rows)
        self._tell()
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _existing(self, paths: list[str], x_col: Any) -> list[int]:
        good = [
            row
            for row, path in enumerate(paths)
            if path.lower().endswith(self.white_list_formats)
            and os.path.isfile(os.path.join(self.directory, path))
        ]
        if missing := len(paths) - len(good):
            warnings.warn(
                f"{missing} names in the column {x_col!r} are no image files, and are left out.",
                stacklevel=4,
            )
        return good

    def _find_classes(
        self, dataframe: Any, y_col: Any, rows: list[int], classes: Sequence[str] | None
    ) -> tuple[list[int], list[Any]]:
        """Number the classes; return the rows that have one of them, and their labels."""
        cells = list(dataframe[y_col])
        kinds = (str, list, tuple) if self.class_mode == "categorical" else (str,)
        wrong = next((cell for cell in cells if not isinstance(cell, kinds)), None)
        if wrong is not None:
            raise TypeError(
                f"With class_mode={self.class_mode!r}, the column {y_col!r} of `dataframe` must "
                f"hold texts. Received: {wrong!r}. Use `df[column].astype(str)`, or "
                '`class_mode="raw"` for numbers.'
            )
        named = [(cell,) if isinstance(cell, str) else tuple(cell) for cell in cells]
        known = list(
            dict.fromkeys(classes or sorted({name for row in rows for name in named[row]}))
        )
        if self.class_mode == "binary" and len(known) != 2:
            raise ValueError(
                f'`class_mode="binary"` needs 2 classes. Received: {len(known)}. Use "sparse".'
            )
        self.class_indices = {name: number for number, name in enumerate(known)}
        kept = {row: [name for name in named[row] if name in self.class_indices] for row in rows}
        used = [row for row in rows if kept[row]]
        return used, [kept[row][0] if isinstance(cells[row], str) else kept[row] for row in used]

    def _tell(self) -> None:
        kind = "validated" if self.filenames else "valid"
        text = f"Found {self.samples} {kind} image filenames"
        if self.class_mode in _CLASS_MODES:
            text += f" belonging to {len(self.class_indices)} classes"
        write_line(f"{text}.")

    @property
    def labels(self) -> Any:
        """Class numbers, or the targets themselves for `"raw"` and `"multi_output"`."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    @property
    def sample_weight(self) -> np.ndarray | None:
        """Weights of the images; None for none."""
        return self._sample_weight


def _texts(dataframe: Any, column: Any, argument: str) -> list[str]:
    cells = list(dataframe[column])
    wrong = next((cell for cell in cells if not isinstance(cell, str)), None)
    if wrong is not None:
        raise TypeError(
            f"The column {column!r} of `dataframe`, its `{argument}`, must hold texts. "
            f"Received: {wrong!r}"
        )
    return cells


def _numbers(label: Any, class_indices: dict[Any, int]) -> Any:
    if isinstance(label, str):
        return class_indices[label]
    return [class_indices[name] for name in label]


def _targets(dataframe: Any, y_col: Any, rows: list[int], class_mode: str | None) -> Any:
    if class_mode == "multi_output":
        if not isinstance(y_col, (list, tuple)):
            raise TypeError(
                f'`y_col` must be a list with `class_mode="multi_output"`. Received: {y_col!r}'
            )
        return [np.array(list(dataframe[column]))[rows] for column in y_col]
    if class_mode == "raw":
        if isinstance(y_col, (list, tuple)):
            return np.array([list(dataframe[column]) for column in y_col]).T[rows]
        return np.array(list(dataframe[y_col]))[rows]
    return None


def _weights(dataframe: Any, column: Any, rows: list[int]) -> np.ndarray:
    weights = np.array(list(dataframe[column]))[rows]
    if weights.dtype.kind not in "iufb":
        raise TypeError(f"The column `weight_col`={column!r} of `dataframe` must hold numbers.")
    return weights

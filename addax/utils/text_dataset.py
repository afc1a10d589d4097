"""Batches of texts out of folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from addax import errors
from addax.utils.labelled_files import Request, datasets

_OWNER = "text_dataset_from_directory"


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Return a data set of `.txt` files (UTF-8) in folders, one folder per class.

    Args:
        directory: folder with one folder per class; with other `labels`, of any form.
        labels: as for `image_dataset_from_directory`, as are the arguments without a text here.
        label_mode: `"int"`, `"categorical"`, `"binary"` or None.
        class_names: the folders, in the order of the class numbers.
        batch_size: texts per batch; None for single texts.
        max_length: characters that are kept of a text; default: all.
        shuffle: whether each pass has an order of its own.
        seed: of the order; default: drawn from the global seed.
        validation_split: share of the files that is kept for validation.
        subset: `"training"`, `"validation"` or `"both"`.
        follow_links: whether to go into folders that are links.
        format: accepted for compatibility: `"tf"` or `"grain"`.
        verbose: whether to say how many files there are.

    Returns: data set of texts, arrays `(batch,)` of Python's `str`, or of pairs of them and
        labels; two data sets for `subset="both"`.

    Raises:
        ValueError: for other arguments, or if there are no files.
    """
    errors.one_of(_OWNER, "format", format, ("tf", "grain"))
    if max_length is not None:
        errors.positive_int(_OWNER, "max_length", max_length)

    def load(path: str) -> np.ndarray:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        return np.array(text[:max_length], object)

    request = Request(
        _OWNER, directory, labels, label_mode, class_names, batch_size, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return datasets(request, (".txt",), load)

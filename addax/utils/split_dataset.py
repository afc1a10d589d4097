"""One data set cut into two."""

from __future__ import annotations

import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import tree
from addax.core.variable import default_seed, host_generator
from addax.data.pipeline import Dataset

_OWNER = "split_dataset"


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Return two data sets, of the first and of the last samples of one.

    All samples are read into memory.

    Args:
        dataset: an array, a tuple, list or dict of arrays of one length, a
            `Dataset`, a `PyDataset`, or a PyTorch `Dataset` (the samples of the last one are
            its items; those of the others the rows of arrays or batches).
        left_size: of the first part: a number of samples, or a share in (0, 1). Default: what
            the other part leaves over.
        right_size: of the last part, in the same way. One of the two is needed.
        shuffle: whether samples are put in a random order first.
        seed: of that order; default: drawn from the global seed.
        preferred_backend: accepted for compatibility.

    Returns: two data sets of samples; of batches, if `dataset` gives batches.

    Raises:
        TypeError: for another kind of data, or of size.
        ValueError: for sizes that do not fit.

    Example:
        >>> left, right = split_dataset(np.arange(10), left_size=0.8)
        >>> len(left), [int(x) for x in right]
        (8, [8, 9])
    """
    samples, batch_size = _samples(dataset)
    length = len(samples)
    left, right = _sizes(left_size, right_size, length)
    order = np.arange(length)
    if shuffle:
        order = host_generator(default_seed() if seed is None else seed).permutation(length)
    parts = (order[:left], order[length - right :])
    first, last = (_dataset([samples[i] for i in part], batch_size) for part in parts)
    return first, last


def _dataset(samples: list[Any], batch_size: int | None) -> Dataset:
    made = Dataset(lambda: iter(samples), len(samples))
    return made if batch_size is None else made.batch(batch_size)


def _samples(dataset: Any) -> tuple[list[Any], int | None]:
    """Return the samples of any data, and the size of its batches; None where it has none."""
    if isinstance(dataset, (np.ndarray, list, tuple, dict)) or hasattr(dataset, "__array__"):
        structure = tuple(dataset) if isinstance(dataset, list) else dataset
        return list(_rows(structure)), None
    if hasattr(dataset, "as_numpy_iterator"):
        elements = list(dataset.as_numpy_iterator())
        return _unbatched(elements)
    if hasattr(dataset, "on_epoch_end") and hasattr(dataset, "__getitem__"):
        return _unbatched([dataset[i] for i in range(len(dataset))])
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__"):
        items = [dataset[i] for i in range(len(dataset))]
        return [tree.map_structure(np.asarray, item) for item in items], None
    raise TypeError(
        f"`dataset` of `{_OWNER}` must be arrays, or a data set of a known kind. "
        f"Received: {type(dataset).__name__}"
    )


def _rows(structure: Any) -> Iterator[Any]:
    arrays = tree.map_structure(np.asarray, structure)
    lengths = {len(leaf) for leaf in tree.flatten(arrays)}
    if len(lengths) != 1:
        raise ValueError(f"Arrays of `{_OWNER}` must have one length. Received: {sorted(lengths)}")
    for index in range(*lengths):
        yield tree.map_structure(lambda leaf, i=index: np.asarray(leaf[i]), arrays)


def _unbatched(elements: list[Any]) -> tuple[list[Any], int | None]:
    """Take batches apart: elements whose arrays have one length, but for a shorter last one."""
    sizes = [{np.shape(leaf)[:1] for leaf in tree.flatten(element)} for element in elements]
    plain = [next(iter(size)) for size in sizes if len(size) == 1]
    same = len(plain) == len(elements) and len(set(plain[:-1])) <= 1 and () not in plain
    if not (elements and same and plain[-1] <= plain[0]):
        return elements, None
    return [row for element in elements for row in _rows(element)], plain[0][0]


def _sizes(left: Any, right: Any, length: int) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError(f"`{_OWNER}` needs `left_size` or `right_size`.")
    first = _count("left_size", left, length)
    last = _count("right_size", right, length)
    first = length - (last or 0) if first is None else first
    last = length - first if last is None else last
    if first + last > length:
        raise ValueError(
            f"`left_size` and `right_size` of `{_OWNER}` must not exceed the data. "
            f"Received: {left} and {right} of {length} samples"
        )
    if min(first, last) <= 0:
        raise ValueError(
            f"Both parts of `{_OWNER}` must have samples. Received: {first} and {last} of {length}"
        )
    return first, last


def _count(name: str, size: Any, length: int) -> int | None:
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, numbers.Real):
        raise TypeError(f"`{name}` of `{_OWNER}` must be a number. Received: {size!r}")
    is_share = not isinstance(size, numbers.Integral)
    if not 0 < float(size) < (1 if is_share else length):
        raise ValueError(
            f"`{name}` of `{_OWNER}` must be a share in (0, 1), or a number of samples below "
            f"{length}. Received: {size!r}"
        )
    return round(float(size) * length) if is_share else int(float(size))

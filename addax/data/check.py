"""What must hold for the arrays of one data set or one batch."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from addax import errors
from addax.data.lazy import LazyRows

_STEPS_NAMES = {"fit": "steps_per_epoch", "validation_data": "validation_steps"}


def steps_name(owner: str) -> str:
    """Return how the number of batches per epoch is called in `owner`.

    Example:
        >>> steps_name("fit"), steps_name("predict")
        ('steps_per_epoch', 'steps')
    """
    return _STEPS_NAMES.get(owner, "steps")


def check_batch_size(batch_size: Any, owner: str) -> int | None:
    """Return `batch_size` as an int, or None.

    Raises:
        ValueError: if it is not a positive integer.
    """
    return None if batch_size is None else errors.positive_int(owner, "batch_size", batch_size)


def check_steps(steps: Any, owner: str) -> int | None:
    """Return the number of steps as an int, or None.

    Raises:
        ValueError: if it is not a positive integer.
    """
    return None if steps is None else errors.positive_int(owner, steps_name(owner), steps)


def check_shuffle(shuffle: Any, owner: str) -> bool | str:
    """Return `shuffle`, which is True, False or `"batch"`.

    Raises:
        ValueError: for any other value.
    """
    if isinstance(shuffle, np.bool_) or (
        isinstance(shuffle, numbers.Integral) and shuffle in (0, 1)
    ):
        return bool(shuffle)
    if shuffle is None:
        return False
    return errors.one_of(owner, "shuffle", shuffle, (True, False, "batch"))


def named_leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the arrays of a structure with their paths, such as `x['age']`.

    Example:
        >>> [path for path, _ in named_leaves({"a": 1, "b": (2, None)}, "x")]
        ["x['a']", "x['b'][0]"]
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from named_leaves(item, f"{path}[{key!r}]")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from named_leaves(item, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def _same_length(batch: tuple[Any, Any, Any]) -> int | None:
    """Return the common length of plain arrays without naming them, or None."""
    x, y, weight = batch
    if type(x) is not np.ndarray:
        return None
    n = len(x)
    for part in (y, weight):
        if part is not None and (type(part) is not np.ndarray or len(part) != n):
            return None
    return n


def count_samples(batch: tuple[Any, Any, Any], owner: str, where: str = "") -> int:
    """Return the number of samples that all arrays of `batch` share.

    Args:
        batch: `(x, y, sample_weight)`.
        owner: the function that received it, for messages.
        where: more for the message, such as `" in batch 3"`.

    Raises:
        ValueError: if the arrays differ in length, or if there is no sample.
    """
    quick = _same_length(batch)
    if quick:
        return quick
    named = [
        (path, len(array))
        for part, name in zip(batch, ("x", "y", "sample_weight"), strict=True)
        for path, array in named_leaves(part, name)
    ]
    if not named or not named[0][0].startswith("x"):
        raise ValueError(f"`x` of `{owner}` must hold at least one array{where}. Received: none")
    if len({length for _, length in named}) > 1:
        raise ValueError(_unequal_lengths(named, owner, where))
    if named[0][1] == 0:
        raise ValueError(
            f"`x` of `{owner}` must hold at least one sample{where}. "
            "Received: arrays of length 0. Check the filter or the file that the data came from."
        )
    return named[0][1]


def _unequal_lengths(named: list[tuple[str, int]], owner: str, where: str) -> str:
    first_path, first = named[0]
    other = next(path for path, length in named if length != first)
    shown = ", ".join(f"{path}: {length}" for path, length in named[:8])
    shown += ", ..." if len(named) > 8 else ""
    message = (
        f"`{first_path}` and `{other}` of `{owner}` must have the same number of samples{where}. "
        f"Received: {shown}."
    )
    if any("[" in path for path, _ in named):
        message += (
            " A list of arrays means one array per input or output; "
            "join the samples of one input with `np.stack`."
        )
    return message


def check_finite(value: Any, name: str, owner: str) -> None:
    """Refuse NaN and infinity in the float arrays of a structure.

    Args:
        value: `y` or `sample_weight`; arrays that are not in memory are not read.
        name: the argument's name.
        owner: the function that received it.

    Raises:
        ValueError: naming the first bad row.
    """
    for path, array in named_leaves(value, name):
        if isinstance(array, LazyRows) or array.dtype.kind != "f":
            continue
        if isinstance(array, np.memmap) or _all_finite(array):
            continue
        finite = np.isfinite(array).reshape(len(array), -1)
        rows = np.flatnonzero(~finite.all(axis=1))
        row = int(rows[0])
        found = array[row] if array.ndim == 1 else array[row].ravel()[~finite[row]][0]
        raise ValueError(
            f"`{path}` of `{owner}` must be finite. Received: {found} in row {row} "
            f"({len(rows)} of {len(array)} rows are NaN or infinite). "
            "Drop these rows, fill them in, or give them `sample_weight` 0 and a finite target."
        )


def _all_finite(array: np.ndarray) -> bool:
    # A finite sum proves that all is finite, without a temporary array.
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(float(array.sum())) or bool(np.isfinite(array).all())

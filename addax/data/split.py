"""Splitting data: validation rows, and the parts of a batch."""

from __future__ import annotations

import math
import numbers
from typing import Any

from addax import tree
from addax.data.check import count_samples
from addax.data.convert import Place, is_array_like, to_arrays
from addax.data.lazy import LazyRows

_STREAMED = (
    "`validation_split` of `{owner}` needs arrays or data frames, because it takes the last rows. "
    "Received: x of type {kind}. Pass a second one as `validation_data` instead."
)


def split_validation(
    x: Any,
    y: Any,
    sample_weight: Any,
    fraction: float,
    owner: str = "fit",
    texts: bool = False,
) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
    """Split off the last rows for validation, before any shuffling.

    Args:
        x: array-like or a structure of them, with n rows each.
        y: targets in the same forms, or None.
        sample_weight: weights in the same forms, or None.
        fraction: share of the rows to validate on, between 0 and 1;
            `floor(n * (1 - fraction))` rows are left to train on.
        owner: the function that received them, for messages.
        texts: accept strings in `x`.

    Returns: `((x, y, sample_weight), (x, y, sample_weight))` to train and to validate on.

    Raises:
        ValueError: if the data is streamed, or if one of the parts would be empty.

    Example:
        >>> import numpy as np
        >>> train, validation = split_validation(np.arange(10), None, None, 0.2)
        >>> train[0].size, validation[0].tolist()
        (8, [8, 9])
    """
    if not isinstance(fraction, numbers.Real) or not 0 < fraction < 1:
        raise ValueError(
            f"`validation_split` of `{owner}` must be a number between 0 and 1. "
            f"Received: validation_split={fraction!r}"
        )
    if not is_array_like(x) and not isinstance(x, (list, tuple, dict)):
        raise ValueError(_STREAMED.format(owner=owner, kind=type(x).__name__))
    named = (("x", x), ("y", y), ("sample_weight", sample_weight))
    batch = tuple(
        to_arrays(value, Place(name, owner, texts and name == "x")) for name, value in named
    )
    n = count_samples(batch, owner)
    split = math.floor(n * (1.0 - float(fraction)))
    if split in (0, n):
        raise ValueError(
            f"`validation_split` of `{owner}` must leave rows on both sides. "
            f"Received: validation_split={fraction} for {n} rows, which leaves {split} to train on "
            f"and {n - split} to validate on. Choose another fraction or pass `validation_data`."
        )
    return _rows(batch, 0, split), _rows(batch, split, n)


def _rows(batch: Any, start: int, stop: int) -> Any:
    def part(leaf: Any) -> Any:
        if isinstance(leaf, LazyRows):
            return leaf.part(start, stop)
        return None if leaf is None else leaf[start:stop]

    return tree.map_structure(part, batch)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return `(x, y, sample_weight)` of a batch, with None for what it lacks.

    Args:
        data: `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`; a list is read as a tuple.

    Raises:
        ValueError: for a tuple of any other length.

    Example:
        >>> unpack_x_y_sample_weight((1, 2))
        (1, 2, None)
    """
    if not isinstance(data, (list, tuple)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "A batch must be `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`. "
            f"Received: a {type(data).__name__} of {len(data)} items. "
            "Several inputs go into one tuple or dict: `((x1, x2), y)`."
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Return a batch as `fit` accepts it: the reverse of `unpack_x_y_sample_weight`.

    Args:
        x: inputs of the model.
        y: targets, or None.
        sample_weight: weights, or None.

    Returns: `x` alone (in a tuple if it is a list or tuple), `(x, y)` or
        `(x, y, sample_weight)`.

    Example:
        >>> pack_x_y_sample_weight(1), pack_x_y_sample_weight(1, 2)
        (1, (1, 2))
    """
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (list, tuple)) else x

"""Helpers for data: one-hot labels, padded sequences, shuffling."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import utils
from addax.core.variable import default_seed, host_generator


def to_categorical(y: Any, nb_classes: int | None = None) -> np.ndarray:
    """Return class numbers as one-hot vectors.

    Args:
        y: integers from 0.
        nb_classes: number of classes; the largest number plus one by default.

    Example:
        >>> to_categorical([1, 0], 2).tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    return utils.to_categorical(np.asarray(y, "int64"), nb_classes)


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "post",
    truncating: str = "post",
    value: float = 0.0,
) -> np.ndarray:
    """Return sequences as rows of one length, filled and cut at their end by default.

    Example:
        >>> pad_sequences([[1], [2, 3, 4]], maxlen=2).tolist()
        [[1, 0], [2, 3]]
    """
    return utils.pad_sequences(sequences, maxlen, dtype, padding, truncating, value)


def shuffle(*arrs: Any) -> tuple[np.ndarray, ...]:
    """Return arrays with their rows in one new random order.

    Example:
        >>> x, y = shuffle([1, 2, 3], [10, 20, 30])
        >>> bool((10 * x == y).all())
        True
    """
    arrays = [np.asarray(a) for a in arrs]
    order = host_generator(default_seed()).permutation(len(arrays[0]))
    return tuple(a[order] for a in arrays)

"""Lists of different lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors


def pad_sequences(
    sequences: Sequence[Sequence[Any]],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Return sequences as rows of one length.

    Args:
        sequences: lists of numbers or of vectors.
        maxlen: length of the rows; default: that of the longest sequence.
        dtype: of the result.
        padding: whether `value` comes before (`"pre"`) or after (`"post"`) a short one.
        truncating: whether the start (`"pre"`) or the end (`"post"`) of a long one is
            cut off.
        value: what fills up short ones.

    Returns: array `(len(sequences), maxlen, ...)`.

    Raises:
        ValueError: for an entry without a length, unequal vectors, or a text as value
            of a dtype of numbers.

    Example:
        >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
        array([[0, 1],
               [2, 3],
               [5, 6]], dtype=int32)
    """
    errors.one_of("pad_sequences", "padding", padding, ("pre", "post"))
    errors.one_of("pad_sequences", "truncating", truncating, ("pre", "post"))
    if not hasattr(sequences, "__len__") or not all(hasattr(s, "__len__") for s in sequences):
        raise ValueError("`sequences` of `pad_sequences` must be a list of lists.")
    texts = np.dtype(dtype).kind in "OSU" if dtype is not object else True
    if isinstance(value, str) and not texts:
        raise ValueError(
            f"`value` of `pad_sequences` does not fit `dtype`. Received: {value!r} for {dtype}. "
            "Use `dtype=object` for sequences of texts."
        )
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    entry = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    rows = np.full((len(sequences), length, *entry), value, dtype=dtype)
    for row, sequence in zip(rows, sequences, strict=True):
        first = max(len(sequence) - length, 0) if truncating == "pre" else 0
        kept = np.asarray(sequence[first : first + length], dtype=dtype)
        if not len(kept):
            continue
        if kept.shape[1:] != entry:
            raise ValueError(
                "All entries of `sequences` must have one shape. "
                f"Received: {kept.shape[1:]} beside {entry}"
            )
        start = length - len(kept) if padding == "pre" else 0
        row[start : start + len(kept)] = kept
    return rows

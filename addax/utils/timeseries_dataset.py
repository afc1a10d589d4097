"""Batches of windows over a series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import errors
from addax.core.variable import default_seed, host_generator
from addax.data.pipeline import Dataset

_OWNER = "timeseries_dataset_from_array"


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Return a data set of windows over a series, perhaps with a target each.

    Window `i` starts at `p = i * sequence_stride` and has `data[p + k * sampling_rate]` for `k`
    below `sequence_length`; its target is `targets[p]`.

    Args:
        data: series, `(time, ...)`.
        targets: one per step; None for windows only.
        sequence_length: steps in a window.
        sequence_stride: distance between windows.
        sampling_rate: distance of the steps in a window.
        batch_size: windows per batch; None for single windows.
        shuffle: whether each pass has an order of its own.
        seed: of the order; default: drawn from the global seed.
        start_index: first step that is used.
        end_index: step before which to stop.
        format: accepted for compatibility: `"tf"` or `"grain"`.

    Raises:
        ValueError: for sizes that do not fit the series.

    Example:
        >>> windows = timeseries_dataset_from_array(np.arange(8), None, 3, sampling_rate=2)
        >>> next(windows.as_numpy_iterator()).tolist()
        [[0, 2, 4], [1, 3, 5], [2, 4, 6], [3, 5, 7]]
    """
    errors.one_of(_OWNER, "format", format, ("tf", "grain"))
    for name, value in (("sequence_length", sequence_length), ("sampling_rate", sampling_rate),
                        ("sequence_stride", sequence_stride)):  # fmt: skip
        errors.positive_int(_OWNER, name, value)
        if value > len(data):
            raise ValueError(
                f"`{name}` of `{_OWNER}` must not exceed the length of `data`, {len(data)}. "
                f"Received: {name}={value}"
            )
    part = _part(len(data), start_index, end_index)
    series = np.asarray(data)[part]
    wanted = None if targets is None else np.asarray(targets)[part]
    count = len(series) - (sequence_length - 1) * sampling_rate
    count = count if wanted is None else min(count, len(wanted))
    starts = np.arange(0, max(count, 0), sequence_stride)
    steps = np.arange(sequence_length) * sampling_rate
    seed = default_seed() if seed is None else seed
    single = batch_size is None
    size = 1 if batch_size is None else errors.positive_int(_OWNER, "batch_size", batch_size)
    passes = 0

    def windows() -> Iterator[Any]:
        nonlocal passes
        passes += 1
        order = host_generator(seed, passes).permutation(starts) if shuffle else starts
        for first in range(0, len(order), size):
            rows = order[first] if single else order[first : first + size]
            batch = series[rows[..., None] + steps]
            yield batch if wanted is None else (batch, wanted[rows])

    return Dataset(windows, -(-len(starts) // size))


def _part(length: int, start: int | None, end: int | None) -> slice:
    if start is not None and not 0 <= start < length:
        raise ValueError(f"`start_index` of `{_OWNER}` must be in [0, {length}). Received: {start}")
    if end is not None and not (start or 0) < end <= length:
        raise ValueError(
            f"`end_index` of `{_OWNER}` must be after `start_index` and at most {length}. "
            f"Received: start_index={start}, end_index={end}"
        )
    return slice(start, end)

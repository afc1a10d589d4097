"""Rows of large arrays, gathered in the background into memory that is used again.

Training on arrays of hundreds of megabytes would otherwise begin with a copy of them
all in the engine's memory, and touch as much fresh memory at each `fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from addax import tree
from addax.data.background import Background
from addax.data.source import ArraySource

_DEPTH = 1
_BUFFERS = _DEPTH + 2  # one being filled, those that wait, one in use

Allocate = Callable[[tuple[int, ...], Any], np.ndarray]


class RowWindow(NamedTuple):
    """Rows of consecutive batches.

    Attributes:
        batch: `(x, y, sample_weight)`, arrays with `capacity * rows` rows.
        rows: rows of a batch.
        steps: number of batches; the rows after them are left from earlier windows.
    """

    batch: Any
    rows: int
    steps: int


class RowBuffers:
    """The memory of `RowWindows`, kept from epoch to epoch.

    Args:
        source: the arrays.
        steps: batches per window, >= 1.
        allocate: `allocate(shape, dtype)` gives the memory, such as `numpy.empty`.
    """

    def __init__(self, source: ArraySource, steps: int, allocate: Allocate = np.empty) -> None:
        """Take the memory; it is touched when it is filled."""
        leaves, self.definition = tree.flatten_with_def(source.whole)
        self.source = source
        self.steps = min(steps, max(1, source.size // source.batch_size))
        self.leaves = leaves
        rows = self.steps * source.batch_size
        self._buffers = [
            [None if a is None else allocate((rows, *a.shape[1:]), a.dtype) for a in leaves]
            for _ in range(_BUFFERS)
        ]

    def part(self, number: int, rows: int | None = None) -> Any:
        """Return the first `rows` rows (default: all) of buffer `number`."""
        buffers = self._buffers[number % _BUFFERS]
        return tree.unflatten(self.definition, [None if b is None else b[:rows] for b in buffers])

    def fill(self, number: int, index: slice | np.ndarray) -> None:
        """Write the rows at `index` to the beginning of buffer `number`."""
        count = index.stop - index.start if isinstance(index, slice) else len(index)
        for source, buffer in zip(self.leaves, self._buffers[number % _BUFFERS], strict=True):
            if source is None or buffer is None:
                continue
            if isinstance(source, np.ndarray) and not isinstance(index, slice):
                # "clip" writes to `out` without a copy between; the indices are in range
                np.take(source, index, axis=0, out=buffer[:count], mode="clip")
            else:
                buffer[:count] = source[index]


class RowWindows(Background[RowWindow]):
    """Iterator over the windows of one epoch of an `ArraySource`.

    The arrays of a window are valid until the next one is asked for. The last, smaller
    batch comes as a window of its own.

    Args:
        buffers: the memory, and the source.

    Example:
        >>> source = ArraySource((np.arange(5.0), None, None), size=5, batch_size=2)
        >>> with RowWindows(RowBuffers(source, steps=2)) as windows:
        ...     [(w.batch[0].tolist(), w.rows, w.steps) for w in windows]
        [([0.0, 1.0, 2.0, 3.0], 2, 2), ([4.0], 1, 1)]
    """

    def __init__(self, buffers: RowBuffers) -> None:
        """Start the thread."""
        self._buffers = buffers
        super().__init__(_DEPTH)

    def produce(self) -> Iterator[RowWindow]:
        """Yield the windows, in the order of the source's epoch."""
        source = self._buffers.source
        order = source.order()
        rows, most = source.batch_size, self._buffers.steps
        full, rest = divmod(source.size, rows)

        def fill(number: int, start: int, count: int) -> None:
            stop = start + count
            self._buffers.fill(number, slice(start, stop) if order is None else order[start:stop])

        number = 0
        for first in range(source.skip, full, most):
            steps = min(most, full - first)
            fill(number, first * rows, steps * rows)
            yield RowWindow(self._buffers.part(number), rows, steps)
            number += 1
        if rest and source.skip <= full:
            fill(number, full * rows, rest)
            yield RowWindow(self._buffers.part(number, rest), rest, 1)

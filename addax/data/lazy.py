"""Rows of data that stays in a file, or sparse, until a batch needs them."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any

import numpy as np

# Pages of a memory-mapped file count as memory of this process until they are given back.
_GIVE_BACK_AFTER = 256 * 2**20
# Touching one byte maps its neighbours too: Linux maps up to a huge page around a fault.
_TOUCHED_AROUND = 2 * 2**20
_SCATTERED_ROWS = _GIVE_BACK_AFTER // _TOUCHED_AROUND


class LazyRows:
    """A large array of which only the rows of a batch are read.

    Args:
        raw: a memory-mapped array, an HDF5 dataset or a SciPy CSR matrix.
        cast: turns the NumPy rows into the type we train with.
        dtype: that type.
    """

    def __init__(
        self, raw: Any, cast: Callable[[np.ndarray], np.ndarray], dtype: np.dtype[Any]
    ) -> None:
        """Keep `raw` without reading it."""
        self.raw = raw
        self.cast = cast
        self.dtype = dtype
        self.shape: tuple[int, ...] = tuple(raw.shape)
        self._unreturned = 0

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes that all rows would take in memory."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.shape[0]

    def __getitem__(self, index: Any) -> np.ndarray:
        """Return the rows of a slice or of an integer array, read and cast."""
        if isinstance(self.raw, np.ndarray) and not isinstance(index, slice):
            return self.cast(self._scattered(np.asarray(index)))
        rows = self._read(index)
        if hasattr(rows, "toarray"):
            rows = rows.toarray()
        # A batch must not keep the file mapped: its pages could not be given back.
        rows = self.cast(np.array(rows) if isinstance(rows, np.memmap) else np.asarray(rows))
        self._count(rows.nbytes)
        return rows

    def _scattered(self, index: np.ndarray) -> np.ndarray:
        """Return rows of a mapped file, a few at a time so that little of it stays mapped."""
        rows = np.empty((len(index), *self.shape[1:]), self.raw.dtype)
        for start in range(0, len(index), _SCATTERED_ROWS):
            part = index[start : start + _SCATTERED_ROWS]
            rows[start : start + len(part)] = self.raw[part]
            self._count(rows[: len(part)].nbytes + _TOUCHED_AROUND * len(part))
        return rows

    def _count(self, touched: int) -> None:
        self._unreturned += touched
        if self._unreturned > _GIVE_BACK_AFTER:
            self._unreturned = 0
            give_back_pages(self.raw)

    def part(self, start: int, stop: int) -> LazyRows:
        """Return the rows from `start` to `stop`, still unread."""
        if hasattr(self.raw, "id"):
            return _Offset(self, start, stop)
        return LazyRows(self.raw[start:stop], self.cast, self.dtype)

    def _read(self, index: Any) -> Any:
        if isinstance(index, slice) or not hasattr(self.raw, "id"):
            return self.raw[index]
        # HDF5 reads a list of rows in increasing order only.
        wanted, inverse = np.unique(index, return_inverse=True)
        return self.raw[wanted][inverse]


class _Offset(LazyRows):
    """Consecutive rows of an HDF5 dataset, whose own slices would read them."""

    def __init__(self, whole: LazyRows, start: int, stop: int) -> None:
        """Keep the part from `start` to `stop` of `whole` without reading it."""
        super().__init__(whole.raw, whole.cast, whole.dtype)
        self.shape = (stop - start, *whole.shape[1:])
        self._start = start

    def _read(self, index: Any) -> Any:
        if not isinstance(index, slice):
            return super()._read(np.asarray(index) + self._start)
        start, stop, _ = index.indices(self.shape[0])
        return self.raw[start + self._start : stop + self._start]

    def part(self, start: int, stop: int) -> LazyRows:
        """Return the rows from `start` to `stop`, still unread."""
        return _Offset(self, start, stop)


def give_back_pages(array: Any) -> None:
    """Tell the system that the pages of a memory-mapped file are not needed now.

    They are read again from the file when they are. Does nothing for other arrays, and for
    copy-on-write maps, whose changes would be lost.
    """
    base = array
    while isinstance(base, np.ndarray) and getattr(base, "_mmap", None) is None:
        base = base.base
    mapped = getattr(base, "_mmap", None)
    if mapped is None or getattr(base, "mode", None) not in ("r", "r+"):
        return
    if hasattr(mapped, "madvise"):
        mapped.madvise(mmap.MADV_DONTNEED)

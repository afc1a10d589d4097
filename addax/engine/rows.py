"""Rows of large NumPy arrays, read by compiled code where they are.

The runtime takes over host memory without copying it if the address is a multiple of
64, and NumPy's large arrays begin 16 bytes behind one. So the array is handed over
from its first aligned element on, flat, and the first row, of which that cuts a piece
off, comes as a copy of its own. To copy 172 MB instead took 16 to 420 ms at each `fit`,
by the state of the machine's memory; gathering rows from either takes the same time.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

ALIGNMENT = 64
LARGE_BYTES = 4 * 2**20
_LEAST_ROW_BYTES = 64
_MOST_ELEMENTS = 2**31 - 1


class AdoptedRows:
    """The rows of an array that stays in the caller's memory.

    Args:
        flat: the elements from the first aligned one on.
        first: the first row, flat.
        skipped: how many elements come before `flat`.
        row_shape: shape of a row.
        count: number of rows.
    """

    def __init__(
        self, flat: Any, first: Any, skipped: Any, row_shape: tuple[int, ...], count: int
    ) -> None:
        self.flat = flat
        self.first = first
        self.skipped = skipped
        self.row_shape = row_shape
        self.count = count

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole array."""
        return (self.count, *self.row_shape)

    def take(self, indices: Any) -> Any:
        """Return the rows at `indices`, which must be in range."""
        size = math.prod(self.row_shape)
        numbers = lax.GatherDimensionNumbers((1,), (), (0,))
        starts = (indices * size - self.skipped)[:, None]
        rows = lax.gather(self.flat, starts, numbers, (size,), mode="clip")
        rows = jnp.where((indices == 0)[:, None], self.first, rows)
        return rows.reshape((-1, *self.row_shape))


jax.tree_util.register_pytree_node(
    AdoptedRows,
    lambda rows: ((rows.flat, rows.first, rows.skipped), (rows.row_shape, rows.count)),
    lambda fixed, children: AdoptedRows(*children, *fixed),
)


def is_adopted(value: Any) -> bool:
    """Say whether `value` is `AdoptedRows`."""
    return isinstance(value, AdoptedRows)


def _skipped(array: np.ndarray) -> int:
    return -array.ctypes.data % ALIGNMENT // array.itemsize


def can_adopt(array: np.ndarray) -> bool:
    """Say whether compiled code can read the rows of `array` where they are."""
    return (
        array.nbytes >= max(LARGE_BYTES, len(array) * _LEAST_ROW_BYTES)
        and array.size <= _MOST_ELEMENTS
        and array.flags.c_contiguous
        and ALIGNMENT % array.itemsize == 0
        and array.ctypes.data % array.itemsize == 0
        and _skipped(array) <= array.size // len(array)
    )


def adopt(array: np.ndarray) -> AdoptedRows:
    """Return the rows of `array` without copying them."""
    flat, skipped = array.reshape(-1), _skipped(array)
    size = flat.size // len(array)
    return AdoptedRows(
        jax.device_put(flat[skipped:]),
        jax.device_put(flat[:size].copy()),
        np.int32(skipped),
        array.shape[1:],
        len(array),
    )

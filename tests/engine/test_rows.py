"""Rows of arrays that compiled code reads where they are."""

import numpy as np
import pytest

from addax.engine import engine, rows


def at_offset(values, offset):
    """A copy of `values` that begins `offset` bytes behind a multiple of 64."""
    memory = np.empty(values.nbytes + 2 * rows.ALIGNMENT, "uint8")
    start = -memory.ctypes.data % rows.ALIGNMENT + offset
    copy = memory[start : start + values.nbytes].view(values.dtype).reshape(values.shape)
    copy[...] = values
    return copy


@pytest.fixture(autouse=True)
def small_arrays_are_large(monkeypatch):
    monkeypatch.setattr(rows, "LARGE_BYTES", 0)


@pytest.mark.parametrize("dtype", ["float32", "uint8", "float16", "int32"])
@pytest.mark.parametrize("offset", [0, 4, 16, 48, 60])
def test_rows_at_every_alignment(dtype, offset):
    values = at_offset(np.arange(7 * 4 * 32).reshape(7, 4, 32).astype(dtype), offset)
    placed = engine.place_rows(values)
    assert rows.is_adopted(placed)
    assert placed.shape == values.shape
    index = np.array([6, 0, 3, 0, 1], "int32")
    taken = engine.jit(engine.take_rows)(placed, index)
    np.testing.assert_array_equal(taken, values[index])
    for start in (0, 1, 4):
        found = engine.jit(lambda p, start: engine.rows_at(p, start, 3))(placed, np.int32(start))
        np.testing.assert_array_equal(found, values[start : start + 3])


def test_nothing_is_copied():
    values = at_offset(np.zeros((8, 64), "float32"), 16)
    placed = engine.place_rows(values)
    values[5] = 7
    np.testing.assert_array_equal(engine.take_rows(placed, np.array([5])), values[5:6])
    assert engine.bytes_to_place(values) == 0


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((8, 64), "float32")[:, ::2],
        np.zeros((8, 64), "float32", order="F"),
        np.zeros((100, 2), "float32"),
        np.zeros(100, "float32"),
    ],
    ids=["strided", "fortran", "short rows", "no rows"],
)
def test_what_is_copied(values):
    placed = engine.place_rows(values)
    assert not rows.is_adopted(placed)
    assert engine.bytes_to_place(values) == values.nbytes
    values[...] = 5
    assert not np.asarray(placed).any()

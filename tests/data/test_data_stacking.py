import gc
import weakref

import numpy as np
import pytest

from addax.data import BatchWindows, as_source, stacking


def batch(value, rows=2, width=3):
    return np.full((rows, width), value, "float32"), np.full(rows, value, "int32"), None


LONG = 60.0  # windows are handed over when they are full


def steps_of(windows):
    return [(window.start, window.steps) for window in windows]


def test_windows_hold_the_batches_in_order():
    with BatchWindows([batch(i) for i in range(7)], size=3, seconds=LONG) as windows:
        found = list(windows)
    assert steps_of(found) == [(0, 3), (3, 3), (6, 1)]
    assert [window.capacity for window in found] == [3, 3, 3]
    x, y, w = found[1].batch
    assert x.shape == (3, 2, 3)
    assert y[:, 0].tolist() == [3, 4, 5]
    assert w is None
    assert found[2].batch[1][:1].tolist() == [[6, 6]]


def test_another_shape_closes_the_window():
    rows = [2, 2, 4, 2]
    with BatchWindows([batch(0, n) for n in rows], size=10, seconds=LONG) as windows:
        found = list(windows)
    assert steps_of(found) == [(0, 2), (2, 1), (3, 1)]
    assert [window.batch[0].shape[1] for window in found] == [2, 4, 2]


def test_another_structure_closes_the_window():
    x, y, _ = batch(0)
    items = [(x, y, None), (x, y, y), ({"a": x}, y, y)]
    with BatchWindows(items, size=10, seconds=LONG) as windows:
        assert steps_of(windows) == [(0, 1), (1, 1), (2, 1)]


def test_large_windows_that_are_cut_short_take_few_capacities(monkeypatch):
    monkeypatch.setattr(stacking, "_CHEAP_BYTES", 0)
    rows = [2] * 16 + [4] + [2] * 5 + [4] * 3 + [2]
    with BatchWindows([batch(0, n) for n in rows], size=16, seconds=LONG) as windows:
        found = [(window.steps, window.capacity) for window in windows]
    assert found == [(16, 16), (1, 1), (5, 16), (3, 4), (1, 1)]


def test_windows_are_limited_in_bytes(monkeypatch):
    monkeypatch.setattr(stacking, "_MAX_WINDOW_BYTES", 70)
    with BatchWindows([batch(i) for i in range(4)], size=10, seconds=LONG) as windows:
        assert steps_of(windows) == [(0, 2), (2, 2)]


def test_a_large_batch_does_not_displace_the_window_before_it(monkeypatch):
    monkeypatch.setattr(stacking, "_MAX_WINDOW_BYTES", 500)
    items = [batch(i) for i in range(3)] + [batch(3, rows=40), batch(4)]
    with BatchWindows(items, size=8, seconds=LONG) as windows:
        assert steps_of(windows) == [(0, 3), (3, 1), (4, 1)]


def test_a_batch_that_cannot_be_kept_comes_after_the_windows_before_it():
    def allocate(shape, dtype):
        if shape[1] > 2:
            raise MemoryError("no room")
        return np.empty(shape, dtype)

    with BatchWindows([batch(0), batch(1, rows=3)], 1, seconds=LONG, allocate=allocate) as windows:
        windows.fill(lambda: False)
        assert next(windows).steps == 1
        with pytest.raises(MemoryError):
            next(windows)


def test_slow_data_is_handed_over_early():
    with BatchWindows([batch(i) for i in range(3)], size=10, seconds=0.0) as windows:
        assert steps_of(windows) == [(0, 1), (1, 1), (2, 1)]


def test_what_the_device_leaves_time_for_is_read_meanwhile():
    asked = []
    answers = iter([False, False, True])

    def enough():
        asked.append(len(read))
        return next(answers)

    read = []

    def items():
        for i in range(9):
            read.append(i)
            yield batch(i)

    with BatchWindows(items(), size=4, seconds=0.0) as windows:
        assert next(windows).steps == 1
        windows.fill(enough)
        assert len(read) == 4  # one before, and one before each answer
        assert asked == [2, 3, 4]
        windows.fill(lambda: False)
        assert len(read) == 5  # the window is full
        windows.fill(lambda: False)
        assert len(read) == 5
        window = next(windows)
        assert (window.start, window.steps) == (1, 4)
        assert window.batch[1][:, 0].tolist() == [1, 2, 3, 4]
        assert steps_of(windows) == [(5, 1), (6, 1), (7, 1), (8, 1)]


def test_another_shape_read_meanwhile_waits_for_its_window():
    rows = [2, 2, 4, 4]
    with BatchWindows([batch(0, n) for n in rows], size=1, seconds=LONG) as windows:
        windows.fill(lambda: False)
        windows.fill(lambda: False)
        assert [window.batch[0].shape[1] for window in windows] == rows
    with BatchWindows([batch(0, n) for n in rows], size=9, seconds=LONG) as windows:
        windows.fill(lambda: False)
        assert steps_of(windows) == [(0, 2), (2, 2)]


def test_buffers_that_the_data_reuses_are_copied():
    def reuse():
        buffer = np.zeros((2, 1), "float32")
        for i in range(4):
            buffer[:] = i
            yield buffer, None, None

    with BatchWindows(reuse(), size=2, seconds=LONG) as windows:
        values = [window.batch[0][:, 0, 0].tolist() for window in windows]
    assert values == [[0, 1], [2, 3]]


def test_errors_come_after_the_windows_before_them():
    def broken():
        yield batch(0)
        yield batch(1)
        raise OSError("disk is gone")

    with BatchWindows(broken(), size=10, seconds=LONG) as windows:
        assert next(windows).steps == 2
        with pytest.raises(OSError, match="disk is gone"):
            next(windows)
        with pytest.raises(StopIteration):
            next(windows)


def test_leaving_early_closes_the_data():
    closed = []

    def endless():
        try:
            while True:
                yield batch(0)
        finally:
            closed.append(True)

    with BatchWindows(endless(), size=2, seconds=LONG) as windows:
        next(windows)
        windows.fill(lambda: True)
    assert closed
    with pytest.raises(StopIteration):
        next(windows)


def test_an_interrupt_while_reading_is_raised_at_once():
    def interrupted():
        yield batch(0)
        yield batch(1)
        raise KeyboardInterrupt

    with (
        BatchWindows(interrupted(), size=10, seconds=LONG) as windows,
        pytest.raises(KeyboardInterrupt),
    ):
        next(windows)


def test_a_generator_survives_its_epochs():
    def endless():
        i = 0
        while True:
            yield batch(i)[0]
            i += 1

    source = as_source(endless(), steps=4)
    seen = []
    for _ in range(3):
        with BatchWindows(source, size=3, seconds=LONG) as windows:
            for window in windows:
                seen += window.batch[0][: window.steps, 0, 0].tolist()
    assert seen == list(range(12))


def test_windows_are_freed():
    with BatchWindows([batch(0)] * 3, size=1) as windows:
        array = weakref.ref(next(windows).batch[0].base)
        next(windows)
    gc.collect()
    assert array() is None


def test_empty_data():
    with BatchWindows([], size=3) as windows:
        assert list(windows) == []

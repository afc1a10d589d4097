import gc
import threading
import weakref

import numpy as np
import pytest

from addax.data import Prefetcher, as_source
from addax.data import prefetch as prefetch_module


def batch(value, rows=2, width=3):
    return np.full((rows, width), value, "float32"), np.full(rows, value, "int32"), None


def steps_of(windows):
    return [(window.start, window.steps) for window in windows]


def prefetch_threads():
    return [thread for thread in threading.enumerate() if thread.name == "addax-prefetch"]


def test_windows_hold_the_batches_in_order():
    with Prefetcher([batch(i) for i in range(7)], size=3, max_seconds=None) as windows:
        found = list(windows)
    assert steps_of(found) == [(0, 3), (3, 3), (6, 1)]
    assert [window.capacity for window in found] == [3, 3, 3]
    x, y, w = found[1].batch
    assert x.shape == (3, 2, 3)
    assert y[:, 0].tolist() == [3, 4, 5]
    assert w is None
    assert found[2].batch[1].tolist() == [[6, 6], [0, 0], [0, 0]]
    assert not prefetch_threads()


def test_another_shape_closes_the_window():
    rows = [2, 2, 4, 2]
    with Prefetcher([batch(0, n) for n in rows], size=10, max_seconds=None) as windows:
        found = list(windows)
    assert steps_of(found) == [(0, 2), (2, 1), (3, 1)]
    assert [window.batch[0].shape[1] for window in found] == [2, 4, 2]


def test_another_structure_closes_the_window():
    x, y, _ = batch(0)
    items = [(x, y, None), (x, y, y), ({"a": x}, y, y)]
    with Prefetcher(items, size=10, max_seconds=None) as windows:
        assert steps_of(windows) == [(0, 1), (1, 1), (2, 1)]


def test_large_windows_that_are_cut_short_take_few_capacities(monkeypatch):
    monkeypatch.setattr(prefetch_module, "_CHEAP_BYTES", 0)
    rows = [2] * 16 + [4] + [2] * 5 + [4] * 3 + [2]
    with Prefetcher([batch(0, n) for n in rows], size=16, max_seconds=None) as windows:
        found = [(window.steps, window.capacity) for window in windows]
    assert found == [(16, 16), (1, 1), (5, 16), (3, 4), (1, 1)]


def test_windows_are_limited_in_bytes(monkeypatch):
    monkeypatch.setattr(prefetch_module, "_MAX_WINDOW_BYTES", 70)
    with Prefetcher([batch(i) for i in range(4)], size=10, max_seconds=None) as windows:
        assert steps_of(windows) == [(0, 2), (2, 2)]


def test_slow_data_is_handed_over_early():
    with Prefetcher([batch(i) for i in range(3)], size=10, max_seconds=-1.0) as windows:
        assert steps_of(windows) == [(0, 1), (1, 1), (2, 1)]


def test_size_may_change():
    sizes = iter([1, 2, 3])
    items = [batch(i) for i in range(6)]
    with Prefetcher(items, size=lambda: next(sizes), max_seconds=None) as windows:
        assert [steps for _, steps in steps_of(windows)] == [1, 2, 3]


def test_buffers_that_the_data_reuses_are_copied():
    def reuse():
        buffer = np.zeros((2, 1), "float32")
        for i in range(4):
            buffer[:] = i
            yield buffer, None, None

    with Prefetcher(reuse(), size=2, max_seconds=None) as windows:
        values = [window.batch[0][:, 0, 0].tolist() for window in windows]
    assert values == [[0, 1], [2, 3]]


def test_errors_come_after_the_windows_before_them():
    def broken():
        yield batch(0)
        yield batch(1)
        raise OSError("disk is gone")

    with Prefetcher(broken(), size=10, max_seconds=None) as windows:
        assert next(windows).steps == 2
        with pytest.raises(OSError, match="disk is gone"):
            next(windows)
        with pytest.raises(StopIteration):
            next(windows)
    assert not prefetch_threads()


def test_leaving_early_stops_the_thread_and_the_data():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield batch(0)
        finally:
            closed.set()

    with Prefetcher(endless(), size=2, max_seconds=None) as windows:
        next(windows)
    assert not prefetch_threads()
    assert closed.is_set()
    with pytest.raises(StopIteration):
        next(windows)


def test_error_in_the_loop_stops_the_thread():
    def train():
        with Prefetcher([batch(0)] * 99, size=1) as windows:
            next(windows)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        train()
    assert not prefetch_threads()


def test_a_generator_survives_its_epochs():
    def endless():
        i = 0
        while True:
            yield batch(i)[0]
            i += 1

    source = as_source(endless(), steps=4)
    seen = []
    for _ in range(3):
        with Prefetcher(source, size=3, max_seconds=None) as windows:
            for window in windows:
                seen += window.batch[0][: window.steps, 0, 0].tolist()
    assert seen == list(range(12))


def test_windows_are_freed():
    with Prefetcher([batch(0)] * 3, size=1) as windows:
        array = weakref.ref(next(windows).batch[0].base)
        next(windows)
    gc.collect()
    assert array() is None


def test_empty_data():
    with Prefetcher([], size=3) as windows:
        assert list(windows) == []

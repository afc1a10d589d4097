import threading

import numpy as np
import pytest

from addax.data import ArraySource, RowBuffers, RowWindows


def windows_of(rows=99, steps=1):
    source = ArraySource((np.arange(float(rows)), None, None), size=rows, batch_size=1)
    return RowWindows(RowBuffers(source, steps))


def prefetch_threads():
    return [thread for thread in threading.enumerate() if thread.name == "addax-prefetch"]


def test_the_end_stops_the_thread():
    with windows_of(rows=5, steps=2) as windows:
        assert [(w.batch[0].tolist()[: w.steps], w.steps) for w in windows] == [
            ([0.0, 1.0], 2),
            ([2.0, 3.0], 2),
            ([4.0], 1),
        ]
        assert not prefetch_threads()


def test_leaving_early_stops_the_thread():
    with windows_of() as windows:
        next(windows)
    assert not prefetch_threads()
    with pytest.raises(StopIteration):
        next(windows)


def test_error_in_the_loop_stops_the_thread():
    def train():
        with windows_of() as windows:
            next(windows)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        train()
    assert not prefetch_threads()


def test_errors_come_after_the_windows_before_them(monkeypatch):
    fill = RowBuffers.fill

    def broken(self, number, index):
        if number == 2:
            raise OSError("disk is gone")
        fill(self, number, index)

    monkeypatch.setattr(RowBuffers, "fill", broken)
    with windows_of() as windows:
        assert [next(windows).batch[0][0] for _ in range(2)] == [0.0, 1.0]
        with pytest.raises(OSError, match="disk is gone"):
            next(windows)
        with pytest.raises(StopIteration):
            next(windows)
    assert not prefetch_threads()

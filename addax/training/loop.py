"""Runs epochs of data through a compiled step, chunk by chunk.

Data that fit lie on the device; larger arrays come row window by row window, filled in the
background, and streams batch window by batch window, filled while the device computes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from addax.core.tensor import raw
from addax.data import ArraySource, BatchWindows, RowBuffers, RowWindows, Source, Window
from addax.engine import engine
from addax.training import step as steps
from addax.training.runner import Runner

PROGRESS_SECONDS = 0.1
QUIET_SECONDS = 0.5
_MAX_GROWTH = 8
_STREAM_WINDOW = 128
# share of the free memory of an accelerator that data may take
_MEMORY_SHARE = 0.5
# On the CPU larger data, if they cannot be read where they are, come window by window.
_PLACED_BYTES = 256 * 2**20
_ROW_WINDOW_BYTES = 8 * 2**20

# What to do until a function says that the device is done, or no longer.
Meanwhile = Callable[[Callable[[], bool]], None]


@dataclass
class Chunker:
    """How many steps go into one compiled call.

    Args:
        exact: whether every step needs its own call.
        seconds: how long a call should take.
        limit: returns the most steps that the next call may run.
    """

    exact: bool
    seconds: float
    size: int = 1
    limit: Callable[[], int] | None = None
    _calls: int = field(default=0)

    def next_size(self) -> int:
        """Return how many steps the next call may run."""
        return self.size if self.limit is None else min(self.size, self.limit())

    def measured(self, ran: int, seconds: float) -> None:
        """Take into account that a call of `ran` steps took `seconds`."""
        self._calls += 1
        if self.exact or (self._calls == 1 and self.size == 1 and seconds > self.seconds):
            return  # the first call compiles
        wanted = int(self.seconds / max(seconds / ran, 1e-7))
        self.size = max(1, min(wanted, self.size * _MAX_GROWTH))


@dataclass
class Chunk:
    """One compiled call: which steps it ran, and their logs as Python numbers."""

    first: int
    last: int
    logs: dict[str, Any]
    per_step: list[dict[str, Any]] | None = None


@dataclass
class Placed:
    """Data on the device, and the order of an epoch."""

    source: ArraySource
    arrays: Any
    _order: tuple[Any, Any] = (None, None)
    _order_of: tuple[int, int] | None = None

    def order_in(self, epoch: int) -> tuple[Any, Any]:
        """Return the order of the rows in `epoch`, None for as they are, and of the last batch."""
        source = self.source
        if self._order_of != (source.seed, epoch):
            self._order_of = (source.seed, epoch)
            order = source.order(epoch)
            full = source.size - source.size % source.batch_size
            tail = np.arange(full, source.size, dtype="int32") if order is None else order[full:]
            on_device = None if order is None else engine.place(order)
            self._order = on_device, engine.place(tail) if len(tail) else None
        return self._order


class Epochs:
    """Runs epochs of a source through a Runner, chunk by chunk.

    Args:
        runner: the compiled step.
        source: the data.
        chunker: decides on the chunk sizes.
        per_step: whether the logs of every step are wanted.
        on_begin: called with the step's number before each call.
        renew: returns the compiled step to use from the next epoch on; None for the same.
    """

    def __init__(
        self,
        runner: Runner,
        source: Source,
        chunker: Chunker,
        per_step: bool = False,
        on_begin: Callable[[int], None] | None = None,
        renew: Callable[[], Runner] | None = None,
    ) -> None:
        self.runner = runner
        self._renew = renew
        self.source = source
        self.chunker = chunker
        self.per_step = per_step
        self.on_begin = on_begin
        self._placed = _place(source)
        self._buffers = _row_buffers(source) if self._placed is None else None

    def run(self) -> Iterator[Chunk]:
        """Run one epoch; yields after each compiled call."""
        if self._renew is not None:
            self.runner = self._renew()
        if self._placed is not None:
            yield from self._run_placed(self._placed)
        elif self._buffers is not None:
            yield from self._run_rows(self._buffers)
        else:
            yield from self._run_stream()

    def can_start(self) -> bool:
        """Say whether `start` can run the next epoch: in one call, compiled, of data in place."""
        if self._placed is None or self.chunker.exact or self.per_step or self.source.skip:
            return False
        full, rest = divmod(self._placed.source.size, self._placed.source.batch_size)
        return self.chunker.next_size() >= full and rest in (0, self.runner.tail_rows)

    def start(self) -> Iterator[Chunk]:
        """Start one epoch without waiting for it; iterate over the result to wait.

        Ask `can_start` first.
        """
        placed: Any = self._placed
        order, tail = placed.order_in(placed.source.epoch)
        rows = placed.source.batch_size
        full, rest = divmod(placed.source.size, rows)
        started = []
        if full:
            started.append((0, full, self.runner(placed.arrays, order, 0, full, rows)))
        if rest:
            started.append((full, 1, self.runner(placed.arrays, tail, 0, 1, rest)))
        return (self._chunk(*call) for call in started)

    def _run_placed(self, placed: Placed) -> Iterator[Chunk]:
        source = placed.source
        order, tail = placed.order_in(source.epoch)
        rows, size = source.batch_size, source.size
        full, rest = divmod(size, rows)
        compiling = self._compile_tail(placed.arrays, tail, rest)

        def meanwhile(is_done: Callable[[], bool]) -> None:
            placed.order_in(source.epoch + 1)

        for first, stop in self._chunks(full, begin=source.skip):
            last = meanwhile if stop == full else None
            yield self._call(placed.arrays, order, first, stop, first, rows, last)
        if rest and source.skip <= full:
            self._begin(full)
            if compiling is not None:
                compiling.join()
            yield self._call(placed.arrays, tail, 0, 1, full, rest)

    def _compile_tail(self, data: Any, tail: Any, rest: int) -> threading.Thread | None:
        """Compile for the smaller last batch beside the first steps, once."""
        if not rest or self.runner.tail_rows == rest:
            return None
        self.runner.tail_rows = rest
        return self.runner.compile_ahead(data, tail, rest, self.per_step)

    def _run_rows(self, buffers: RowBuffers) -> Iterator[Chunk]:
        source = buffers.source
        tail = engine.adopt(buffers.part(0, source.size % source.batch_size))
        compiling = self._compile_tail(tail, None, source.size % source.batch_size)
        done = source.skip
        with RowWindows(buffers) as windows:
            for window in windows:
                data = engine.adopt(window.batch)
                if window.rows != source.batch_size and compiling is not None:
                    compiling.join()
                for first, stop in self._chunks(window.steps, done):
                    yield self._call(data, None, first, stop, done + first, window.rows)
                done += window.steps

    def _run_stream(self) -> Iterator[Chunk]:
        window_size = 1 if self.chunker.exact else _STREAM_WINDOW
        with BatchWindows(self.source, window_size, allocate=engine.host_buffer) as windows:
            # what a generator gives may depend on callbacks after the step before
            ahead = not (self.chunker.exact and self.source.one_way)
            for window in windows:
                yield from self._run_window(window, windows.fill if ahead else None)

    def _run_window(self, window: Window, meanwhile: Meanwhile | None) -> Iterator[Chunk]:
        data = engine.adopt(window.batch)  # nobody else holds it
        done = self.source.skip + window.start
        for first, stop in self._chunks(window.steps, done):
            yield self._call(data, None, first, stop, done + first, 0, meanwhile)

    def _chunks(self, count: int, offset: int = 0, begin: int = 0) -> Iterator[tuple[int, int]]:
        first = begin
        while first < count:
            stop = min(count, first + self.chunker.next_size())
            self._begin(offset + first)
            yield first, stop
            first = stop

    def _begin(self, number: int) -> None:
        if self.on_begin is not None:
            self.on_begin(number)

    def _call(
        self,
        data: Any,
        order: Any,
        start: int,
        stop: int,
        number: int,
        rows: int,
        meanwhile: Meanwhile | None = None,
    ) -> Chunk:
        """Run steps, and `meanwhile(is_done)` on this thread while the device computes them.

        They are done on return: the memory of `data` may be written again.
        """
        began = time.perf_counter()
        logs = self.runner(data, order, start, stop, rows, self.per_step)
        results = list(logs.values()) or [v.current() for v in self.runner.carried]
        watch = _Watch(results, began)
        if meanwhile is not None:
            meanwhile(watch.is_done)
        watch.wait()
        telling = rows == 0 or stop > start + 1 or self.chunker.size == 1
        if telling and watch.seconds is not None:
            self.chunker.measured(stop - start, watch.seconds)
            self.runner.chunk_size = max(self.runner.chunk_size, self.chunker.size)
        return self._chunk(number, stop - start, logs)

    def _chunk(self, first: int, count: int, logs: Any) -> Chunk:
        """Return what `count` steps have logged, as Python numbers; wait for it if need be."""
        host = {key: np.asarray(logs[key]) for key in self.runner.log_names}
        each = [_numbers(host, i) for i in range(count)] if self.per_step else None
        final = each[-1] if each else _numbers(host, 0)
        return Chunk(first, first + count - 1, final, each)


class _Watch:
    """Looks whether what a compiled call returned is there, and notes when it came.

    Attributes:
        began: when the call was made.
        done_at: when the results were first seen; 0 as long as they are not.
    """

    def __init__(self, results: list[Any], began: float) -> None:
        self._results = results
        self.began = began
        self._busy_at = time.perf_counter()
        self.done_at = 0.0

    def is_done(self) -> bool:
        if not self.done_at:
            now = time.perf_counter()
            # the results of one program are there at once
            if not self._results or engine.is_ready(self._results[0]):
                self.done_at = now
            else:
                self._busy_at = now
        return bool(self.done_at)

    def wait(self) -> None:
        if not self.is_done():
            engine.block_until_ready(self._results)
            self.done_at = self._busy_at = time.perf_counter()

    @property
    def seconds(self) -> float | None:
        """How long the call took; None if nobody looked for most of the time."""
        took = self.done_at - self.began
        return took if self.done_at - self._busy_at < took / 2 else None


def _numbers(host: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    return {key: float(a[i]) if a.ndim == 1 else a[i] for key, a in host.items()}


def _place(source: Source) -> Placed | None:
    """Put in-memory data on the device if they fit; otherwise they are streamed."""
    arrays = source.arrays
    if arrays is None or not isinstance(source, ArraySource):
        return None
    size = engine.bytes_to_place(arrays)
    if engine.platform() == "cpu":
        fits = size <= _PLACED_BYTES
    else:
        free = engine.free_memory()
        fits = free is None or size <= free * _MEMORY_SHARE
    return Placed(source, engine.place_rows(arrays)) if fits else None


def _row_buffers(source: Source) -> RowBuffers | None:
    """Return memory for windows of rows if the source has rows."""
    if not isinstance(source, ArraySource) or source.whole is None:
        return None
    per_batch = _nbytes(source.whole) * source.batch_size // source.size
    steps = max(1, _ROW_WINDOW_BYTES // max(1, per_batch))
    return RowBuffers(source, steps, engine.host_buffer)


def _nbytes(arrays: Any) -> int:
    return sum(leaf.nbytes for leaf in engine.tree_leaves(arrays))


class EagerEpochs:
    """Runs steps one by one in Python, for `run_eagerly=True`.

    Args:
        step: called with each batch, returns logs.
        source: the data.
        on_begin: called with the step's number before each step.
    """

    def __init__(
        self,
        step: Callable[[Any], dict[str, Any]],
        source: Source,
        on_begin: Callable[[int], None],
    ) -> None:
        self._step = step
        self.source = source
        self._on_begin = on_begin

    def can_start(self) -> bool:
        """Return False: a step is done when Python is."""
        return False

    def run(self) -> Iterator[Chunk]:
        """Run one epoch; yields after each step."""
        for number, batch in enumerate(self.source, start=self.source.skip):
            self._on_begin(number)
            logs = self._step(steps.as_data(steps.as_tensors(engine.place(batch))))
            host = {key: np.asarray(raw(value)) for key, value in logs.items()}
            numbers = {key: float(a) if a.ndim == 0 else a for key, a in host.items()}
            yield Chunk(number, number, numbers, [numbers])

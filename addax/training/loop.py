"""Runs many steps per compiled call.

A `Runner` holds one compiled function of a model and one kind of step. It takes
the arrays of the model's Variables, runs the steps `start <= i < stop` over data that
lie on the device, and gives the arrays back. The number of steps is an argument of
the executable, so every chunk size runs the same program and gives the same bits.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from addax.core import packing
from addax.core.packing import Group, Packed
from addax.core.tensor import raw
from addax.core.variable import Variable, functionalize
from addax.data import ArraySource, Prefetcher, RowBuffers, RowWindows, Source, Window
from addax.engine import engine, xp
from addax.training import step as steps

PROGRESS_SECONDS = 0.1
QUIET_SECONDS = 0.5
_MAX_GROWTH = 8
_STREAM_WINDOW = 64
# share of the free memory of an accelerator that data may take
_MEMORY_SHARE = 0.5
# On the CPU larger data are gathered window by window: no second copy of them in memory.
_PLACED_BYTES = 256 * 2**20
_ROW_WINDOW_BYTES = 8 * 2**20


@dataclass
class Counts:
    """How often a model's functions were compiled and called; tests read it."""

    compilations: int = 0
    dispatches: int = 0


class Packing:
    """What the loop carries: the Variables of groups joined, the others as they are.

    Args:
        groups: groups of `carried` Variables, without overlap.
        carried: all Variables of the loop.
    """

    def __init__(self, groups: Sequence[Group], carried: Sequence[Variable]) -> None:
        self._groups = list(groups)
        self._carried = list(carried)
        self._joined = {variable for group in groups for variable in group.variables()}

    def pack(self, values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return the state for arrays in the order of the carried Variables."""
        arrays = dict(zip(self._carried, values, strict=True))
        return self._rest(arrays), [group.join(arrays) for group in self._groups]

    def _rest(self, arrays: dict[Variable, Any]) -> list[Any]:
        return [arrays[v] for v in self._carried if v not in self._joined]

    def unpack(self, state: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Packed]]:
        """Return the arrays in the order of the carried Variables, and the groups' own."""
        rest, flats = iter(state[0]), state[1]
        packed = [Packed(*pair) for pair in zip(self._groups, flats, strict=True)]
        pieces = {v: piece for group in packed for v, piece in group.pieces.items()}
        return [pieces[v] if v in pieces else next(rest) for v in self._carried], packed

    def pack_again(self, values: Sequence[Any], packed: Sequence[Packed]) -> Any:
        """Return the state after a step, joined anew only where somebody else assigned."""
        arrays = dict(zip(self._carried, values, strict=True))
        return self._rest(arrays), [group.result(arrays) for group in packed]


class Runner:
    """One kind of step of a model, compiled.

    Args:
        step: `step(data) -> logs`, imperative code over Variables.
        carried: Variables that the step may change.
        fixed: Variables that it only reads.
        counts: shared counters.
        results: `results() -> logs` from the carried Variables, or None when only the
            step itself knows its logs.
        groups: carried Variables to be kept in one array each while the loop runs.
    """

    def __init__(
        self,
        step: Callable[[Any], dict[str, Any]],
        carried: Sequence[Variable],
        fixed: Sequence[Variable],
        counts: Counts,
        results: Callable[[], dict[str, Any]] | None = None,
        groups: Sequence[Group] = (),
    ) -> None:
        self._step = step
        self._results = results
        self._packing = Packing(groups, carried)
        self._counts = counts
        self.carried = list(carried)
        self.fixed = list(fixed)
        self._compiled: Any = engine.jit(
            self._run, donate_argnums=0, static_argnames=("rows", "per_step")
        )
        self.log_names: list[str] = []
        self.tail_rows: int | None = None  # size of the last batch that was compiled for
        self.chunk_size = 1  # what the last epoch found to be a good size

    def _pure_step(self, state: Any, fixed: Any, batch: Any) -> tuple[Any, dict[str, Any]]:
        """Return the new state, values as the loop carries them, and the logs."""
        values, packed = self._packing.unpack(state)

        def call(batch: Any) -> dict[str, Any]:
            logs = self._step(steps.as_data(steps.as_tensors(batch)))
            return steps.raw_logs(logs)

        pure = functionalize(call, [*self.carried, *self.fixed])
        with packing.active(packed):
            logs, new = pure([*values, *fixed], batch)
        self.log_names = list(logs)
        return self._packing.pack_again(new[: len(self.carried)], packed), logs

    def _run(
        self,
        values: list[Any],
        fixed: list[Any],
        data: Any,
        order: Any,
        start: Any,
        stop: Any,
        *,
        rows: int,
        per_step: bool,
    ) -> tuple[list[Any], Any]:
        """Run steps `start <= i < stop`; return the new values and the logs.

        `data` are rows to gather from by `order`, contiguous rows (`order` None), or,
        with `rows` 0, stacked batches.
        """
        self._counts.compilations += 1

        def batch_of(i: Any) -> Any:
            return engine.tree_map(lambda a: _batch(a, order, i, rows), data)

        carry_logs = per_step or self._results is None
        logs0 = {}
        state = self._packing.pack(values)
        if carry_logs:
            structure = _shape_of_step(self._pure_step, state, fixed, batch_of)
            capacity = _capacity(data, rows) if per_step else 1
            logs0 = {k: xp.zeros((capacity, *s.shape), s.dtype) for k, s in structure.items()}

        def body(i: Any, carry: tuple[Any, Any]) -> tuple[Any, Any]:
            state, kept = carry
            new, logs = self._pure_step(state, fixed, batch_of(i))
            if carry_logs:
                place = i - start if per_step else 0
                kept = {k: kept[k].at[place].set(logs[k]) for k in kept}
            return new, kept

        state, kept = engine.fori_loop(start, stop, body, (state, logs0))
        values, _ = self._packing.unpack(state)
        if carry_logs:
            return values, kept
        final, _ = functionalize(
            lambda: steps.raw_logs(self._results()),  # type: ignore[misc]
            [*self.carried, *self.fixed],
        )([*values, *fixed])
        self.log_names = list(final)
        return values, {k: xp.expand_dims(v, 0) for k, v in final.items()}

    def compile_ahead(self, data: Any, order: Any, rows: int, per_step: bool) -> threading.Thread:
        """Start compiling for arguments of these shapes; join the thread before the call."""
        specs = engine.specs_of(
            ([v.current() for v in self.carried], [v.current() for v in self.fixed], data, order)
        )
        step = np.int32(0)
        lowered = self._compiled.lower(*specs, step, step, rows=rows, per_step=per_step)
        thread = threading.Thread(target=lowered.compile, daemon=True)
        thread.start()
        return thread

    def __call__(
        self, data: Any, order: Any, start: int, stop: int, rows: int, per_step: bool = False
    ) -> Any:
        """Run the steps on the model's Variables; returns logs as device arrays."""
        self._counts.dispatches += 1
        with _uninterrupted():
            values, logs = self._compiled(
                [v.take() for v in self.carried],
                [v.current() for v in self.fixed],
                data,
                order,
                np.int32(start),
                np.int32(stop),
                rows=rows,
                per_step=per_step,
            )
            for variable, value in zip(self.carried, values, strict=True):
                variable.give(value)
        return logs


def _shape_of_step(step: Any, state: Any, fixed: Any, batch_of: Any) -> dict[str, Any]:
    return engine.eval_shape(lambda: step(state, fixed, batch_of(0))[1])


def _batch(array: Any, order: Any, i: Any, rows: int) -> Any:
    if rows == 0:
        return engine.dynamic_index(array, i, keepdims=False)
    if order is None:
        return engine.rows_at(array, i * rows, rows)
    return engine.take_rows(array, engine.rows_at(order, i * rows, rows))


def _capacity(data: Any, rows: int) -> int:
    length = engine.tree_leaves(data)[0].shape[0]
    return length if rows == 0 else max(1, length // rows)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until the Variables have their new arrays."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[Any] = []
    try:
        previous = signal.signal(signal.SIGINT, lambda *received: pending.append(received))
    except ValueError:  # not in the main interpreter
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
        if pending and callable(previous):
            previous(*pending[0])


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
    """

    def __init__(
        self,
        runner: Runner,
        source: Source,
        chunker: Chunker,
        per_step: bool = False,
        on_begin: Callable[[int], None] | None = None,
    ) -> None:
        self.runner = runner
        self.source = source
        self.chunker = chunker
        self.per_step = per_step
        self.on_begin = on_begin
        self._placed = _place(source)
        self._buffers = _row_buffers(source) if self._placed is None else None

    def run(self) -> Iterator[Chunk]:
        """Run one epoch; yields after each compiled call."""
        if self._placed is not None:
            yield from self._run_placed(self._placed)
        elif self._buffers is not None:
            yield from self._run_rows(self._buffers)
        else:
            yield from self._run_stream()

    def _run_placed(self, placed: Placed) -> Iterator[Chunk]:
        source = placed.source
        order, tail = placed.order_in(source.epoch)
        rows, size = source.batch_size, source.size
        full, rest = divmod(size, rows)
        compiling = self._compile_tail(placed.arrays, tail, rest)

        def meanwhile() -> None:
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
                # the memory of `data` is written again once the next window is asked for
                engine.block_until_ready([v.current() for v in self.runner.carried])

    def _run_stream(self) -> Iterator[Chunk]:
        window_size = 1 if self.chunker.exact else _STREAM_WINDOW
        done = self.source.skip
        with Prefetcher(self.source, window_size) as windows:
            for window in windows:
                yield from self._run_window(window, done)
                done += window.steps

    def _run_window(self, window: Window, done: int) -> Iterator[Chunk]:
        data = engine.adopt(window.batch)  # nobody else holds it
        for first, stop in self._chunks(window.steps, done):
            yield self._call(data, None, first, stop, done + first, 0)

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
        meanwhile: Callable[[], None] | None = None,
    ) -> Chunk:
        """Run steps, and `meanwhile` on this thread while the device computes them."""
        began = time.perf_counter()
        logs = self.runner(data, order, start, stop, rows, self.per_step)
        if meanwhile is not None:
            meanwhile()
        host = {key: np.asarray(logs[key]) for key in self.runner.log_names}
        if rows == 0 or stop > start + 1 or self.chunker.size == 1:
            self.chunker.measured(stop - start, time.perf_counter() - began)
            self.runner.chunk_size = max(self.runner.chunk_size, self.chunker.size)
        count = stop - start
        each = [_numbers(host, i) for i in range(count)] if self.per_step else None
        final = each[-1] if each else _numbers(host, 0)
        return Chunk(number, number + count - 1, final, each)


def _numbers(host: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    return {key: float(a[i]) if a.ndim == 1 else a[i] for key, a in host.items()}


def _place(source: Source) -> Placed | None:
    """Put in-memory data on the device if they fit; otherwise they are streamed."""
    arrays = source.arrays
    if arrays is None or not isinstance(source, ArraySource):
        return None
    size = _nbytes(arrays)
    if engine.platform() == "cpu":
        fits = size <= _PLACED_BYTES
    else:
        free = engine.free_memory()
        fits = free is None or size <= free * _MEMORY_SHARE
    return Placed(source, engine.place(arrays)) if fits else None


def _row_buffers(source: Source) -> RowBuffers | None:
    """Return memory for windows of rows if the source has rows."""
    if not isinstance(source, ArraySource) or source.whole is None:
        return None
    per_batch = _nbytes(source.whole) * source.batch_size // source.size
    steps = max(1, _ROW_WINDOW_BYTES // max(1, per_batch))
    return RowBuffers(source, steps, engine.host_buffer)


def _nbytes(arrays: Any) -> int:
    return sum(leaf.nbytes for leaf in engine.tree_leaves(arrays))


class EagerRunner:
    """Runs steps one by one in Python, for `run_eagerly=True`."""

    def __init__(self, step: Callable[[Any], dict[str, Any]]) -> None:
        self._step = step

    def epoch(self, source: Source, on_begin: Callable[[int], None]) -> Iterator[Chunk]:
        """Run one epoch; yields after each step."""
        for number, batch in enumerate(source, start=source.skip):
            on_begin(number)
            logs = self._step(steps.as_data(steps.as_tensors(engine.place(batch))))
            host = {key: np.asarray(raw(value)) for key, value in logs.items()}
            numbers = {key: float(a) if a.ndim == 0 else a for key, a in host.items()}
            yield Chunk(number, number, numbers, [numbers])

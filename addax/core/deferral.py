"""Calls of a compiled step that wait for each other, to run many of them at once.

A loop of one's own calls `step(x, y)` thousands of times and looks at a result now and
then. Each call of a program costs time before it computes (0.1 ms of Python and of the
runtime, and fresh memory for what lies between the layers). So while nobody looks, the
arguments of calls are collected, and one program runs them in a loop. Whoever reads a
Variable or a result makes the waiting calls run first, so nothing can be told from
outside but the time. A single call runs the same loop, once: the bits are the same
however many calls were collected.
"""

from __future__ import annotations

import functools
import math
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat, starmap
from operator import setitem
from typing import Any

import numpy as np

from addax.core.tensor import Tensor
from addax.core.variable import Variable
from addax.engine import engine, xp
from addax.engine.protocol import Spec

# Programs overwrite arrays of Variables, which other threads must not hand out meanwhile.
running = threading.RLock()

_SECONDS = 0.3  # how long collected calls may run
_MOST_CALLS = 64
_MOST_BYTES = 64 * 2**20  # of collected arguments, and of collected results
_PATIENCE = 16  # calls before the first trial
_MOST_PATIENCE = 4096
_TRIALS = 8  # calls in a row that nobody looked at, after which calls are collected


class Pace:
    """Says how many calls are to wait, by what was seen of the calls before.

    At first each call runs at once, until the calls took as long as the compilation: to
    collect them costs another one. Then `_TRIALS` calls wait for the next one each. If
    nobody looked at any of them in between, calls are collected, as many as run in
    `_SECONDS`; else the next trial comes after twice as many calls.

    Args:
        limit: how many calls may be held in memory.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.capacity = 1
        self.wanted = 0  # calls that run together; 0 means at once, 1 a trial
        self._patience, self._calls, self._quiet, self._alone = _PATIENCE, 0, 0, 0
        self._compiled = 0.0
        self._began = time.perf_counter()

    def called(self) -> None:
        """Note a call that ran at once."""
        now = time.perf_counter()
        self._calls += 1
        if self._calls == 1 and not self._compiled:
            self._compiled, self._began = now - self._began, now
        waited = self._calls >= self._patience and now - self._began >= self._compiled
        if waited and self.limit > 1:
            self.wanted, self._quiet, self._began = 1, 0, now

    def passed(self) -> None:
        """Note that nobody looked at a call on trial before the next one came."""
        self._quiet += 1
        if self._quiet < _TRIALS:
            return
        each = (time.perf_counter() - self._began) / _TRIALS
        together = min(self.limit, int(_SECONDS / each))
        if together < 2:
            self._leave_alone()
            return
        self.capacity = 1 << (together - 1).bit_length()
        self.wanted = together

    def looked(self, count: int) -> None:
        """Note that somebody looked while `count` calls were waiting."""
        self._alone = self._alone + 1 if count == 1 else 0
        if self.wanted == 1 or self._alone == _TRIALS:
            self._leave_alone()

    def _leave_alone(self) -> None:
        self.wanted, self.capacity, self._calls, self._alone = 0, 1, 1, 0
        self._patience = min(2 * self._patience, _MOST_PATIENCE)

    def took(self, seconds: float, count: int) -> None:
        """Note how long `count` collected calls took."""
        if self.wanted > 1:
            self.wanted = max(2, min(self.capacity, int(_SECONDS * count / max(seconds, 1e-6))))


class Collected:
    """Calls that run, or ran, in one program; what pending tensors come from.

    Args:
        queue: where they wait.
    """

    def __init__(self, queue: Queue) -> None:
        self.queue: Queue | None = queue
        self.results: Sequence[Any] | None = None
        self._stacked = False
        self._rows: dict[int, np.ndarray] = {}

    def value(self, call: int, index: int) -> Any:
        """Return result `index` of call number `call`; the calls run if they have not yet."""
        if self.results is None:
            self._run()
        if self.results is None:
            raise RuntimeError(
                "This tensor has no value: the call that computes it was interrupted."
            )
        if not self._stacked:
            return self.results[index]
        if index not in self._rows:
            self._rows[index] = engine.to_numpy(self.results[index])
        with engine.outside_traces():
            return engine.asarray(self._rows[index][call])

    def _run(self) -> None:
        with running:
            if self.queue is not None and self.queue.collected is self:
                self.queue.flush()

    def settle(self, results: Sequence[Any], stacked: bool) -> None:
        """Note the results, stacked over the calls or of the only one."""
        self._stacked, self.results = stacked, results  # which others look at without a lock
        self.queue = None  # a tensor that is kept does not keep the model


def most_calls(*groups: Sequence[Spec]) -> int:
    """Return how many calls with such arguments and results may be held in memory."""
    sizes = [sum(_nbytes(spec) for spec in group) for group in groups]
    return min(_MOST_CALLS, _MOST_BYTES // max(*sizes, 1))


def _known(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size is not None)


def _nbytes(spec: Spec) -> int:
    return math.prod(_known(spec.shape)) * np.dtype(spec.dtype).itemsize


# Queues that calls wait in, and perhaps others.
_waiting: weakref.WeakSet[Queue] = weakref.WeakSet()


def flush_all() -> None:
    """Run all calls that wait, before a program that makes another thread look at values.

    That thread could not make them run: `running` is held.
    """
    for queue in list(_waiting):
        queue.flush()


def _exhaust(steps: Iterable[Any]) -> None:
    """Take all steps in one call into C, in which no interrupt and no other thread comes."""
    deque(steps, maxlen=0)


def run_into(
    program: Any, arguments: Sequence[Any], written: Sequence[Any], count: int
) -> list[Any]:
    """Run a program, store the new values it returns first, return its other results.

    All in one call into C, so that an interrupt cannot come between the program, which
    overwrites arrays, and the Variables getting the new ones.

    Args:
        program: the compiled program.
        arguments: what it takes.
        written: the mappings that hold the values of Variables, by "_value".
        count: number of other results.
    """
    results: list[Any] = [None] * count
    _exhaust(
        map(
            setitem,
            [*written, *[results] * count],
            [*["_value"] * len(written), *range(count)],
            chain.from_iterable(starmap(program, (arguments,))),
        )
    )
    return results


class Queue:
    """Runs the calls of one program, at once or collected.

    Args:
        run: computes the new values of `written`, then the results, from the values of
            `used` and the arrays of a call.
        used: Variables whose values `run` takes.
        donated: how many of `used`, the first, are overwritten in place.
        written: Variables that get new values.
        inputs: specs of the arrays of a call.
        outputs: specs of the results.
    """

    def __init__(
        self,
        run: Callable[..., list[Any]],
        used: Sequence[Variable],
        donated: int,
        written: Sequence[Variable],
        inputs: Sequence[Spec],
        outputs: Sequence[Spec],
    ) -> None:
        self._run, self._used, self._donated = run, list(used), donated
        self._written, self._inputs, self._outputs = list(written), inputs, outputs
        self._held = [*used, *(v for v in written if v not in set(used))]
        self._held_in = [variable.place[0] for variable in self._held]
        self._mappings = [variable.place[0] for variable in written]
        self._pace = Pace(most_calls(inputs, outputs))
        self._programs: dict[int, Any] = {}
        self.collected = Collected(self)
        self._count = 0
        self._arrays: list[Any] = []  # of the only waiting call, or buffers of many
        self._spare: list[Any] = []
        self._values: list[Any] = []
        self._last: tuple[Any, int] | None = None
        self._ready = 0.0

    def __call__(self, arrays: Sequence[Any]) -> list[Any]:
        """Run a call or let it wait; return its results, which may be pending tensors."""
        if self._pace.wanted == 0 or not _can_wait(arrays):
            self._hold()
            results = self._run_one([own(array) for array in arrays])
            self._pace.called()
            return results
        if self._count >= self._pace.wanted:  # a trial, or an interrupt came before they ran
            on_trial = self._pace.wanted == 1
            self._run_waiting()
            if on_trial:
                self._pace.passed()
        collected, call = self._wait(arrays)
        if self._count >= self._pace.wanted > 1:
            self._run_waiting()
        return [_pending(collected, call, index) for index in range(len(self._outputs))]

    def _wait(self, arrays: Sequence[Any]) -> tuple[Collected, int]:
        """Keep a call; return where its results will be found."""
        while True:
            collected, call = self.collected, self._count
            if not call:
                self._hold()
                _waiting.add(self)
            self._keep(arrays)
            # no call from here to the end: a signal handler that looks at values comes before
            if self.collected is collected and self._values:
                self._count = call + 1
                return collected, call

    def flush(self) -> None:
        """Run what waits, because somebody looks."""
        with running, engine.outside_traces():
            if self._count:
                count = self._run_waiting()
                if count:
                    self._pace.looked(count)
            elif self._values:  # an interrupt came before the call was kept
                self._release()

    def _settle(self, variable: Variable) -> Any:
        """Return the value of a Variable that is held."""
        with running:
            self.flush()
            return variable.current()  # which another queue may hold by now

    # Values of Variables.

    def _hold(self) -> None:
        """Take the values of all Variables away: who asks for them comes to `_settle`.

        While they are away nobody is handed an array that is about to be overwritten.
        """
        if not all(map(dict.__contains__, self._held_in, repeat("_value"))):
            for variable in self._held:
                variable.current()  # what waits to write it comes before
        _exhaust(map(setitem, self._held_in, repeat("_settle"), repeat(self._settle)))
        # One call into C: what is taken away is at once where `_release` finds it.
        self._values[:] = map(dict.pop, self._held_in, repeat("_value"))

    def _release(self) -> None:
        """Give back the values of Variables that have no new ones."""
        if not self._values:
            return
        values = map(list.pop, repeat(self._values))  # the last first
        _exhaust(map(dict.setdefault, reversed(self._held_in), repeat("_value"), values))
        # a Variable that is kept does not keep the model
        _exhaust(map(dict.pop, self._held_in, repeat("_settle"), repeat(None)))

    # Arguments.

    def _keep(self, arrays: Sequence[Any]) -> None:
        if self._pace.capacity == 1:
            self._arrays = [own(array) for array in arrays]
            return
        if not self._count and not self._is_buffer(self._arrays):
            self._arrays, self._spare = self._new_buffers(), self._new_buffers()
        for buffer, array in zip(self._arrays, arrays, strict=True):
            buffer[self._count] = engine.to_numpy(array)

    def _is_buffer(self, arrays: list[Any]) -> bool:
        shapes = [(self._pace.capacity, *spec.shape) for spec in self._inputs]
        return [array.shape for array in arrays] == shapes

    def _new_buffers(self) -> list[Any]:
        capacity = self._pace.capacity
        return [engine.host_buffer((capacity, *_known(s.shape)), s.dtype) for s in self._inputs]

    # Running.

    def _run_waiting(self) -> int:
        """Run the calls that wait; return how many they were."""
        self._wait_for_last()  # an interrupt here loses nothing
        following = Collected(self)
        collected, self.collected = self.collected, following
        count, self._count = self._count, 0
        if not count:  # a signal handler looked at values while this waited
            return 0
        arrays, self._arrays, self._spare = self._arrays, self._spare, []
        if self._pace.capacity == 1:
            collected.settle(self._run_one(arrays), stacked=False)
            return count
        program = self._program(self._pace.capacity)
        results = self._store(program, np.int32(count), engine.adopt(arrays))
        self._spare = arrays  # not if an interrupt came: they may still be read
        collected.settle(results, stacked=True)
        return count

    def _wait_for_last(self) -> None:
        """Wait for the calls before, whose buffers are filled next; note how long they took."""
        if self._last is None:
            return
        last = token, count = self._last
        engine.block_until_ready(token)
        if self._last is not last:  # a signal handler made others run
            return
        self._last = None
        now = time.perf_counter()
        self._pace.took(now - self._ready, count)
        self._ready = now

    def _run_one(self, arrays: list[Any]) -> list[Any]:
        return self._store(self._program(1), np.int32(1), arrays)

    def _program(self, capacity: int) -> Any:
        """Return the program for stacks of so many calls, or for one call, not stacked."""
        if capacity not in self._programs:
            loop = self._loop_once if capacity == 1 else functools.partial(self._loop, capacity)
            donated = tuple(range(1, 1 + self._donated))
            self._programs[capacity] = engine.jit(loop, outermost=True, donate_argnums=donated)
        return self._programs[capacity]

    def _store(self, program: Any, count: Any, arrays: list[Any]) -> list[Any]:
        """Run, store new values, return results; give back the values that stay."""
        try:
            return self._run_program(program, count, arrays)
        finally:
            self._release()

    def _run_program(self, program: Any, count: Any, arrays: list[Any]) -> list[Any]:
        while not self._values:  # a signal handler looked at them
            self._hold()
        pairs = zip(self._used, self._values[: len(self._used)], strict=True)
        values = [v.unshared(a) if i < self._donated else a for i, (v, a) in enumerate(pairs)]
        arguments = (count, *values, *arrays)
        results = run_into(program, arguments, self._mappings, len(self._outputs) + 1)
        self._last = results.pop(), int(count)
        return results

    def _loop_once(self, count: Any, *flat: Any) -> list[Any]:
        size = len(self._used)
        stacked = [xp.expand_dims(array, 0) for array in flat[size:]]
        *found, token = self._loop(1, count, *flat[:size], *stacked)
        new = found[: len(self._written)]
        return [*new, *(part[0] for part in found[len(new) :]), token]

    def _loop(self, capacity: int, count: Any, *flat: Any) -> list[Any]:
        """Run `count` calls on stacked arrays; return new values, stacked results, `count`."""
        values, stacked = list(flat[: len(self._used)]), flat[len(self._used) :]
        place = {variable: i for i, variable in enumerate(self._used)}
        start = [
            values[place[v]] if v in place else xp.zeros(v.shape, v.dtype) for v in self._written
        ]
        kept = [xp.zeros((capacity, *spec.shape), spec.dtype) for spec in self._outputs]

        def body(i: Any, carry: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
            now, kept = carry
            for variable, value in zip(self._written, now, strict=True):
                if variable in place:
                    values[place[variable]] = value
            arrays = [engine.dynamic_index(array, i, keepdims=False) for array in stacked]
            # the same code between the barriers, and so the same bits, for each capacity
            found = self._run(*engine.optimization_barrier([*values, *arrays]))
            found = engine.optimization_barrier(found)
            results = zip(kept, found[len(now) :], strict=True)
            kept = [
                engine.dynamic_update_slice(all_, xp.expand_dims(one, 0), (i, *(0,) * one.ndim))
                for all_, one in results
            ]
            return found[: len(now)], kept

        new, kept = engine.fori_loop(0, count, body, (start, kept))
        return [*new, *kept, count + 1]


def own(array: Any) -> Any:
    """Copy what the caller may change while the program runs."""
    return array.copy() if isinstance(array, np.ndarray) else array


def _can_wait(arrays: Sequence[Any]) -> bool:
    """Say whether arrays can be collected on the host: not if they are on another device."""
    return engine.platform() == "cpu" or all(isinstance(a, np.ndarray) for a in arrays)


def _pending(collected: Collected, call: int, index: int) -> Tensor:
    return Tensor.pending(lambda: collected.value(call, index))

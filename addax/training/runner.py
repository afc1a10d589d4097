"""One kind of step of a model, compiled: many steps per call.

A `Runner` takes the arrays of the model's Variables, runs the steps `start <= i < stop`
over data that lie on the device, and gives the arrays back. The number of steps is an
argument of the executable, so every chunk size runs the same program and gives the same
bits.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from addax.core import packing
from addax.core.packing import Group, Packing
from addax.core.variable import Variable, functionalize
from addax.engine import engine, xp
from addax.training import step as steps


@dataclass
class Counts:
    """How often a model's functions were compiled and called; tests read it."""

    compilations: int = 0
    dispatches: int = 0


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
        descending: carried Variables that may change by a product of their gradient alone.
    """

    def __init__(
        self,
        step: Callable[[Any], dict[str, Any]],
        carried: Sequence[Variable],
        fixed: Sequence[Variable],
        counts: Counts,
        results: Callable[[], dict[str, Any]] | None = None,
        groups: Sequence[Group] = (),
        descending: Sequence[Variable] = (),
    ) -> None:
        self._step = step
        self._results = results
        self._packing = Packing(groups, carried)
        self._descending = set(descending)
        self._counts = counts
        self.carried = list(carried)
        self.fixed = list(fixed)
        self._compiled: Any = engine.jit(
            self._run, outermost=True, donate_argnums=0, static_argnames=("rows", "per_step")
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
            return engine.map_rows(lambda a: _batch(a, order, i, rows), data)

        carry_logs = per_step or self._results is None
        logs0 = {}
        state = self._packing.pack(values)
        pairs = zip(self.carried, values, strict=True)
        descending = [value for variable, value in pairs if variable in self._descending]
        step = engine.with_updates_in_place(self._pure_step, descending)
        if carry_logs:
            structure = _shape_of_step(step, state, fixed, batch_of)
            capacity = _capacity(data, rows) if per_step else 1
            logs0 = {k: xp.zeros((capacity, *s.shape), s.dtype) for k, s in structure.items()}

        def body(i: Any, carry: tuple[Any, Any]) -> tuple[Any, Any]:
            state, kept = carry
            new, logs = step(state, fixed, batch_of(i))
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
    lengths: list[int] = []
    engine.map_rows(lambda array: lengths.append(array.shape[0]), data)
    return lengths[0] if rows == 0 else max(1, lengths[0] // rows)


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

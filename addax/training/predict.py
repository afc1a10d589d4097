"""Prediction: many batches per compiled call, one row without a detour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from addax import tree
from addax.core.tensor import raw
from addax.core.variable import Variable, functionalize
from addax.data import Source
from addax.engine import engine, xp
from addax.training import step as steps
from addax.training.runner import Counts

# outputs of this many batches are gathered per call
_BATCHES_PER_CALL = 64
_MAX_OUTPUT_BYTES = 32 * 2**20


class Predictor:
    """The compiled `predict_step` of a model.

    Args:
        step: `predict_step(data) -> outputs`, imperative code over Variables.
        carried: Variables that the step may change (states of layers, seeds).
        fixed: Variables that it only reads.
        counts: shared counters.
    """

    def __init__(
        self,
        step: Callable[[Any], Any],
        carried: Sequence[Variable],
        fixed: Sequence[Variable],
        counts: Counts,
    ) -> None:
        self._step = step
        self._counts = counts
        self.carried = list(carried)
        self.fixed = list(fixed)
        self._one = engine.jit(self._run_one)
        self._many = engine.jit(
            self._run_many, outermost=True, static_argnames=("rows", "capacity")
        )
        self._definition: tree.TreeDef | None = None

    def _pure(self, values: list[Any], fixed: list[Any], batch: Any) -> tuple[list[Any], Any]:
        def call(batch: Any) -> list[Any]:
            outputs = self._step(steps.as_data(steps.as_tensors(batch)))
            flat, self._definition = tree.flatten_with_def(outputs)
            return [raw(leaf) for leaf in flat]

        outputs, new = functionalize(call, [*self.carried, *self.fixed])([*values, *fixed], batch)
        return new[: len(self.carried)], outputs

    def _run_one(self, values: list[Any], fixed: list[Any], batch: Any) -> tuple[list[Any], Any]:
        self._counts.compilations += 1
        return self._pure(values, fixed, batch)

    def _run_many(
        self, values: list[Any], fixed: list[Any], x: Any, first: Any, count: Any, *,
        rows: int, capacity: int,
    ) -> tuple[list[Any], Any]:  # fmt: skip
        """Run `count` batches from batch `first`; return their outputs in a row."""
        self._counts.compilations += 1

        def batch_at(i: Any) -> Any:
            return engine.tree_map(lambda a: engine.rows_at(a, i * rows, rows), x)

        shapes = engine.eval_shape(lambda: self._pure(values, fixed, batch_at(0))[1])
        buffers = [xp.zeros((capacity * rows, *s.shape[1:]), s.dtype) for s in shapes]

        def body(i: Any, carry: Any) -> Any:
            values, buffers = carry
            new, outputs = self._pure(values, fixed, batch_at(first + i))
            written = [
                engine.write_rows(buffer, i * rows, output)
                for buffer, output in zip(buffers, outputs, strict=True)
            ]
            return new, written

        return engine.fori_loop(0, count, body, (values, buffers))

    def _store(self, values: list[Any]) -> None:
        for variable, value in zip(self.carried, values, strict=True):
            variable.give(value)

    def batch(self, batch: Any) -> list[np.ndarray]:
        """Return the outputs of one batch, flat, as NumPy arrays."""
        self._counts.dispatches += 1
        values, outputs = self._one(
            [v._value for v in self.carried], [v._value for v in self.fixed], batch
        )
        self._store(values)
        return [np.asarray(output) for output in outputs]

    def batches(
        self, source: Source, on_begin: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, int, list[np.ndarray]]]:
        """Yield `(first step, number of steps, outputs)` over a source.

        Args:
            source: the data.
            on_begin: called with the step's number before each batch; every batch gets
                its own call then.
        """
        exact = on_begin is not None
        arrays = source.arrays
        start = 0
        if arrays is not None and not exact and self._is_plain(source):
            full = source.size // source.batch_size  # type: ignore[attr-defined]
            if full > 1:
                for first, count, outputs in self._full(arrays, source.batch_size, full):
                    yield first, count, outputs
                    start = first + count
        for number, batch in enumerate(source):
            if number < start:
                continue
            if on_begin is not None:
                on_begin(number)
            yield number, 1, self.batch(batch)

    def _is_plain(self, source: Source) -> bool:
        return hasattr(source, "size") and not source.shuffle

    def _full(self, arrays: Any, rows: Any, full: int) -> Iterator[tuple[int, int, list[Any]]]:
        x = engine.place(arrays)
        capacity = self._capacity(x, rows, full)
        for first in range(0, full, capacity):
            count = min(capacity, full - first)
            self._counts.dispatches += 1
            values, buffers = self._many(
                [v._value for v in self.carried], [v._value for v in self.fixed], x,
                np.int32(first), np.int32(count), rows=rows, capacity=capacity,
            )  # fmt: skip
            self._store(values)
            yield first, count, [np.asarray(buffer)[: count * rows] for buffer in buffers]

    def _capacity(self, x: Any, rows: int, full: int) -> int:
        values, fixed = [v._value for v in self.carried], [v._value for v in self.fixed]
        head = engine.tree_map(lambda a: a[:rows], x)
        shapes = engine.eval_shape(lambda: self._pure(values, fixed, head)[1])
        size = sum(int(np.prod(s.shape)) * s.dtype.itemsize for s in shapes)
        return max(1, min(full, _BATCHES_PER_CALL, _MAX_OUTPUT_BYTES // max(size, 1)))

    def unflatten(self, flat: list[Any]) -> Any:
        """Put flat outputs into the structure the step returned."""
        if self._definition is None:
            raise RuntimeError("`unflatten` needs a call before it.")
        return tree.unflatten(self._definition, flat)

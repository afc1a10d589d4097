"""Batches, collected in the background and stacked into windows.

The training loop runs all steps of a window in one compiled call, while the next window is
being filled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from addax import tree
from addax.data.background import Background

_MAX_WINDOW_BYTES = 64 * 2**20
_CHEAP_BYTES = 4 * 2**20


class Window(NamedTuple):
    """Consecutive batches of equal shapes.

    Attributes:
        batch: `(x, y, sample_weight)`, each array with a leading axis of `capacity` batches.
        steps: number of batches; the rest up to the capacity is zero.
        start: number of the first batch within the epoch.
    """

    batch: Any
    steps: int
    start: int

    @property
    def capacity(self) -> int:
        """Length of the leading axis, >= `steps`."""
        return len(next(leaf for leaf in tree.flatten(self.batch) if leaf is not None))


class _Stack:
    """The window being filled."""

    def __init__(self, leaves: list[Any], definition: Any, room: int, start: int) -> None:
        self.definition = definition
        self.signature = signature_of(leaves)
        self.room = room
        self.start = start
        self.steps = 0
        self.opened = time.monotonic()
        self.arrays = [
            None if leaf is None else np.empty((room, *leaf.shape), leaf.dtype) for leaf in leaves
        ]

    def accepts(self, leaves: list[Any], definition: Any) -> bool:
        return self.signature == signature_of(leaves) and self.definition == definition

    def add(self, leaves: list[Any]) -> None:
        for array, leaf in zip(self.arrays, leaves, strict=True):
            if array is not None:
                array[self.steps] = leaf
        self.steps += 1

    def window(self, capacity: int) -> Window:
        cut = [None if array is None else array[:capacity] for array in self.arrays]
        for array in cut:
            if array is not None:
                array[self.steps :] = 0
        return Window(tree.unflatten(self.definition, cut), self.steps, self.start)


def signature_of(leaves: list[Any]) -> tuple[Any, ...]:
    """Return the shapes and types that decide whether batches can be stacked."""
    return tuple(None if leaf is None else (leaf.shape, leaf.dtype) for leaf in leaves)


def _capacity(stack: _Stack, used: set[int]) -> int:
    """Return the length to cut a window to, and note it in `used`."""
    if sum(array.nbytes for array in stack.arrays if array is not None) <= _CHEAP_BYTES:
        return stack.room
    near = [size for size in used if stack.steps <= size <= min(8 * stack.steps, stack.room)]
    capacity = min(near) if near else min(stack.room, 1 << (stack.steps - 1).bit_length())
    used.add(capacity)
    return capacity


class Prefetcher(Background[Window]):
    """Iterator over the windows of one epoch, filled by a background thread.

    A batch of another shape (the last, smaller one, or another sequence length) closes a window
    and starts the next one. So that few different shapes need to be compiled, a window that is
    cut short keeps its capacity if it is small (4 MiB), else takes one that was used before for
    its shapes where that wastes little, else a power of two.

    An exception in the data is raised again here, after the windows before it. Use it as a
    context manager, so that the thread ends with the loop.

    Args:
        batches: batches of one epoch, such as a `Source`.
        size: batches per window; may be changed while iterating (`prefetcher.size = 8`), or a
            function that returns it. Fewer if a window would exceed 64 MiB.
        depth: finished windows to keep ahead; default 2.
        max_seconds: a window that has been filling for so long is handed over as it is, so that
            slow data does not hold up the progress; default 0.1, None for never.

    Example:
        >>> batches = [(np.full((2, 3), i, "float32"), None, None) for i in range(5)]
        >>> with Prefetcher(batches, size=2) as windows:
        ...     [(w.start, w.steps, w.batch[0].shape) for w in windows]
        [(0, 2, (2, 2, 3)), (2, 2, (2, 2, 3)), (4, 1, (2, 2, 3))]
    """

    def __init__(
        self,
        batches: Iterable[Any],
        size: int | Callable[[], int] = 32,
        *,
        depth: int = 2,
        max_seconds: float | None = 0.1,
    ) -> None:
        """Start the thread."""
        self.size = size
        self._batches = batches
        self._max_seconds = max_seconds
        self._capacities: dict[Any, set[int]] = {}
        super().__init__(depth)

    def produce(self) -> Iterator[Window]:
        """Yield the windows, made from the batches."""
        iterator = iter(self._batches)
        try:
            yield from self._collect(iterator)
        finally:
            if hasattr(iterator, "close"):
                iterator.close()

    def _collect(self, iterator: Iterator[Any]) -> Iterator[Window]:
        stack: _Stack | None = None
        failure: BaseException | None = None
        try:
            for number, batch in enumerate(iterator):
                if self.stopped:
                    return
                leaves, definition = tree.flatten_with_def(batch)
                if stack is not None and not stack.accepts(leaves, definition):
                    yield self._close_window(stack)
                    stack = None
                if stack is None:
                    stack = _Stack(leaves, definition, self._room(leaves), number)
                stack.add(leaves)
                if stack.steps == stack.room or self._is_late(stack):
                    yield self._close_window(stack)
                    stack = None
        except GeneratorExit:
            raise
        except BaseException as error:
            failure = error
        # Batches before a failure have been served, and are trained on.
        if stack is not None:
            yield self._close_window(stack)
        if failure is not None:
            raise failure

    def _is_late(self, stack: _Stack) -> bool:
        waited = time.monotonic() - stack.opened
        return self._max_seconds is not None and waited > self._max_seconds

    def _room(self, leaves: list[Any]) -> int:
        wanted = self.size() if callable(self.size) else self.size
        per_batch = sum(leaf.nbytes for leaf in leaves if leaf is not None)
        return max(1, min(int(wanted), _MAX_WINDOW_BYTES // max(per_batch, 1)))

    def _close_window(self, stack: _Stack) -> Window:
        used = self._capacities.setdefault(stack.signature, set())
        return stack.window(_capacity(stack, used))

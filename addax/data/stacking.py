"""Batches, stacked into windows.

The training loop runs all steps of a window in one compiled call. While the device computes,
the thread that waits for it reads the batches of the next window: code of the data runs where
the user's code runs, and no other thread takes turns with it in the interpreter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from addax import tree

_MAX_WINDOW_BYTES = 64 * 2**20
_CHEAP_BYTES = 4 * 2**20

Allocate = Callable[[tuple[int, ...], Any], np.ndarray]


class Window(NamedTuple):
    """Consecutive batches of equal shapes.

    Attributes:
        batch: `(x, y, sample_weight)`, each array with a leading axis of `capacity` batches.
        steps: number of batches; what follows up to the capacity is not set.
        start: how many batches came before, of those that were served in this epoch.
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

    def __init__(
        self, leaves: list[Any], definition: Any, room: int, start: int, allocate: Allocate
    ) -> None:
        self.definition = definition
        self.signature = signature_of(leaves)
        self.room = room
        self.start = start
        self.steps = 0
        self.arrays = [
            None if leaf is None else allocate((room, *leaf.shape), leaf.dtype) for leaf in leaves
        ]

    def accepts(self, leaves: list[Any], definition: Any) -> bool:
        if definition is not self.definition and definition != self.definition:
            return False
        for leaf, expected in zip(leaves, self.signature, strict=True):
            if leaf is None or expected is None:
                if leaf is not expected:
                    return False
            elif leaf.shape != expected[0] or leaf.dtype != expected[1]:
                return False
        return True

    def add(self, leaves: list[Any]) -> None:
        for array, leaf in zip(self.arrays, leaves, strict=True):
            if array is not None:
                array[self.steps] = leaf
        self.steps += 1

    def window(self, capacity: int) -> Window:
        cut = [None if array is None else array[:capacity] for array in self.arrays]
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


class BatchWindows:
    """Iterator over the windows of one epoch; a context manager that closes the data.

    A batch of another shape (the last, smaller one, or another sequence length) closes a window
    and starts the next one. So that few different shapes need to be compiled, a window that is
    cut short keeps its capacity if it is small (4 MiB), else takes one that was used before for
    its shapes where that wastes little, else a power of two.

    An exception in the data is raised after the windows before it, an interrupt at once.

    Args:
        batches: batches of one epoch, such as a `Source`.
        size: batches per window; fewer if a window would exceed 64 MiB.
        seconds: how long to read for a window before it is handed over as it is; default 2 ms,
            a few times what it takes to start a compiled call. Slower data come one by one.
        allocate: `allocate(shape, dtype)` gives the memory, such as `numpy.empty`.

    Example:
        >>> batches = [(np.full((2, 3), i, "float32"), None, None) for i in range(5)]
        >>> with BatchWindows(batches, size=2) as windows:
        ...     [(w.start, w.steps, w.batch[0].shape) for w in windows]
        [(0, 2, (2, 2, 3)), (2, 2, (2, 2, 3)), (4, 1, (2, 2, 3))]
    """

    def __init__(
        self,
        batches: Iterable[Any],
        size: int,
        *,
        seconds: float = 0.002,
        allocate: Allocate = np.empty,
    ) -> None:
        """Remember where the batches come from."""
        self._iterator = iter(batches)
        self._size = size
        self._seconds = seconds
        self._allocate = allocate
        self._capacities: dict[Any, set[int]] = {}
        self._stack: _Stack | None = None
        self._ready: Window | None = None  # ready to be handed over
        self._began = 0.0  # when the first batch of the stack was asked for
        self._count = 0
        self._ended = False
        self._failure: Exception | None = None

    def __enter__(self) -> BatchWindows:
        """Return itself."""
        return self

    def __exit__(self, *unused: object) -> None:
        """Close the data."""
        self._stack = self._ready = self._failure = None
        self._end()

    def __iter__(self) -> BatchWindows:
        """Return itself."""
        return self

    def __next__(self) -> Window:
        """Return what was read and, for `seconds` or up to `size`, what can be; wait for one."""
        self.fill(self._is_late)
        if self._ready is None:
            self._close_stack()
        window, self._ready = self._ready, None
        if window is not None:
            return window
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        raise StopIteration

    def fill(self, enough: Callable[[], bool]) -> None:
        """Read batches until a window is full, or `enough()` after one of them."""
        while self._ready is None and not self._ended:
            if self._stack is None:
                self._began = time.monotonic()
            elif self._stack.steps == self._stack.room:
                self._close_stack()
                return
            elif enough():
                return
            try:
                self._add(next(self._iterator))
            except StopIteration:
                self._end()
            except Exception as error:  # noqa: BLE001 - raised after the windows before it
                self._failure = error
                self._end()

    def _is_late(self) -> bool:
        return time.monotonic() - self._began >= self._seconds

    def _add(self, batch: Any) -> None:
        leaves, definition = tree.flatten_with_def(batch)
        if self._stack is not None and not self._stack.accepts(leaves, definition):
            self._close_stack()
        if self._stack is None:
            room = self._room(leaves)
            self._stack = _Stack(leaves, definition, room, self._count, self._allocate)
        self._stack.add(leaves)
        self._count += 1

    def _room(self, leaves: list[Any]) -> int:
        per_batch = sum(leaf.nbytes for leaf in leaves if leaf is not None)
        return max(1, min(self._size, _MAX_WINDOW_BYTES // max(per_batch, 1)))

    def _close_stack(self) -> None:
        stack, self._stack = self._stack, None
        if stack is not None:
            used = self._capacities.setdefault(stack.signature, set())
            self._ready = stack.window(_capacity(stack, used))

    def _end(self) -> None:
        self._ended = True
        if hasattr(self._iterator, "close"):
            self._iterator.close()

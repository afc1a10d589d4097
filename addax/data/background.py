"""An iterator whose items a background thread makes ahead of time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

_POLL_SECONDS = 0.1
_JOIN_SECONDS = 10.0
_END = object()

Item = TypeVar("Item")


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class Background(Generic[Item]):
    """Iterator over `produce()`, run by a thread; a context manager that stops the thread.

    An exception in `produce` is raised again here, after the items before it.

    Args:
        depth: finished items to keep ahead, >= 1.
    """

    def __init__(self, depth: int) -> None:
        """Start the thread: the subclass must be ready to produce."""
        self._ready: queue.Queue[Any] = queue.Queue(maxsize=depth)
        self._stop = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="addax-prefetch", daemon=True)
        self._thread.start()

    def produce(self) -> Iterator[Item]:
        """Yield the items; runs in the thread."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Item]:
        """Return itself."""
        return self

    def __next__(self) -> Item:
        """Return the next item; raise what the data raised."""
        if self._ended:
            raise StopIteration
        item = self._ready.get()
        if item is not _END and not isinstance(item, _Failure):
            return item
        self._ended = True
        self._thread.join(_JOIN_SECONDS)
        if isinstance(item, _Failure):
            raise item.error
        raise StopIteration

    def __enter__(self) -> Any:
        """Return itself."""
        return self

    def __exit__(self, *unused: object) -> None:
        """Stop the thread."""
        self.close()

    def close(self) -> None:
        """Stop the thread and drop the items that were not taken."""
        self._ended = True
        self._stop.set()
        while not self._ready.empty():
            try:
                self._ready.get_nowait()
            except queue.Empty:
                break
        self._thread.join(_JOIN_SECONDS)

    def _put(self, item: Any) -> bool:
        while not self._stop.is_set():
            try:
                self._ready.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def _work(self) -> None:
        items = self.produce()
        last: Any = _END
        try:
            for item in items:
                if not self._put(item):
                    return
        except BaseException as error:  # Also KeyboardInterrupt: the consumer must see it.
            last = _Failure(error)
        finally:
            items.close()  # type: ignore[attr-defined]
            self._put(last)

"""`PyDataset`: batches by number, loaded in parallel, in order."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from addax import errors

if TYPE_CHECKING:
    from concurrent.futures import Future


class PyDataset:
    """Base class of data sets that make one batch at a time, by its number.

    A subclass defines `__len__` (or `num_batches`), the number of batches, and `__getitem__`,
    which returns batch `index` as `(x,)`, `(x, y)` or `(x, y, sample_weight)`. In contrast to a
    generator, each batch is seen once per epoch, and several threads can prepare batches.

    Args:
        workers: threads that call `__getitem__`; 1 (the default) loads batches one by one.
            The order of the batches does not depend on it.
        use_multiprocessing: accepted for compatibility; the workers are threads, which is what
            reading files and NumPy need, and more than one is used.
        max_queue_size: batches that are prepared ahead; default 10.

    Example:
        >>> import numpy as np
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         x = np.arange(4 * index, 4 * index + 4)
        ...         return x, x**2
        >>> [int(y.sum()) for x, y in Squares(workers=2)]
        [14, 126, 366]
    """

    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        """Set how batches are loaded."""
        self.workers = errors.non_negative_int(type(self).__name__, "workers", workers)
        self.use_multiprocessing = bool(use_multiprocessing)
        self.max_queue_size = errors.positive_int(
            type(self).__name__, "max_queue_size", max_queue_size
        )

    def __getitem__(self, index: int) -> Any:
        """Return batch `index` as `(x,)`, `(x, y)` or `(x, y, sample_weight)`."""
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `__getitem__(self, index)`, which returns batch "
            "`index` as `(x, y)`."
        )

    def __iter__(self) -> Iterator[Any]:
        """Yield the batches in order, without threads."""
        for index in _indices(self.num_batches):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """Number of batches of an epoch; None if it is infinite."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `__len__(self)`, the number of batches "
            "(or a property `num_batches`; None for an infinite data set)."
        )

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch; the place to shuffle."""


Sequence = PyDataset  # The former name; the same class, so that `isinstance` agrees.


def _indices(count: int | None) -> Iterable[int]:
    return itertools.count() if count is None else range(count)


def number_of_workers(dataset: Any) -> int:
    """Return how many threads load the batches of `dataset`; 0 or 1 for none."""
    workers = int(getattr(dataset, "workers", 1) or 0)
    return max(workers, 2) if getattr(dataset, "use_multiprocessing", False) else workers


def _load_ahead(dataset: Any, numbers: Iterator[int]) -> Iterator[Any]:
    """Yield batches of `dataset`, prepared ahead by its workers."""
    workers = number_of_workers(dataset)
    if workers < 2:
        for number in numbers:
            yield dataset[int(number)]
        return
    ahead = max(int(getattr(dataset, "max_queue_size", 10)), workers)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(workers, thread_name_prefix="addax-data")
    waiting: deque[Future[Any]] = deque()
    try:
        for number in numbers:
            waiting.append(pool.submit(dataset.__getitem__, int(number)))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Batches:
    """Iterator over batches of a data set, which leaves out batches without loading them.

    Args:
        dataset: object with `__getitem__`, and perhaps `workers` and `max_queue_size`.
        order: batch numbers; None for 0, 1, 2, ... without end.

    Example:
        >>> batches = Batches(["a", "b", "c"], range(3))
        >>> batches.skip(), next(batches)
        (True, 'b')
    """

    def __init__(self, dataset: Any, order: Iterable[int] | None) -> None:
        """Keep the data set; nothing is loaded yet."""
        self._dataset = dataset
        self._numbers = iter(itertools.count() if order is None else order)
        self._is_first = True
        self._rest: Iterator[Any] | None = None

    def __iter__(self) -> Batches:
        """Return itself."""
        return self

    def __next__(self) -> Any:
        """Load the next batch; the first one alone, so that looking at it starts no threads."""
        if self._rest is None and self._is_first:
            self._is_first = False
            return self._dataset[int(next(self._numbers))]
        if self._rest is None:
            self._rest = _load_ahead(self._dataset, self._numbers)
        return next(self._rest)

    def skip(self) -> bool:
        """Leave out the next batch; False if there is none."""
        source = self._numbers if self._rest is None else self._rest
        return next(source, None) is not None

    def close(self) -> None:
        """Stop the threads."""
        if self._rest is not None:
            self._rest.close()  # type: ignore[attr-defined]

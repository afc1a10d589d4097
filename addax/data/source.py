"""`Source`: batches `(x, y, sample_weight)` of NumPy arrays, epoch after epoch.

`ArraySource` serves data that has rows, `StreamSource` data that only has a next batch.
"""

from __future__ import annotations

import copy
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from addax import tree
from addax.data.check import steps_name
from addax.data.lazy import LazyRows
from addax.data.order import epoch_order

# Each part is an array or a tuple, list or dict of arrays; y and sample_weight may be None.
Batch = tuple[Any, Any, Any]


class Source(Protocol):
    """What the training loop needs to know of data.

    Attributes:
        num_batches: batches of an epoch; None until the first epoch has shown it.
        batch_size: samples of a full batch; None if not known.
        arrays: the whole data as in-memory arrays with one common length, else None.
        shuffle: False, True (samples) or `"batch"` (order of the batches).
        seed: seed of the order of the epochs; may be set before an epoch.
        epoch: number of the epoch that the next iteration serves, from 0; may be set to resume.
        skip: number of batches that the iterations of this epoch leave out at their beginning.
        skips: whether it leaves out batches without reading them.
        one_way: whether a batch can be read but once, as those of a generator.
        exhausted: True once a one-way stream has ended, so that no batch will come any more.
    """

    @property
    def num_batches(self) -> int | None: ...  # noqa: D102
    @property
    def batch_size(self) -> int | None: ...  # noqa: D102
    @property
    def arrays(self) -> Batch | None: ...  # noqa: D102
    @property
    def exhausted(self) -> bool: ...  # noqa: D102
    @property
    def skips(self) -> bool: ...  # noqa: D102
    @property
    def one_way(self) -> bool: ...  # noqa: D102

    shuffle: bool | str
    seed: int
    epoch: int
    skip: int

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of one epoch."""
        ...

    def on_epoch_begin(self) -> None:
        """Tell the data that an epoch begins; called before iterating."""
        ...

    def on_epoch_end(self) -> None:
        """Tell the data that an epoch has ended, and go on to the next one."""
        ...

    def peek(self) -> Batch:
        """Return a first batch, which the following iteration will serve all the same."""
        ...

    def forward(self, epochs: int) -> None:
        """Pass over epochs that were served before, perhaps by another process."""
        ...

    def rewind(self) -> None:
        """Let the next epoch begin with the first batch, if there is a way back."""
        ...


class ArraySource:
    """Rows of arrays, in batches.

    Args:
        batch: `(x, y, sample_weight)` of arrays or `LazyRows` with `size` rows each.
        size: number of rows, n.
        batch_size: rows per batch; the last batch has the rest.
        shuffle: False, True or `"batch"`.
        seed: seed of the order of the epochs.
        finish: applied to each batch that is served, not to `arrays`.
    """

    exhausted = False
    skips = True
    one_way = False

    def __init__(
        self,
        batch: Batch,
        size: int,
        batch_size: int,
        shuffle: bool | str = False,
        seed: int = 0,
        finish: Callable[[Batch], Batch] | None = None,
    ) -> None:
        """Keep the arrays without copying them."""
        self._batch = batch
        self._finish = finish
        self.size = size
        self.batch_size = min(batch_size, size)
        self.num_batches = -(-size // batch_size)
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = 0
        self.skip = 0

    @property
    def whole(self) -> Batch | None:
        """All rows `(x, y, sample_weight)`, some perhaps lazy; None if batches are changed."""
        return self._batch if self._finish is None else None

    @property
    def arrays(self) -> Batch | None:
        """All rows `(x, y, sample_weight)`, or None if some are not in memory."""
        if any(isinstance(leaf, LazyRows) for leaf in tree.flatten(self._batch)):
            return None
        return self._batch

    def with_batch(self, batch: Batch) -> ArraySource:
        """Return a source of other arrays with as many rows, which serves them alike."""
        source = copy.copy(self)
        source._batch = batch
        return source

    def order(self, epoch: int | None = None) -> np.ndarray | None:
        """Return the order of the rows in `epoch`, by default this one; see `epoch_order`."""
        epoch = self.epoch if epoch is None else epoch
        return epoch_order(self.size, self.seed, epoch, self.shuffle, self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        """Return an iterator over the batches of the current epoch."""
        return _ArrayBatches(self)

    def rows(self, order: np.ndarray | None, number: int) -> Batch:
        """Return batch `number` of an epoch in this order."""
        start = number * self.batch_size
        stop = min(start + self.batch_size, self.size)
        return self._rows(slice(start, stop) if order is None else order[start:stop])

    def _rows(self, index: Any) -> Batch:
        batch = tree.map_structure(lambda leaf: None if leaf is None else leaf[index], self._batch)
        return batch if self._finish is None else self._finish(batch)

    def peek(self) -> Batch:
        """Return the first rows, as many as a batch has."""
        return self._rows(slice(0, self.batch_size))

    def on_epoch_begin(self) -> None:
        """Do nothing: arrays need no notice."""

    def on_epoch_end(self) -> None:
        """Go on to the order of the next epoch."""
        self.epoch += 1
        self.skip = 0

    def forward(self, epochs: int) -> None:
        """Pass over epochs: the order of each depends on its number alone."""
        self.epoch += epochs

    def rewind(self) -> None:
        """Do nothing: every epoch begins with the first batch."""


class _ArrayBatches:
    """Iterator over the batches of an `ArraySource`; `skip` costs nothing."""

    def __init__(self, source: ArraySource) -> None:
        self._source = source
        self._order = source.order()
        self._numbers = iter(range(source.skip, source.num_batches))

    def __iter__(self) -> _ArrayBatches:
        return self

    def __next__(self) -> Batch:
        return self._source.rows(self._order, next(self._numbers))

    def skip(self) -> bool:
        return next(self._numbers, None) is not None


_END = object()
_SKIPPED: Any = object()

_RAN_OUT = (
    "`x` of `{owner}` ran out of data in epoch {epoch}: {served} of {limit} batches came. "
    "The epoch ends here. Lower `{steps}` (now {limit}), or give data with at least "
    "`{steps} * epochs` batches, such as a generator that repeats."
)
_EXHAUSTED = (
    "`x` of `{owner}` has no batches left for epoch {epoch}: a generator can be read once. "
    "Pass `{steps}` and a generator that repeats (`while True: ...`), or a `PyDataset`."
)
_EMPTY = (
    "`x` of `{owner}` must give at least one batch. Received: {kind} without any batch. "
    "A generator that has been read to its end must be created again."
)


class StreamSource:
    """Batches that come one after the other.

    With `steps`, an epoch takes that many batches and the next one goes on where it stopped.
    Without, an epoch goes to the end of the stream.

    Args:
        open_stream: called with this source, returns an iterator over raw batches.
        to_batch: turns a raw batch, and its number for messages, into `(x, y, sample_weight)`.
        length: called before each epoch, the number of batches in the stream or None.
        steps: batches of an epoch, or None.
        restartable: whether `open_stream` can be called again for the next pass.
        owner: the function that received the data, for messages.
        kind: what the data is, for messages, such as `"a generator"`.
        begin_hook: called before each epoch, and may change the data.
        end_hook: called after each epoch, and may change the data.
        shuffle: False, True or `"batch"`; used by `open_stream`.
        seed: seed of the order of the epochs; used by `open_stream`.
    """

    arrays = None

    def __init__(
        self,
        open_stream: Callable[[StreamSource], Iterator[Any]],
        to_batch: Callable[[Any, int], Batch],
        *,
        length: Callable[[], int | None] = lambda: None,
        steps: int | None = None,
        restartable: bool = True,
        owner: str = "fit",
        kind: str = "an iterable",
        begin_hook: Callable[[], object] | None = None,
        end_hook: Callable[[], object] | None = None,
        shuffle: bool | str = False,
        seed: int = 0,
    ) -> None:
        """Keep the way to the data without reading it."""
        self._open_stream = open_stream
        self._to_batch = to_batch
        self._length = length
        self._steps = steps
        self._restartable = restartable
        self.one_way = not restartable
        self._owner = owner
        self._kind = kind
        self._begin_hook = begin_hook
        self._end_hook = end_hook
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = 0
        self.skip = 0
        self.skips = False
        self.passes = 0  # how often the stream was opened
        self.exhausted = False
        self.batch_size: int | None = None
        self._discovered: int | None = None
        self._iterator: Iterator[Any] | None = None
        self._peeked: Batch | None = None
        self._opened_for = (seed, 0)
        self._position = 0  # Batches read in this pass, for messages.

    @property
    def num_batches(self) -> int | None:
        """Batches of an epoch: `steps`, or the length, or what the last epoch had."""
        if self._steps is not None:
            return self._steps
        length = self._length()
        return self._discovered if length is None else length

    def peek(self) -> Batch:
        """Return the first batch and keep it for the next iteration.

        Raises:
            ValueError: if there is none.
        """
        if self._peeked is None:
            self._peeked = self._read()
            if self._peeked is None:
                raise ValueError(_EMPTY.format(owner=self._owner, kind=self._kind))
        return self._peeked

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of one epoch, and warn if some are missing."""
        if self._steps is None and self._restartable and not self._is_fresh():
            self._peeked = None
            self._close()
        limit = self._steps if self._steps is not None else self._length()
        served, skip = 0, self.skip
        while limit is None or served < limit:
            batch = self._next(first=served == 0, load=served >= skip)
            if batch is None:
                break
            served += 1
            if served > skip:
                yield batch
        self._finish_epoch(served, limit)

    def _is_fresh(self) -> bool:
        """Say whether the stream stands at its beginning, in the order of this epoch."""
        return self._peeked is not None and self._opened_for == (self.seed, self.epoch)

    def _next(self, *, first: bool, load: bool) -> Batch | None:
        """Return the next batch; if not `load`, perhaps only something in its place."""
        batch, self._peeked = self._peeked, None
        if batch is not None:
            return batch
        resumed = self._iterator is not None
        batch = self._read(load)
        if batch is None and first and resumed and self._restartable:
            # The last epoch took exactly all batches of the pass.
            batch = self._read(load)
        return batch

    def _open(self) -> Iterator[Any]:
        if self._iterator is None:
            self._opened_for = (self.seed, self.epoch)
            self.passes += 1
            self._iterator = iter(self._open_stream(self))
            self.skips = hasattr(self._iterator, "skip")
            self._position = 0
        return self._iterator

    def _read(self, load: bool = True) -> Batch | None:
        if self.exhausted:
            return None
        item = _next_item(self._open(), load)
        if item is _END:
            self._iterator = None
            self.exhausted = not self._restartable
            return None
        batch = self._to_batch(item, self._position) if load else _SKIPPED
        self._position += 1
        if not load:
            return batch
        if self.batch_size is None:
            self.batch_size = len(next(leaf for leaf in tree.flatten(batch) if leaf is not None))
        return batch

    def _finish_epoch(self, served: int, limit: int | None) -> None:
        if self._steps is None:
            self._discovered = served or self._discovered
            if self._restartable:
                self._close()
        names = {"owner": self._owner, "epoch": self.epoch + 1, "steps": steps_name(self._owner)}
        if served == 0 and self.exhausted:
            warnings.warn(_EXHAUSTED.format(**names), UserWarning, stacklevel=2)
        elif limit is not None and served < limit:
            text = _RAN_OUT.format(served=served, limit=limit, **names)
            warnings.warn(text, UserWarning, stacklevel=2)

    def _close(self) -> None:
        iterator, self._iterator = self._iterator, None
        if iterator is not None and hasattr(iterator, "close"):
            iterator.close()

    def on_epoch_begin(self) -> None:
        """Call the hook of the data."""
        if self._begin_hook is None:
            return
        self._begin_hook()
        if self._steps is None and self._restartable:
            # The hook may have changed the data since the first batch was looked at.
            self._peeked = None

    def on_epoch_end(self) -> None:
        """Call the hook of the data, and go on to the next epoch."""
        self.epoch += 1
        self.skip = 0
        if self._end_hook is not None:
            self._end_hook()

    def forward(self, epochs: int) -> None:
        """Pass over epochs, with the hooks of the data and, where there is no other way, reading.

        Call it before the first iteration, when `seed` and `epoch` are set.
        """
        if self._restartable and not self._is_fresh():
            self._start_again()
        for _ in range(epochs):
            self.on_epoch_begin()
            self.skip = sys.maxsize
            for _ in self:
                pass
            self.on_epoch_end()

    def rewind(self) -> None:
        """Let the next epoch begin with the first batch, if the stream can be opened again."""
        if self._restartable and self._position > (self._peeked is not None):
            self._start_again()

    def _start_again(self) -> None:
        self._peeked = None
        self._close()
        self.passes = self._position = 0


def _next_item(iterator: Any, load: bool) -> Any:
    """Return the next item, or `_END`; one that is not to be loaded is skipped if it can be."""
    if not load and hasattr(iterator, "skip"):
        return _SKIPPED if iterator.skip() else _END
    return next(iterator, _END)

"""A source whose inputs are changed on the host before training sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from addax import tree
from addax.data.convert import IN_MEMORY_LIMIT
from addax.data.source import ArraySource, Batch, Source

_OWN = ("_source", "_function", "_peeked")


class MappedSource:
    """The batches of another source, with a function applied to their inputs.

    All else, such as `epoch` or `skip`, is that of the other source.

    Args:
        source: the other source.
        function: from the inputs of a batch to new inputs of as many rows.
    """

    arrays = None

    def __init__(self, source: Source, function: Callable[[Any], Any]) -> None:
        """Keep the source without reading it."""
        self._source = source
        self._function = function
        self._peeked: tuple[Batch, Batch] | None = None

    def __getattr__(self, name: str) -> Any:
        if name in ("size", "whole", "rows", "order"):  # it has batches only
            raise AttributeError(name)
        return getattr(self._source, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            super().__setattr__(name, value)
        else:
            setattr(self._source, name, value)

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches of one epoch."""
        return map(self._mapped, self._source)

    def peek(self) -> Batch:
        """Return the first batch, which the following iteration serves all the same."""
        batch = self._source.peek()
        if self._peeked is None or self._peeked[0] is not batch:
            self._peeked = (batch, self._mapped(batch))
        return self._peeked[1]

    def _mapped(self, batch: Batch) -> Batch:
        x, y, weight = batch
        return self._function(x), y, weight


def map_inputs(source: Source, function: Callable[[Any], Any]) -> Source:
    """Apply a function to the inputs: at once where the result fits in memory, else per batch.

    Args:
        source: batches.
        function: from inputs to new inputs of as many rows.

    Example:
        >>> import numpy as np
        >>> from addax.data import as_source
        >>> source = as_source(np.array(["a", "bb"]), texts=True)
        >>> map_inputs(source, lambda x: np.char.str_len(x.astype(str))).arrays[0].tolist()
        [1, 2]
    """
    arrays = source.arrays
    if not isinstance(source, ArraySource) or arrays is None:
        return MappedSource(source, function)
    head = tree.flatten(function(source.peek()[0]))
    per_row = sum(leaf.nbytes for leaf in head) / max(source.batch_size, 1)
    if per_row * source.size > IN_MEMORY_LIMIT:
        return MappedSource(source, function)
    x, y, weight = arrays
    return source.with_batch((function(x), y, weight))

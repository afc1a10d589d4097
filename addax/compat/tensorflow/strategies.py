"""`tf.distribute` on one device: scopes that change nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


class Strategy:
    """A strategy for the one device there is."""

    num_replicas_in_sync = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """Do nothing, around a block."""
        yield self

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Call a function."""
        return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """Return the value: there is one replica."""
        return value

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """Return the data set."""
        return dataset


class MirroredStrategy(Strategy):
    """As `Strategy`."""


class OneDeviceStrategy(Strategy):
    """As `Strategy`."""


def get_strategy() -> Strategy:
    """Return a strategy."""
    return Strategy()

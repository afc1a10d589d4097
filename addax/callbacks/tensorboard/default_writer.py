"""The writer that records go to when none is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_current: ContextVar[tuple[Any, Any] | None] = ContextVar("summary_writer", default=None)

_NONE = (
    "`{what}` has no writer. Pass `writer=SummaryWriter(folder)`, or call it inside "
    "`with writer.as_default():`."
)


def chosen(writer: Any, what: str) -> Any:
    """Return `writer`, or the default one if it is None.

    Raises:
        ValueError: if there is neither.
    """
    current = _current.get()
    if writer is None and current is not None:
        writer = current[0]
    if writer is None:
        raise ValueError(_NONE.format(what=what))
    return writer


def current() -> tuple[Any, Any]:
    """Return the default writer and the default step, None where there is none."""
    return _current.get() or (None, None)


@contextmanager
def as_default(writer: Any, step: Any = None) -> Iterator[Any]:
    """Make `writer` the default in the block, and `step` the default step."""
    token = _current.set((writer, step))
    try:
        yield writer
    finally:
        _current.reset(token)


def set_as_default(writer: Any, step: Any = None) -> None:
    """Make `writer` the default from now on; None for no writer."""
    _current.set(None if writer is None else (writer, step))

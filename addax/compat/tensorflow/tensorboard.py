"""`tf.summary`: records for TensorBoard by means of a default writer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from addax.callbacks.tensorboard import SummaryWriter, default_writer, summaries
from addax.engine.profiler import start_profile, stop_profile

_NO_STEP = (
    "`tf.summary.{name}` needs a step: pass `step=`, or call it inside "
    "`with writer.as_default(step=...):`."
)

_step: ContextVar[Any] = ContextVar("summary_step", default=None)
_condition: ContextVar[Any] = ContextVar("summary_condition", default=True)
_trace: list[str] = []  # the folder of the record that is being made


def create_file_writer(
    logdir: str | os.PathLike[str],
    max_queue: int | None = None,
    flush_millis: int | None = None,
    filename_suffix: str | None = None,
    name: str | None = None,
    experimental_trackable: bool = False,
) -> SummaryWriter:
    """Return a writer of event files.

    Args:
        logdir: the folder.
        max_queue: how many records may wait; default 10.
        flush_millis: how long they may wait; default two minutes.
        filename_suffix: added to the file's name.
        name: accepted for compatibility.
        experimental_trackable: accepted for compatibility.
    """
    return SummaryWriter(logdir, max_queue or 10, flush_millis or 120_000, filename_suffix or "")


def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write a number; returns whether it was written."""
    return _write("scalar", step, lambda: summaries.scalar(name, data, description))


def histogram(
    name: str, data: Any, step: Any = None, buckets: int | None = None,
    description: str | None = None,
) -> bool:  # fmt: skip
    """Write the distribution of an array's numbers; returns whether it was written."""
    count = buckets or summaries.BUCKETS
    return _write("histogram", step, lambda: summaries.histogram(name, data, count, description))


def image(
    name: str, data: Any, step: Any = None, max_outputs: int = 3, description: str | None = None
) -> bool:
    """Write images, `(batch, height, width, channels)`; returns whether they were written."""
    return _write("image", step, lambda: summaries.image(name, data, max_outputs, description))


def text(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write a text in Markdown; returns whether it was written."""
    return _write("text", step, lambda: summaries.text(name, data, description))


def write_raw_pb(tensor: Any, step: Any = None, name: str | None = None) -> bool:
    """Write the bytes of a `Summary` message; returns whether they were written."""
    return _write("write_raw_pb", step, lambda: summaries.from_bytes(tensor))


def _write(name: str, step: Any, make: Callable[[], Any]) -> bool:
    writer, default_step = default_writer.current()
    if writer is None or not should_record_summaries():
        return False
    found = next((s for s in (step, default_step, _step.get()) if s is not None), None)
    if found is None:
        raise ValueError(_NO_STEP.format(name=name))
    writer.summary(make(), int(found))
    return True


def get_step() -> Any:
    """Return the default step."""
    return _step.get()


def set_step(step: Any) -> None:
    """Set the default step; a variable is read at each record."""
    _step.set(step)


def should_record_summaries() -> bool:
    """Return whether records are written now."""
    writer, _ = default_writer.current()
    condition = _condition.get()
    return writer is not None and bool(condition() if callable(condition) else condition)


@contextmanager
def record_if(condition: Any) -> Iterator[None]:
    """Write records in the block only if `condition`, a bool or a function, holds."""
    token = _condition.set(condition)
    try:
        yield
    finally:
        _condition.reset(token)


def flush(writer: SummaryWriter | None = None, name: str | None = None) -> None:
    """Bring the files of the writer (default: the default one) up to date."""
    found = writer or default_writer.current()[0]
    if found is not None:
        found.flush()


def trace_on(graph: bool = True, profiler: bool = False, profiler_outdir: Any = None) -> None:
    """Begin to record what host and devices do, if `profiler` is True."""
    if profiler and not _trace:
        _start(profiler_outdir)


def trace_export(name: str, step: Any = None, profiler_outdir: Any = None) -> None:
    """End what `trace_on` began, and write it."""
    trace_off()


def trace_off() -> None:
    """End what `trace_on` began."""
    if _trace:
        _trace.clear()
        stop_profile()


def _start(folder: Any) -> None:
    writer, _ = default_writer.current()
    if folder is None and writer is None:
        raise ValueError(
            "`tf.summary.trace_on(profiler=True)` needs `profiler_outdir=`, or a default writer."
        )
    folder = writer.log_dir if folder is None else os.fspath(folder)
    start_profile(folder)
    _trace.append(folder)

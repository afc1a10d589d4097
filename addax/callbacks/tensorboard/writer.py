"""`SummaryWriter`: a folder of TensorBoard's event files."""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from typing import Any

from addax.callbacks.tensorboard import default_writer, summaries
from addax.callbacks.tensorboard.protos import protos, require


class SummaryWriter:
    """Writes scalars, histograms, images, texts and graphs for TensorBoard.

    The file is made when the first record is written.

    Args:
        log_dir: the folder; it is one run in TensorBoard.
        max_queue: how many records may wait for the writing thread.
        flush_millis: after how many milliseconds the file is brought up to date at the latest.
        filename_suffix: added to the name of the file.

    Raises:
        ImportError: if the package `tensorboard` is not installed.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> with SummaryWriter(folder) as writer:
        ...     for step in range(3):
        ...         writer.scalar("loss", 1 / (step + 1), step=step)
        >>> len(os.listdir(folder))
        1
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        max_queue: int = 10,
        flush_millis: int = 120_000,
        filename_suffix: str = "",
    ) -> None:
        require("`SummaryWriter`")
        self.log_dir = os.fspath(log_dir)
        self._options = (max_queue, flush_millis / 1000, filename_suffix)
        self._file: Any = None

    def scalar(self, name: str, data: Any, step: int, description: str | None = None) -> None:
        """Write a number."""
        self.summary(summaries.scalar(name, data, description), step)

    def histogram(
        self,
        name: str,
        data: Any,
        step: int,
        buckets: int = summaries.BUCKETS,
        description: str | None = None,
    ) -> None:
        """Write the distribution of the numbers in an array of any shape."""
        self.summary(summaries.histogram(name, data, buckets, description), step)

    def image(
        self,
        name: str,
        data: Any,
        step: int,
        max_outputs: int = 3,
        description: str | None = None,
    ) -> None:
        """Write up to `max_outputs` images, `(batch, height, width, channels)` in [0, 1] or uint8.

        Raises:
            ValueError: if the shape is another.
        """
        self.summary(summaries.image(name, data, max_outputs, description), step)

    def text(self, name: str, data: Any, step: int, description: str | None = None) -> None:
        """Write a text in Markdown, or a table of texts."""
        self.summary(summaries.text(name, data, description), step)

    def graph(self, graph_def: Any) -> None:
        """Write the graph of the run, a `GraphDef` (see `model_graph`)."""
        self._write(protos().Event(graph_def=graph_def.SerializeToString()))

    def summary(self, summary: Any, step: int) -> None:
        """Write a `Summary` message."""
        self._write(protos().Event(summary=summary, step=int(step)))

    def _write(self, event: Any) -> None:
        if self._file is None:
            from tensorboard.summary.writer.event_file_writer import EventFileWriter

            os.makedirs(self.log_dir, exist_ok=True)
            self._file = EventFileWriter(self.log_dir, *self._options)
        event.wall_time = time.time()
        self._file.add_event(event)

    def as_default(self, step: int | None = None) -> AbstractContextManager[SummaryWriter]:
        """Make this the writer of `tf.summary` and `hparams` calls in a `with` block.

        Args:
            step: the step of calls that name none.
        """
        return default_writer.as_default(self, step)

    def set_as_default(self, step: int | None = None) -> None:
        """Make this the writer of `tf.summary` and `hparams` calls from now on."""
        default_writer.set_as_default(self, step)

    def flush(self) -> None:
        """Wait until everything is in the file."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Close the file; a later record opens another."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

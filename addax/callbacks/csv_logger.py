"""The logs of every epoch as a CSV file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from typing import IO, Any

import numpy as np

from addax.callbacks.base import Callback, Logs


class CSVLogger(Callback):
    """Writes a line per epoch: its index (from 0), loss and metrics.

    The columns are those of the first epoch, sorted, with `val_...` beside each; a value that
    an epoch lacks is written as `NA`.

    Args:
        filename: the file; its folder is made.
        separator: what stands between two columns.
        append: whether to add to an existing file instead of replacing it.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
        >>> logger = CSVLogger(path)
        >>> logger.on_train_begin()
        >>> logger.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.75})
        >>> logger.on_train_end()
        >>> path.read_text().split()
        ['epoch,loss,val_loss', '0,0.5,0.75']
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self.append_header = True
        self.csv_file: IO[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self._close()
        self.keys = None
        self.csv_file = self._open()

    def state_dict(self) -> dict[str, Any]:
        """Return the lines written so far; with `append`, how long the file is."""
        if self.csv_file is None:
            return {}
        self.csv_file.flush()
        state: dict[str, Any] = {"keys": self.keys, "append_header": self.append_header}
        state["size"] = os.path.getsize(self.filename)
        if not self.append:
            with open(self.filename, newline="", encoding="utf-8") as file:
                state["text"] = file.read()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Bring the file back to what it was: later lines are of epochs that come again."""
        if self.csv_file is None or not state:
            return
        self.keys, self.append_header = state["keys"], state["append_header"]
        if "text" in state and not self.append:
            self.csv_file.seek(0)
            self.csv_file.write(state["text"])
            self.csv_file.truncate()
        elif os.path.getsize(self.filename) > state["size"]:
            self.csv_file.truncate(state["size"])
        self.csv_file.flush()

    def _open(self) -> IO[str]:
        folder = os.path.dirname(self.filename)
        if folder:
            os.makedirs(folder, exist_ok=True)
        has_lines = os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self.append_header = not (self.append and has_lines)
        mode = "a" if self.append else "w"
        return open(self.filename, mode, newline="", encoding="utf-8")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's line, after the header if it is the first."""
        logs = logs or {}
        if self.csv_file is None:
            self.csv_file = self._open()
        writer = csv.writer(self.csv_file, delimiter=self.sep, lineterminator="\n")
        if self.keys is None:
            self.keys = _columns(logs)
            if self.append_header:
                writer.writerow(["epoch", *self.keys])
        writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
        # What is written must be there if the process is killed.
        self.csv_file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        if self.csv_file is not None:
            self.csv_file.close()
            self.csv_file = None


def _columns(logs: Logs) -> list[str]:
    """Return the names of the columns; validation may begin after the first epoch."""
    keys = sorted(logs)
    if not any(key.startswith("val_") for key in keys):
        keys += [f"val_{key}" for key in keys]
    return keys


def _cell(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str) and np.ndim(value):  # type: ignore[arg-type]
        return f'"[{", ".join(map(str, value))}]"'
    return value

"""Saving the model while it is trained."""

from __future__ import annotations

import os
from typing import Any, ClassVar, Literal

from addax import errors
from addax.callbacks import console
from addax.callbacks.base import BatchMode, Logs, Mode
from addax.callbacks.monitor import MonitorCallback


class ModelCheckpoint(MonitorCallback):
    """Saves the model or its weights after every epoch, or every so many batches.

    Args:
        filepath: where to save. `{epoch}` (from 1), `{batch}` (from 1, with an integer
            `save_freq`) and the names of logs are filled in, formatted as in
            `"model.{epoch:02d}-{val_loss:.2f}.keras"`. Folders are made. The ending chooses
            the format, as in `model.save`.
        monitor: name in the logs that tells which model is best.
        verbose: 1 prints what is saved, 0 nothing.
        save_best_only: save only if `monitor` is better than ever before.
        save_weights_only: save by `model.save_weights` instead of `model.save`.
        mode: `"min"`, `"max"`, or `"auto"` to tell from the name.
        save_freq: `"epoch"`, or after how many batches to save. With a number the loop runs
            one step per call, as with every callback that needs each batch.
        initial_value_threshold: value to beat from the start, with `save_best_only`.

    Raises:
        ValueError: if `save_freq` is neither `"epoch"` nor a positive integer.
        KeyError: when saving, if `filepath` names something the logs lack.

    Example:
        >>> ModelCheckpoint("run/{epoch:02d}-{val_loss:.2f}.keras").file_path(4, {"val_loss": 0.5})
        'run/05-0.50.keras'
    """

    # Only an integer `save_freq` makes it look at batches, see `batch_mode`.
    batch_hooks: ClassVar[BatchMode] = "none"

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | Literal["epoch"] = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        if save_freq != "epoch":
            errors.positive_int("ModelCheckpoint", "save_freq", save_freq)
        self._batches_since_save = 0
        self._last_batch = -1
        self._current_epoch = 0

    def batch_mode(self, mode: Mode) -> BatchMode:
        """Ask for every training batch if `save_freq` counts batches."""
        if mode == "train" and self.save_freq != "epoch":
            return "exact"
        return super().batch_mode(mode)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch, for the file name of a save between batches."""
        self._current_epoch = epoch
        self._last_batch = -1

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save if `save_freq` batches have passed."""
        if self.save_freq == "epoch":
            return
        # A hand-written loop may start over without `on_epoch_begin`.
        is_new_epoch = batch <= self._last_batch
        self._batches_since_save += batch + 1 if is_new_epoch else batch - self._last_batch
        self._last_batch = batch
        if self._batches_since_save >= self.save_freq:
            self._batches_since_save = 0
            self._consider(self._current_epoch, logs or {}, batch)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save if `save_freq` is `"epoch"`."""
        if self.save_freq == "epoch":
            self._consider(epoch, logs or {})

    def file_path(self, epoch: int, logs: Logs, batch: int | None = None) -> str:
        """Return `filepath` with everything filled in.

        Args:
            epoch: index of the epoch, from 0.
            logs: the logs to fill in.
            batch: index of the batch, from 0, or None.

        Raises:
            KeyError: if it names something the logs lack.
        """
        names: dict[str, Any] = {"epoch": epoch + 1}
        if batch is not None:
            names["batch"] = batch + 1
        names.update(logs)
        try:
            return self.filepath.format(**names)
        except KeyError as error:
            raise KeyError(
                f"`filepath` of `ModelCheckpoint` is {self.filepath!r}, but there is no {error} "
                f"to fill in. Available are: {', '.join(names)}"
            ) from error

    def _consider(self, epoch: int, logs: Logs, batch: int | None = None) -> None:
        path = self.file_path(epoch, logs, batch)
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
        elif not self._is_best(epoch, logs, path):
            return
        self._save(path)
        self._say(epoch, f"finished saving model to {path}")

    def _is_best(self, epoch: int, logs: Logs, path: str) -> bool:
        current = self.monitored(logs, "The model is saved every time.")
        if current is None:
            return True
        before = "None" if self.best is None else f"{self.best:.5f}"
        if not self.is_improvement(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {before}")
            return False
        self.best = current
        self._say(
            epoch,
            f"{self.monitor} improved from {before} to {current:.5f}, saving model to {path}",
        )
        return True

    def _save(self, path: str) -> None:
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        save = self.model.save_weights if self.save_weights_only else self.model.save
        try:
            save(path)
        except IsADirectoryError as error:
            raise OSError(
                f"`filepath` of `ModelCheckpoint` must not be a folder. Received: {path!r}"
            ) from error

    def _say(self, epoch: int, what: str) -> None:
        if self.verbose > 0:
            console.write_line(f"\nEpoch {epoch + 1}: {what}")

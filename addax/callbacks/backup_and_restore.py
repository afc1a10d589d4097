"""Training that goes on where a killed process stopped."""

from __future__ import annotations

import os
from typing import ClassVar, Literal, Protocol

from addax import errors
from addax.callbacks.base import BatchMode, Callback, Logs, Mode


class Keeper(Protocol):
    """What `fit` gives to the callback: it knows all that belongs to the training."""

    def save(self, logs: Logs, epoch: int, batches: int | None = None) -> None:
        """Write the state after `batches` of `epoch`; None: after the epoch."""
        ...

    def delete(self) -> None:
        """Remove what was written."""
        ...


class BackupAndRestore(Callback):
    """Saves the state of the training, and restores it when `fit` is called again.

    The state is everything that the result depends on: weights, optimizer, seeds, metrics,
    callbacks, and how far the data were read. A process that is killed at any moment and
    started again ends with the same bits as one that was not. Each backup replaces the one
    before at once and whole, so that a good one is always there.

    Arrays and a `PyDataset` are taken up where the training stopped; of any other iterable the
    batches that were used are read again, and must come out the same. Random numbers of
    `random` and `numpy.random` are restored for arrays and a `PyDataset`; a `__getitem__` that
    draws them should derive them from its index.

    Args:
        backup_dir: a folder of its own for the backup; it is made.
        save_freq: `"epoch"`, or after how many batches to save, counted over epochs.
        double_checkpoint: whether the backup before the last one is kept, too, and used if
            the last one cannot be read.
        delete_checkpoint: whether the backup is deleted when training has ended.

    Raises:
        ValueError: if `save_freq` is neither `"epoch"` nor a positive integer; in training, if
            the backup is damaged or of another model, or the folder holds other files.

    Example:
        >>> BackupAndRestore("run/backup", save_freq=100).batch_mode("train")
        'chunk'
    """

    batch_hooks: ClassVar[BatchMode] = "chunk"

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: int | Literal["epoch"] = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not os.fspath(backup_dir):
            raise ValueError("`backup_dir` of `BackupAndRestore` must be a folder. Received: ''")
        if save_freq != "epoch":
            errors.positive_int("BackupAndRestore", "save_freq", save_freq)
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.keeper: Keeper | None = None
        self.steps = 0
        self._steps_before = 0
        self._epoch = 0

    def batch_mode(self, mode: Mode) -> BatchMode:
        """Ask for the ends of compiled calls if `save_freq` counts batches."""
        return "chunk" if mode == "train" and self.save_freq != "epoch" else "none"

    def until_save(self) -> int:
        """Return how many steps may run before the next backup."""
        return int(self.save_freq) - self.steps % int(self.save_freq)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start to count."""
        self.steps = self._steps_before = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note the epoch."""
        self._epoch = epoch
        self._steps_before = self.steps

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Save if `save_freq` batches have passed."""
        self.steps = self._steps_before + batch + 1
        if self.save_freq != "epoch" and self.steps % int(self.save_freq) == 0 and self.keeper:
            self.keeper.save(logs or {}, self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save if `save_freq` is `"epoch"`."""
        if self.save_freq == "epoch" and self.keeper:
            self.keeper.save(logs or {}, epoch)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Delete the backup, if wanted."""
        if self.delete_checkpoint and self.keeper:
            self.keeper.delete()
        self.keeper = None

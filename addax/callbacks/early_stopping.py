"""Ending the training when it no longer helps."""

from __future__ import annotations

from typing import Any

from addax.callbacks import console
from addax.callbacks.base import Logs
from addax.callbacks.monitor import MonitorCallback


class EarlyStopping(MonitorCallback):
    """Stops training when a quantity has stopped improving.

    Args:
        monitor: name in the logs to watch.
        min_delta: least change that counts as an improvement, in the units of `monitor`.
        patience: number of epochs without improvement after which training stops.
        verbose: 1 prints what is done, 0 nothing.
        mode: `"min"`, `"max"`, or `"auto"` to tell from the name.
        baseline: value to reach; training stops if it is not beaten within `patience` epochs.
        restore_best_weights: whether the model gets back the weights of its best epoch at the
            end of training, however that epoch compares with `baseline`.
        start_from_epoch: number of epochs to wait before watching.

    Attributes:
        stopped_epoch: index of the epoch that ended training; 0 if it ran to the end.
        best: the best value seen.
        best_epoch: its epoch.
        wait: number of epochs since.

    Raises:
        ValueError: in training, if `mode="auto"` and the direction cannot be told.

    Example:
        >>> class Model:
        ...     stop_training = False
        >>> callback, model = EarlyStopping(patience=2), Model()
        >>> callback.set_model(model)
        >>> callback.on_train_begin()
        >>> for epoch, loss in enumerate([0.5, 0.6, 0.7]):
        ...     callback.on_epoch_end(epoch, {"val_loss": loss})
        >>> model.stop_training, callback.stopped_epoch, callback.best
        (True, 2, 0.5)
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.best_weights: Any = None
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_weights = None
        self.best_epoch = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget earlier runs."""
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare, remember the best weights, stop when patience is at its end."""
        current = self.monitored(logs, "Training is not stopped early.")
        if current is None or epoch < self.start_from_epoch:
            return
        improved = self.is_improvement(current, self.best)
        if improved:
            self.best = current
        if improved or (self.restore_best_weights and self.best_weights is None):
            self._remember(epoch)
        self.wait += 1
        if improved and (self.baseline is None or self.is_improvement(current, self.baseline)):
            self.wait = 0
        if not improved and self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _remember(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Say where it stopped, and give the model its best weights."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            console.write_line(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is None:
            return
        if self.verbose > 0:
            console.write_line(
                f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}."
            )
        self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: Logs | None) -> float | None:
        """Return the watched value of `logs`, or None with a warning."""
        return self.monitored(logs, "Training is not stopped early.")

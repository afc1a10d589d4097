"""A learning rate that falls when progress stops."""

from __future__ import annotations

import numpy as np

from addax.callbacks import console
from addax.callbacks.base import Logs
from addax.callbacks.learning_rate_scheduler import read_learning_rate
from addax.callbacks.monitor import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by `factor` when a quantity has stopped improving.

    The rate is added to the logs of the epoch as `learning_rate`.

    Args:
        monitor: name in the logs to watch.
        factor: what the rate is multiplied by, < 1.
        patience: number of epochs without improvement after which the rate is reduced.
        verbose: 1 prints each reduction, 0 nothing.
        mode: `"min"`, `"max"`, or `"auto"` to tell from the name.
        min_delta: least change that counts as an improvement, in the units of `monitor`.
        cooldown: number of epochs after a reduction in which nothing is counted.
        min_lr: the rate does not fall below.

    Raises:
        ValueError: if `factor` is 1 or more; in training, if `mode="auto"` and the direction
            cannot be told.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.5))
        >>> callback = ReduceLROnPlateau(factor=0.5, patience=2)
        >>> callback.set_model(model)
        >>> callback.on_train_begin()
        >>> for epoch in range(3):
        ...     callback.on_epoch_end(epoch, {"val_loss": 1.0})
        >>> model.optimizer.learning_rate
        0.25
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(
                "`factor` of `ReduceLROnPlateau` must be < 1, since the learning rate is "
                f"multiplied by it. Received: factor={factor}"
            )
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._reset()

    def _reset(self) -> None:
        self.best = None
        self.cooldown_counter = 0
        self.wait = 0

    def in_cooldown(self) -> bool:
        """Say whether a reduction was made less than `cooldown` epochs ago."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget earlier runs."""
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare, and reduce the rate when patience is at its end."""
        logs = {} if logs is None else logs
        logs["learning_rate"] = read_learning_rate(self._model.optimizer)
        current = self.monitored(logs, "The learning rate is not reduced.")
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        old = read_learning_rate(optimizer)
        # The optimizer may hold the rate in float32, a little above `min_lr`.
        if old <= np.float32(self.min_lr):
            return
        new = max(old * self.factor, self.min_lr)
        optimizer.learning_rate = new
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose > 0:
            console.write_line(
                f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}."
            )

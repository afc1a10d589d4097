"""A learning rate that is a function of the epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from addax.callbacks import console
from addax.callbacks.base import Callback, Logs


class LearningRateScheduler(Callback):
    """Sets the learning rate at the start of every epoch.

    The rate is added to the logs of the epoch as `learning_rate`.

    Args:
        schedule: function of the epoch's index (from 0) and the current rate, or of the index
            alone; returns the new rate.
        verbose: 1 prints each new rate, 0 nothing.

    Raises:
        TypeError: if `schedule` cannot be called.
        ValueError: in training, if `schedule` does not return a number.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=0.1))
        >>> callback = LearningRateScheduler(lambda epoch, lr: lr * 0.5)
        >>> callback.set_model(model)
        >>> callback.on_epoch_begin(0)
        >>> model.optimizer.learning_rate
        0.05
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise TypeError(
                "`schedule` of `LearningRateScheduler` must be a function of the epoch and the "
                f"current learning rate. Received: {schedule!r}"
            )
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the rate of this epoch."""
        optimizer = self.model.optimizer
        args = (epoch, read_learning_rate(optimizer)) if _takes_rate(self.schedule) else (epoch,)
        rate = _as_rate(self.schedule(*args))
        optimizer.learning_rate = rate
        if self.verbose > 0:
            console.write_line(
                f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}."
            )

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = read_learning_rate(self._model.optimizer)


def read_learning_rate(optimizer: Any) -> float:
    """Return the optimizer's current learning rate as a float.

    Raises:
        ValueError: if it has none, or the model is not compiled.
    """
    rate = getattr(optimizer, "learning_rate", None)
    if rate is None:
        raise ValueError(
            "The learning rate is set on the model's optimizer, which must have a "
            f"`learning_rate`. Received: optimizer={optimizer!r}. Call `compile` first."
        )
    return float(rate)


def _takes_rate(schedule: Callable[..., Any]) -> bool:
    """Say whether `schedule` can be called with the epoch and the current rate."""
    try:
        signature = inspect.signature(schedule)
    except (TypeError, ValueError):
        return True
    try:
        signature.bind(0, 0.0)
    except TypeError:
        return False
    return True


def _as_rate(value: Any) -> float:
    number = not isinstance(value, str | bool | type(None)) and np.ndim(value) == 0
    try:
        if number:
            return float(value)
    except (TypeError, ValueError):
        pass
    raise ValueError(
        "The output of the `schedule` function of `LearningRateScheduler` should be a float. "
        f"Received: {value!r}"
    )

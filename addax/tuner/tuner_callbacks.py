"""What a tuner adds to the callbacks of a run."""

from __future__ import annotations

import os
from typing import Any

from addax.callbacks import Callback
from addax.tuner.objective import Objective


class TunerCallback(Callback):
    """Tells the tuner about the epochs of a trial.

    Args:
        tuner: its `on_epoch_begin` and `on_epoch_end` are called.
        trial: the trial that runs.
    """

    def __init__(self, tuner: Any, trial: Any) -> None:
        super().__init__()
        self.tuner = tuner
        self.trial = trial

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Pass the beginning of an epoch on."""
        self.tuner.on_epoch_begin(self.trial, self.model, epoch, logs=logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Pass the end of an epoch on."""
        self.tuner.on_epoch_end(self.trial, self.model, epoch, logs=logs)


class BestWeights(Callback):
    """Saves the weights of the best epoch of all executions of a trial.

    Args:
        objective: what tells which epoch is best; the last epoch where the logs lack it.
        path: the file, which ends in `.weights.h5`.
    """

    def __init__(self, objective: Objective, path: str) -> None:
        super().__init__()
        self.objective = objective
        self.path = path
        self.best = float("nan")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save the weights if they are the best ones."""
        logs = logs or {}
        if self.objective.has_value(logs):
            value = self.objective.get_value(logs)
            if os.path.exists(self.path) and not self.objective.better_than(value, self.best):
                return
            self.best = value
        self.model.save_weights(self.path, overwrite=True)

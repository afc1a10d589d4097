"""One point of the search, and what came of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from addax.tuner.hyperparameters import HyperParameters
from addax.tuner.metrics_tracking import MetricsTracker


class TrialStatus:
    """The states of a trial."""

    RUNNING = "RUNNING"
    IDLE = "IDLE"
    INVALID = "INVALID"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Trial:
    """The values of the hyperparameters of one run, its metrics and its score.

    Args:
        hyperparameters: the space, with the values of this trial.
        trial_id: its name; numbers in the order of creation.
        status: one of `TrialStatus`.
        message: why it failed.

    Example:
        >>> Trial(HyperParameters(), "0003").summary()
        Trial 0003 summary
        Hyperparameters:
    """

    def __init__(
        self,
        hyperparameters: HyperParameters,
        trial_id: str = "0000",
        status: str = TrialStatus.RUNNING,
        message: str | None = None,
    ) -> None:
        self.hyperparameters = hyperparameters
        self.trial_id = trial_id
        self.status = status
        self.message = message
        self.metrics = MetricsTracker()
        self.score: float | None = None
        self.best_step: int | None = None

    def summary(self) -> None:
        """Print the values of the hyperparameters and the score."""
        print(f"Trial {self.trial_id} summary")
        self.display_hyperparameters()
        if self.score is not None:
            print(f"Score: {self.score}")
        if self.message is not None:
            print(self.message)

    def display_hyperparameters(self) -> None:
        """Print the values of the hyperparameters."""
        print("Hyperparameters:")
        for name, value in self.hyperparameters.values.items():
            print(f"{name}: {value}")

    def get_state(self) -> dict[str, Any]:
        """Return plain Python values."""
        return {
            "trial_id": self.trial_id,
            "hyperparameters": self.hyperparameters.get_config(),
            "metrics": self.metrics.get_config(),
            "score": self.score,
            "best_step": self.best_step,
            "status": self.status,
            "message": self.message,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Trial:
        """Return the trial that `get_state` described."""
        hp = HyperParameters.from_config(state["hyperparameters"])
        new = cls(hp, state["trial_id"], state["status"], state.get("message"))
        new.metrics = MetricsTracker.from_config(state["metrics"])
        new.score, new.best_step = state["score"], state["best_step"]
        return new

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trial as JSON."""
        write_json(path, self.get_state())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Trial:
        """Read a trial that `save` wrote."""
        with open(path, encoding="utf-8") as file:
            return cls.from_state(json.load(file))


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Write a file that is either the old one or complete, even if the process is killed."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    temporary = f"{os.fspath(path)}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
    os.replace(temporary, path)

"""The metrics of a trial, by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from addax.tuner.objective import DEFAULT_NAME, infer_direction


class MetricObservation:
    """The values of a metric at one step, one for each execution.

    Args:
        value: one value or several.
        step: the epoch, from 0.
    """

    def __init__(self, value: Any, step: int) -> None:
        self.value = [float(v) for v in (value if isinstance(value, (list, tuple)) else [value])]
        self.step = int(step)

    def mean(self) -> float:
        """Return the mean over the executions."""
        return float(np.mean(self.value))

    def get_config(self) -> dict[str, Any]:
        """Return plain Python values."""
        return {"value": self.value, "step": self.step}

    def __repr__(self) -> str:
        return f"MetricObservation(value={self.value}, step={self.step})"


class MetricHistory:
    """The values of one metric.

    Args:
        direction: `"min"` or `"max"`; None if it does not matter.
    """

    def __init__(self, direction: str | None = None) -> None:
        self.direction = direction
        self._steps: dict[int, MetricObservation] = {}

    def update(self, value: Any, step: int) -> None:
        """Add a value at a step."""
        new = MetricObservation(value, step)
        if step in self._steps:
            self._steps[step].value.extend(new.value)
        else:
            self._steps[step] = new

    def get_history(self) -> list[MetricObservation]:
        """Return the observations in order of their steps."""
        return [self._steps[step] for step in sorted(self._steps)]

    def set_history(self, observations: Iterable[MetricObservation]) -> None:
        """Replace the observations."""
        self._steps = {item.step: item for item in observations}

    def _best(self) -> MetricObservation | None:
        found = [item for item in self.get_history() if not np.isnan(item.mean())]
        if not found:
            return None
        choose = max if self.direction == "max" else min
        return choose(found, key=MetricObservation.mean)

    def get_best_value(self) -> float | None:
        """Return the best mean of a step; None if there is none."""
        best = self._best()
        return None if best is None else best.mean()

    def get_best_step(self) -> int | None:
        """Return the step of the best mean; None if there is none."""
        best = self._best()
        return None if best is None else best.step

    def get_last_value(self) -> float | None:
        """Return the mean of the last step; None if there is none."""
        history = self.get_history()
        return history[-1].mean() if history else None

    def get_statistics(self) -> dict[str, float]:
        """Return minimum, maximum, mean, median, variance and standard deviation."""
        means = [item.mean() for item in self.get_history()]
        if not means:
            return {}
        kinds: dict[str, Any] = {"min": np.min, "max": np.max, "mean": np.mean}
        kinds |= {"median": np.median, "var": np.var, "std": np.std}
        return {name: float(kind(means)) for name, kind in kinds.items()}


class MetricsTracker:
    """The metrics of a trial by name.

    Example:
        >>> tracker = MetricsTracker()
        >>> tracker.update("val_loss", 0.5, step=0)
        >>> tracker.update("val_loss", 0.25, step=1)
        >>> tracker.get_best_value("val_loss"), tracker.get_best_step("val_loss")
        (0.25, 1)
    """

    def __init__(self) -> None:
        self.metrics: dict[str, MetricHistory] = {}

    def exists(self, name: str) -> bool:
        """Say whether there are values of this metric."""
        return name in self.metrics

    def register(self, name: str, direction: str | None = None) -> None:
        """Add a metric; its direction is told from its name if None."""
        if direction is None:
            direction = _direction_or_none(name)
        self.metrics[name] = MetricHistory(direction)

    def update(self, name: str, value: Any, step: int = 0) -> None:
        """Add a value at a step."""
        if not self.exists(name):
            self.register(name)
        self.metrics[name].update(value, step)

    def _find(self, name: str) -> MetricHistory:
        if name not in self.metrics:
            raise ValueError(f"There is no metric {name!r}. Known: {sorted(self.metrics)}")
        return self.metrics[name]

    def get_history(self, name: str) -> list[MetricObservation]:
        """Return the observations of a metric."""
        return self._find(name).get_history()

    def get_best_value(self, name: str) -> float | None:
        """Return the best value of a metric."""
        return self._find(name).get_best_value()

    def get_best_step(self, name: str) -> int | None:
        """Return the step of the best value of a metric."""
        return self._find(name).get_best_step()

    def get_last_value(self, name: str) -> float | None:
        """Return the last value of a metric."""
        return self._find(name).get_last_value()

    def get_statistics(self, name: str) -> dict[str, float]:
        """Return statistics of a metric over the steps."""
        return self._find(name).get_statistics()

    def get_config(self) -> dict[str, Any]:
        """Return plain Python values."""
        return {
            name: {
                "direction": history.direction,
                "observations": [item.get_config() for item in history.get_history()],
            }
            for name, history in self.metrics.items()
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> MetricsTracker:
        """Return what `get_config` described."""
        new = cls()
        for name, item in config.items():
            new.metrics[name] = MetricHistory(item["direction"])
            found = [MetricObservation(**observation) for observation in item["observations"]]
            new.metrics[name].set_history(found)
        return new


def _direction_or_none(name: str) -> str | None:
    if name == DEFAULT_NAME:
        return "min"
    try:
        return infer_direction(name)
    except ValueError:
        return None

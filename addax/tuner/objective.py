"""What a search makes small or large."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from addax import errors
from addax.callbacks.monitor import MonitorCallback

DEFAULT_NAME = "default_objective"
_UNCLEAR = (
    "Whether `{name}` should be small or large cannot be told from its name. Pass "
    '`objective=Objective("{name}", direction="max")` (or `"min"`).'
)


class Objective:
    """A metric and whether it should be small or large.

    Args:
        name: name in the logs, such as `"val_accuracy"`.
        direction: `"min"` or `"max"`.

    Example:
        >>> Objective("val_f1", "max").better_than(0.9, 0.8)
        True
    """

    def __init__(self, name: str, direction: str) -> None:
        self.name = name
        self.direction = errors.one_of("Objective", "direction", direction, ("min", "max"))

    def has_value(self, logs: Mapping[str, Any]) -> bool:
        """Say whether the logs hold the metric."""
        return self.name in logs

    def get_value(self, logs: Mapping[str, Any]) -> float:
        """Return the metric's value in the logs."""
        return float(logs[self.name])

    def better_than(self, a: float, b: float) -> bool:
        """Say whether `a` is better than `b`; NaN is never better."""
        if math.isnan(b):
            return not math.isnan(a)
        return a > b if self.direction == "max" else a < b

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Objective):
            return NotImplemented
        return (self.name, self.direction) == (other.name, other.direction)

    def __hash__(self) -> int:
        return hash((self.name, self.direction))

    def __repr__(self) -> str:
        return f'Objective(name="{self.name}", direction="{self.direction}")'


class MultiObjective(Objective):
    """The sum of several objectives, those to be maximized taken negative.

    Args:
        objectives: what to add up.
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        super().__init__("multi_objective", "min")
        self.objectives = list(objectives)

    def has_value(self, logs: Mapping[str, Any]) -> bool:
        """Say whether the logs hold all the metrics."""
        return all(objective.has_value(logs) for objective in self.objectives)

    def get_value(self, logs: Mapping[str, Any]) -> float:
        """Return the sum."""
        signs = {"min": 1.0, "max": -1.0}
        return sum(signs[o.direction] * o.get_value(logs) for o in self.objectives)

    def __repr__(self) -> str:
        return f"MultiObjective({self.objectives})"


def infer_direction(name: str) -> str:
    """Return whether a metric of this name should be `"min"` or `"max"`.

    Raises:
        ValueError: if the name does not tell.

    Example:
        >>> infer_direction("val_accuracy"), infer_direction("val_loss")
        ('max', 'min')
    """
    try:
        return "max" if MonitorCallback(name).is_improvement(1.0, 0.0) else "min"
    except ValueError as error:
        raise ValueError(_UNCLEAR.format(name=name)) from error


def as_objective(objective: Any) -> Objective:
    """Return an `Objective` from a name, an objective, a list of them, or None.

    None stands for the single value, to be minimized, that a trial returns.
    """
    if objective is None:
        return Objective(DEFAULT_NAME, "min")
    if isinstance(objective, Objective):
        return objective
    if isinstance(objective, (list, tuple)):
        return MultiObjective([as_objective(item) for item in objective])
    if not isinstance(objective, str):
        raise ValueError(
            "`objective` must be a name, an `Objective`, or a list of them. "
            f"Received: {objective!r}"
        )
    return Objective(objective, infer_direction(objective))

"""The `decay` of Keras 2's optimizers, as a learning rate schedule."""

from __future__ import annotations

from typing import Any

from addax.core.registry import Configurable, find, register


@register("schedules")
class TimeDecay(Configurable):
    """Takes smaller steps over time: `initial_learning_rate / (1 + decay * step)`.

    Args:
        initial_learning_rate: at step 0.
        decay: how fast it falls, per step.

    Example:
        >>> TimeDecay(0.5, decay=0.25)(4)
        0.25
    """

    def __init__(self, initial_learning_rate: float, decay: float) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay = decay

    def __call__(self, step: Any) -> Any:
        """Return the learning rate at a step."""
        return self.initial_learning_rate / (1.0 + self.decay * step)


def time_decay(learning_rate: float, decay: float) -> Any:
    """Return the schedule of `lr` and `decay`: Keras' own class where Addax has it."""
    try:
        schedule = find("schedules", "InverseTimeDecay")
    except ValueError:
        return TimeDecay(learning_rate, decay)
    return schedule(learning_rate, decay_steps=1, decay_rate=decay)

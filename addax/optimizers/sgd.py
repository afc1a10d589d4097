"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots


@register("optimizers", aliases=("sgd",))
class SGD(Optimizer):
    """Gradient descent, with momentum when asked.

    Without momentum `w -= learning_rate * g`. With it
    `v = momentum * v - learning_rate * g` and `w += v`, or, with Nesterov's form,
    `w += momentum * v - learning_rate * g`.

    Args:
        learning_rate: a number or a schedule.
        momentum: 0 (default) to 1.
        nesterov: whether to look ahead along the momentum.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(1.0)
        >>> _ = SGD(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 6)
        0.9

    Reference: Sutskever et al. 2013, "On the importance of initialization and momentum".
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "SGD",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.momentum = errors.in_interval("SGD", "momentum", momentum, 0, 1)
        self.nesterov = nesterov

    def slots(self, parameter: Array) -> Slots:
        """Return the velocity, when there is momentum."""
        return {"momentum": xp.zeros_like(parameter)} if self.momentum else {}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and velocity."""
        descent = -learning_rate * gradient
        if not self.momentum:
            return parameter + descent, {}
        velocity = self.momentum * slots["momentum"] + descent
        move = self.momentum * velocity + descent if self.nesterov else velocity
        return parameter + move, {"momentum": velocity}

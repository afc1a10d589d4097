"""RMSprop."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots


@register("optimizers", aliases=("rmsprop",))
class RMSprop(Optimizer):
    """Divide the gradient by the root of a running mean of its square.

    `s = rho * s + (1 - rho) * g^2`, `w -= learning_rate * g / sqrt(s + epsilon)`.

    Args:
        learning_rate: a number or a schedule.
        rho: decay of the running mean.
        momentum: of the scaled steps.
        epsilon: added under the root.
        centered: whether the variance takes the place of the mean square.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = RMSprop(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 6)
        9.683772

    Reference: Hinton 2012, lecture 6e (epsilon under the root, as Keras 3).
    """

    elementwise = True
    _late_slots = ("momentum", "average_gradient")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "rmsprop",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.rho = errors.in_interval("RMSprop", "rho", rho, 0, 1)
        self.momentum = errors.in_interval("RMSprop", "momentum", momentum, 0, 1)
        self.epsilon = epsilon
        self.centered = centered

    def slots(self, parameter: Array) -> Slots:
        """Return the running means."""
        names = ["velocity"]
        names += ["momentum"] if self.momentum > 0 else []
        names += ["average_gradient"] if self.centered else []
        return {name: xp.zeros_like(parameter) for name in names}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and running means."""
        new = {"velocity": self.rho * slots["velocity"] + (1 - self.rho) * xp.square(gradient)}
        denominator = new["velocity"] + self.epsilon
        if self.centered:
            average = self.rho * slots["average_gradient"] + (1 - self.rho) * gradient
            new["average_gradient"] = average
            denominator = denominator - xp.square(average)
        move = learning_rate * gradient / xp.sqrt(denominator)
        if self.momentum > 0:
            move = new["momentum"] = self.momentum * slots["momentum"] + move
        return parameter - move, new

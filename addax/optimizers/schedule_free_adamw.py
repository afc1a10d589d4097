"""ScheduleFreeAdamW."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("schedulefreeadamw",))
class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its own steps in place of a falling learning rate.

    `v = b2 v + (1 - b2) g^2`, `z -= learning_rate * g / (sqrt(v / (1 - b2^t)) + epsilon)`,
    `x = (1 - 1/t) x + z / t`, and the weights are `b1 x + (1 - b1) z`.

    Args:
        learning_rate: a number or a schedule.
        beta_1: share of the average x in the weights; above 0.
        beta_2: decay of the mean square.
        epsilon: keeps the quotient finite.
        warmup_steps: steps in which the learning rate rises from 0.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = ScheduleFreeAdamW(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        9.9

    Reference: Defazio et al. 2024, arXiv:2405.15682 (with weights 1 / t, as Keras 3).
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "schedule_free_adamw",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.beta_1 = errors.in_interval("ScheduleFreeAdamW", "beta_1", beta_1, 0, 1)
        self.beta_2 = errors.in_interval("ScheduleFreeAdamW", "beta_2", beta_2, 0, 1)
        self.epsilon = epsilon
        self.warmup_steps = errors.non_negative_int(
            "ScheduleFreeAdamW", "warmup_steps", warmup_steps
        )

    def slots(self, parameter: Array) -> Slots:
        """Return z, which starts at the parameter, and the mean square."""
        return {"momentum": parameter, "velocity": xp.zeros_like(parameter)}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter, z and mean square."""
        time = time_of(step, parameter)
        if self.warmup_steps:
            learning_rate = learning_rate * xp.minimum(time / self.warmup_steps, 1.0)
        z, square = slots["momentum"], slots["velocity"]
        average = (parameter - (1 - self.beta_1) * z) / self.beta_1
        square = square + (xp.square(gradient) - square) * (1 - self.beta_2)
        root = xp.sqrt(square / (1 - xp.power(self.beta_2, time)))
        z = z - learning_rate * gradient / (root + self.epsilon)
        average = (1 - 1 / time) * average + z / time
        new = (1 - self.beta_1) * z + self.beta_1 * average
        held = {"momentum": z, "velocity": square}
        return new.astype(parameter.dtype), {
            name: value.astype(parameter.dtype) for name, value in held.items()
        }

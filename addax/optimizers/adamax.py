"""Adamax."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("adamax",))
class Adamax(Optimizer):
    """Adam with the largest gradient so far in place of the second moment.

    `m = b1 m + (1 - b1) g`, `u = max(b2 u, |g|)`,
    `w -= learning_rate / (1 - b1^t) * m / (u + epsilon)`.

    Args:
        learning_rate: a number or a schedule.
        beta_1: decay of the first moment.
        beta_2: decay of the largest gradient.
        epsilon: added to the denominator.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = Adamax(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        9.9

    Reference: Kingma and Ba 2014, arXiv:1412.6980, section 7.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "adamax",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.beta_1 = errors.in_interval("Adamax", "beta_1", beta_1, 0, 1)
        self.beta_2 = errors.in_interval("Adamax", "beta_2", beta_2, 0, 1)
        self.epsilon = epsilon

    def slots(self, parameter: Array) -> Slots:
        """Return the first moment and the largest gradient."""
        return {name: xp.zeros_like(parameter) for name in ("momentum", "norm")}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter, first moment and largest gradient."""
        unbias = 1 - xp.power(self.beta_1, time_of(step, parameter))
        momentum = slots["momentum"] + (gradient - slots["momentum"]) * (1 - self.beta_1)
        norm = xp.maximum(self.beta_2 * slots["norm"], xp.abs(gradient))
        scale = (learning_rate / unbias).astype(parameter.dtype)
        new = parameter - scale * momentum / (norm + self.epsilon)
        return new, {"momentum": momentum, "norm": norm}

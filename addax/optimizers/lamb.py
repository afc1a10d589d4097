"""Lamb."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("lamb",))
class Lamb(Optimizer):
    """Adam whose step is scaled to the norm of the weights, for large batches.

    With `r = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon)`, `m` and `v` as in `Adam`:
    `w -= learning_rate * |w| / |r| * r`; a norm of 0 leaves the step unscaled.

    Args:
        learning_rate: a number or a schedule.
        beta_1: decay of the first moment.
        beta_2: decay of the second moment.
        epsilon: added to the denominator.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = Lamb(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        9.0

    Reference: You et al. 2019, arXiv:1904.00962.
    """

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
        name: str = "lamb",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.beta_1 = errors.in_interval("Lamb", "beta_1", beta_1, 0, 1)
        self.beta_2 = errors.in_interval("Lamb", "beta_2", beta_2, 0, 1)
        self.epsilon = epsilon

    def slots(self, parameter: Array) -> Slots:
        """Return the moments."""
        return {name: xp.zeros_like(parameter) for name in ("momentum", "velocity")}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and moments."""
        time = time_of(step, parameter)
        momentum = slots["momentum"] + (gradient - slots["momentum"]) * (1 - self.beta_1)
        velocity = slots["velocity"] + (xp.square(gradient) - slots["velocity"]) * (1 - self.beta_2)
        spread = xp.sqrt(velocity / (1 - xp.power(self.beta_2, time))) + self.epsilon
        move = momentum / (1 - xp.power(self.beta_1, time)) / spread
        size, length = _norm(parameter), _norm(move)
        trust = xp.where((size > 0) & (length > 0), size / xp.where(length > 0, length, 1), 1)
        new = parameter - (learning_rate * trust * move).astype(parameter.dtype)
        return new, {"momentum": momentum, "velocity": velocity}


def _norm(value: Array) -> Array:
    return xp.sqrt(xp.sum(xp.square(value)))

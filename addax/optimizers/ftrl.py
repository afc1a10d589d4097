"""Ftrl."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots


@register("optimizers", aliases=("ftrl",))
class Ftrl(Optimizer):
    """Follow the regularized leader: sparse weights for wide linear models.

    With `p = -learning_rate_power`, `a' = a + g^2` and the regularization strengths
    `l1`, `l2` and `s` (shrinkage), `h = g + 2 s w`:
    `z += h - (a'^p - a^p) / learning_rate * w`,
    `q = a'^p / learning_rate + 2 l2 + beta / learning_rate`,
    `w = (clip(z, -l1, l1) - z) / q`.

    Args:
        learning_rate: a number or a schedule.
        learning_rate_power: at most 0; 0 keeps the learning rate fixed.
        initial_accumulator_value: start of the sum of squares `a`; not negative.
        l1_regularization_strength: not negative.
        l2_regularization_strength: not negative.
        l2_shrinkage_regularization_strength: not negative.
        beta: of the paper, added to the learning rate's denominator.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Raises:
        ValueError: if a strength or `initial_accumulator_value` is negative, or
            `learning_rate_power` is positive.

    Example:
        >>> import addax
        >>> v = addax.Variable(1.0)
        >>> _ = Ftrl(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        0.6031

    Reference: McMahan et al. 2013, doi:10.1145/2487575.2488200.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "ftrl",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.learning_rate_power = errors.in_interval(
            "Ftrl", "learning_rate_power", learning_rate_power, float("-inf"), 0
        )
        self.initial_accumulator_value = _not_negative(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.l1_regularization_strength = _not_negative(
            "l1_regularization_strength", l1_regularization_strength
        )
        self.l2_regularization_strength = _not_negative(
            "l2_regularization_strength", l2_regularization_strength
        )
        self.l2_shrinkage_regularization_strength = _not_negative(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self.beta = beta

    def slots(self, parameter: Array) -> Slots:
        """Return the sum of squares and the linear term."""
        return {
            "accumulator": xp.full_like(parameter, self.initial_accumulator_value),
            "linear": xp.zeros_like(parameter),
        }

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter, sum of squares and linear term."""
        power = -self.learning_rate_power
        shrunk = gradient + 2 * self.l2_shrinkage_regularization_strength * parameter
        accumulator = slots["accumulator"] + xp.square(gradient)
        before, after = xp.power(slots["accumulator"], power), xp.power(accumulator, power)
        linear = slots["linear"] + shrunk - (after - before) / learning_rate * parameter
        curvature = (after + self.beta) / learning_rate + 2 * self.l2_regularization_strength
        limit = self.l1_regularization_strength
        new = (xp.clip(linear, -limit, limit) - linear) / curvature
        return new, {"accumulator": accumulator, "linear": linear}


def _not_negative(name: str, value: float) -> float:
    return errors.in_interval("Ftrl", name, value, 0, float("inf"))

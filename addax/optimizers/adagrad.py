"""Adagrad."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots


@register("optimizers", aliases=("adagrad",))
class Adagrad(Optimizer):
    """Divide the gradient by the root of the sum of its squares so far.

    `a += g^2`, `w -= learning_rate * g / sqrt(a + epsilon)`.

    Args:
        learning_rate: a number or a schedule; the paper's is 1.0.
        initial_accumulator_value: start of the sum; not negative.
        epsilon: added under the root.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Raises:
        ValueError: if `initial_accumulator_value` is negative.

    Example:
        >>> import addax
        >>> v = addax.Variable(1.0)
        >>> _ = Adagrad(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        0.9047

    Reference: Duchi, Hazan, Singer 2011, JMLR 12, 2121-2159.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
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
        name: str = "adagrad",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.initial_accumulator_value = errors.in_interval(
            "Adagrad", "initial_accumulator_value", initial_accumulator_value, 0, float("inf")
        )
        self.epsilon = epsilon

    def slots(self, parameter: Array) -> Slots:
        """Return the sum of squares."""
        return {"accumulator": xp.full_like(parameter, self.initial_accumulator_value)}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and sum of squares."""
        accumulator = slots["accumulator"] + xp.square(gradient)
        move = learning_rate * gradient / xp.sqrt(accumulator + self.epsilon)
        return parameter - move, {"accumulator": accumulator}

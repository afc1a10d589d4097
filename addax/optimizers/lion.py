"""Lion."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots


@register("optimizers", aliases=("lion",))
class Lion(Optimizer):
    """Step by the sign of the momentum.

    `w -= learning_rate * sign(b1 m + (1 - b1) g)`, then `m = b2 m + (1 - b2) g`.

    Args:
        learning_rate: a number or a schedule; about a tenth of what suits `AdamW`.
        beta_1: share of the momentum in the step; above 0.
        beta_2: decay of the momentum.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = Lion(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        9.9

    Reference: Chen et al. 2023, arXiv:2302.06675.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "lion",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.beta_1 = errors.in_interval("Lion", "beta_1", beta_1, 0, 1)
        self.beta_2 = errors.in_interval("Lion", "beta_2", beta_2, 0, 1)

    def slots(self, parameter: Array) -> Slots:
        """Return the momentum."""
        return {"momentum": xp.zeros_like(parameter)}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and momentum."""
        momentum = slots["momentum"]
        direction = xp.sign(self.beta_1 * momentum + (1 - self.beta_1) * gradient)
        momentum = self.beta_2 * momentum + (1 - self.beta_2) * gradient
        return parameter - learning_rate * direction, {"momentum": momentum}

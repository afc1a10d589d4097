"""Adadelta."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots


@register("optimizers", aliases=("adadelta",))
class Adadelta(Optimizer):
    """Scale the gradient by the ratio of past steps to past gradients.

    `s = rho s + (1 - rho) g^2`, `d = sqrt(r + epsilon) / sqrt(s + epsilon) * g`,
    `r = rho r + (1 - rho) d^2`, `w -= learning_rate * d`.

    Args:
        learning_rate: a number or a schedule; the paper's is 1.0.
        rho: decay of the running means.
        epsilon: added under the roots.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(1.0)
        >>> _ = Adadelta(learning_rate=1.0).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 5)
        0.99859

    Reference: Zeiler 2012, arXiv:1212.5701.
    """

    elementwise = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
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
        name: str = "adadelta",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.rho = errors.in_interval("Adadelta", "rho", rho, 0, 1)
        self.epsilon = epsilon

    def slots(self, parameter: Array) -> Slots:
        """Return the running means of squared gradients and steps."""
        names = ("accumulated_grad", "accumulated_delta_var")
        return {name: xp.zeros_like(parameter) for name in names}

    def _mean(self, mean: Array, value: Array) -> Array:
        return self.rho * mean + (1 - self.rho) * xp.square(value)

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and running means."""
        gradients = self._mean(slots["accumulated_grad"], gradient)
        steps = slots["accumulated_delta_var"]
        move = gradient * xp.sqrt((steps + self.epsilon) / (gradients + self.epsilon))
        means = {"accumulated_grad": gradients, "accumulated_delta_var": self._mean(steps, move)}
        return parameter - learning_rate * move, means

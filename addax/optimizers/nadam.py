"""Nadam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.core.registry import register
from addax.core.variable import Variable
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("nadam",))
class Nadam(Optimizer):
    """Adam with Nesterov's momentum.

    With `u(t) = b1 (1 - 0.96^t / 2)` and the product `U(t) = u(1) ... u(t)`:
    `n = u(t+1) m / (1 - U(t+1)) + (1 - u(t)) g / (1 - U(t))`,
    `w -= learning_rate * n / (sqrt(v / (1 - b2^t)) + epsilon)`, `m` and `v` as in `Adam`.

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
        >>> _ = Nadam(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 3)
        9.894

    Reference: Dozat 2015, "Incorporating Nesterov momentum into Adam".
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
        name: str = "nadam",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.beta_1 = errors.in_interval("Nadam", "beta_1", beta_1, 0, 1)
        self.beta_2 = errors.in_interval("Nadam", "beta_2", beta_2, 0, 1)
        self.epsilon = epsilon
        self._product: Variable | None = None

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of the parameters, and the product of the momenta."""
        super().build(variables)
        if self._product is None:
            self._product = self.add_variable((), "ones", name="variable")

    def slots(self, parameter: Array) -> Slots:
        """Return the moments."""
        return {name: xp.zeros_like(parameter) for name in ("momentum", "velocity")}

    def _momentum_at(self, time: Array) -> Array:
        return self.beta_1 * (1 - 0.5 * xp.power(0.96, time))

    def _begin_update(self) -> None:
        time = time_of(self._updates(), self._product.raw)  # type: ignore[union-attr]
        self._product.assign(self._product.raw * self._momentum_at(time))  # type: ignore[union-attr]

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and moments."""
        time = time_of(step, parameter)
        product = self._product.raw.astype(time.dtype)  # type: ignore[union-attr]
        now, after = self._momentum_at(time), self._momentum_at(time + 1)
        momentum = slots["momentum"] + (gradient - slots["momentum"]) * (1 - self.beta_1)
        velocity = slots["velocity"] + (xp.square(gradient) - slots["velocity"]) * (1 - self.beta_2)
        ahead = after / (1 - product * after) * momentum + (1 - now) / (1 - product) * gradient
        spread = xp.sqrt(velocity / (1 - xp.power(self.beta_2, time))) + self.epsilon
        new = parameter - (learning_rate * ahead / spread).astype(parameter.dtype)
        return new, {"momentum": momentum, "velocity": velocity}

"""Adam and AdamW."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("adam",))
class Adam(Optimizer):
    """Adaptive moments.

    `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
    `w -= learning_rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon)`.

    Args:
        learning_rate: a number or a schedule.
        beta_1: decay of the first moment.
        beta_2: decay of the second moment.
        epsilon: the paper's epsilon-hat.
        amsgrad: whether the largest second moment so far is used.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = Adam(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        9.9

    Reference: Kingma and Ba 2014, arXiv:1412.6980 (the form before section 2.1).
    """

    elementwise = True
    _late_slots = ("velocity_hat",)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "adam",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        owner = type(self).__name__
        self.beta_1 = errors.in_interval(owner, "beta_1", beta_1, 0, 1)
        self.beta_2 = errors.in_interval(owner, "beta_2", beta_2, 0, 1)
        self.epsilon = epsilon
        self.amsgrad = amsgrad

    def slots(self, parameter: Array) -> Slots:
        """Return the moments."""
        names = ["momentum", "velocity"] + (["velocity_hat"] if self.amsgrad else [])
        return {name: xp.zeros_like(parameter) for name in names}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and moments."""
        time = time_of(step, parameter)
        unbias = xp.sqrt(1 - xp.power(self.beta_2, time)) / (1 - xp.power(self.beta_1, time))
        momentum = slots["momentum"] + (gradient - slots["momentum"]) * (1 - self.beta_1)
        velocity = slots["velocity"] + (xp.square(gradient) - slots["velocity"]) * (1 - self.beta_2)
        new = {"momentum": momentum, "velocity": velocity}
        if self.amsgrad:
            velocity = new["velocity_hat"] = xp.maximum(slots["velocity_hat"], velocity)
        scale = (learning_rate * unbias).astype(parameter.dtype)
        return parameter - scale * momentum / (xp.sqrt(velocity) + self.epsilon), new


@register("optimizers", aliases=("adamw",))
class AdamW(Adam):
    """Adam with decoupled weight decay: `w -= learning_rate * weight_decay * w` first.

    Args:
        learning_rate: a number or a schedule.
        weight_decay: default 0.004.
        beta_1, beta_2, epsilon, amsgrad: see `Adam`.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Reference: Loshchilov and Hutter 2017, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "adamw",
    ) -> None:
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm, clipvalue,
            global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip

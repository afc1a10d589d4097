"""Adafactor."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("adafactor",))
class Adafactor(Optimizer):
    """Second moments of matrices as one row and one column, to save memory.

    With `b = 1 - t^beta_2_decay`: matrices keep running means `r` and `c` of
    `g^2 + epsilon_1` over columns and rows, and `v = r c / mean(r)`; vectors keep `v`.
    `u = g / sqrt(v)` is limited to the root mean square `clip_threshold`, and
    `w -= max(epsilon_2, rms(w)) * learning_rate * u`.

    Args:
        learning_rate: a number or a schedule.
        beta_2_decay: exponent of the decay; below 0.
        epsilon_1: added to squared gradients.
        epsilon_2: least scale of the weights.
        clip_threshold: largest root mean square of a step.
        relative_step: whether the learning rate is at most `1 / sqrt(t)`.
        weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.

    Example:
        >>> import addax
        >>> v = addax.Variable(10.0)
        >>> _ = Adafactor(learning_rate=0.1).minimize(lambda: v * v / 2.0, [v])
        >>> round(float(v), 4)
        9.0

    Reference: Shazeer and Stern 2018, arXiv:1804.04235.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "adafactor",
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def slots(self, parameter: Array) -> Slots:
        """Return the running means of squares: by row, by column, and whole."""
        # Vectors have neither rows nor columns; Keras' files hold an integer 0 there.
        row = column = xp.zeros((), "int32")
        if parameter.ndim >= 2:
            row, column = xp.zeros_like(parameter[..., 0]), xp.zeros_like(parameter[..., 0, :])
        return {"row": row, "column": column, "velocity": xp.zeros_like(parameter)}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and running means."""
        time = time_of(step, parameter)
        rate = xp.minimum(learning_rate, 1 / xp.sqrt(time)) if self.relative_step else learning_rate
        rate = rate * xp.maximum(self.epsilon_2, _root_mean_square(parameter))
        slots = self._means(xp.square(gradient) + self.epsilon_1, slots, time)
        move = gradient / xp.sqrt(slots["velocity"])
        move = move / xp.maximum(1, _root_mean_square(move) / self.clip_threshold)
        return parameter - (rate * move).astype(parameter.dtype), slots

    def _means(self, squares: Array, slots: Slots, time: Array) -> Slots:
        weight = xp.power(time, self.beta_2_decay).astype(squares.dtype)
        if squares.ndim < 2:
            velocity = slots["velocity"] + (squares - slots["velocity"]) * weight
            return {**slots, "velocity": velocity}
        row = slots["row"] + (xp.mean(squares, axis=-1) - slots["row"]) * weight
        column = slots["column"] + (xp.mean(squares, axis=-2) - slots["column"]) * weight
        share = row / xp.mean(row, axis=-1, keepdims=True)
        velocity = share[..., :, None] * column[..., None, :]
        return {"row": row, "column": column, "velocity": velocity}


def _root_mean_square(value: Array) -> Array:
    return xp.sqrt(xp.mean(xp.square(value)))

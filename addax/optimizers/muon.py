"""Muon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.core.registry import register
from addax.core.variable import Variable
from addax.engine import xp
from addax.optimizers.base import Array, Optimizer, Slots, time_of


@register("optimizers", aliases=("muon",))
class Muon(Optimizer):
    """Orthogonalize the momentum of matrices; other parameters take Adam's step.

    For a matrix: `m = momentum * m + g`, `x = g + momentum * m` (or `m`, without
    Nesterov's form) over its norm, then `ns_steps` times
    `x = a x + (b y + c y y) x` with `y = x x^T`, which brings the singular values near 1,
    and `w -= learning_rate * rms_rate * sqrt(max(rows, columns)) * x`.

    Args:
        learning_rate: a number or a schedule.
        adam_beta_1: see `Adam`.
        adam_beta_2: see `Adam`.
        adam_weight_decay: weight decay of parameters that take Adam's step.
        epsilon: added to denominators.
        weight_decay: weight decay of matrices.
        clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
            ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps,
            name: see `Optimizer`.
        exclude_layers: regular expressions; a matrix with one of them in its path
            takes Adam's step. The output layer should be among them.
        exclude_embeddings: whether matrices with "embedding" in their path do too.
        muon_a: coefficient `a`.
        muon_b: coefficient `b`.
        muon_c: coefficient `c`.
        adam_lr_ratio: factor on the learning rate of Adam's steps.
        momentum: of the gradients of matrices.
        ns_steps: number of iterations.
        nesterov: whether to look ahead along the momentum.
        rms_rate: root mean square of a step of learning rate 1; None: the step is `x`.

    Reference: Jordan et al. 2024, kellerjordan.github.io/posts/muon; Liu et al. 2025,
    arXiv:2502.16982 (`rms_rate`).
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str = "muon",
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.775,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
    ) -> None:
        super().__init__(
            learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema,
            ema_momentum, ema_overwrite_frequency, loss_scale_factor,
            gradient_accumulation_steps, name,
        )  # fmt: skip
        self.adam_beta_1 = errors.in_interval("Muon", "adam_beta_1", adam_beta_1, 0, 1)
        self.adam_beta_2 = errors.in_interval("Muon", "adam_beta_2", adam_beta_2, 0, 1)
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = errors.in_interval("Muon", "momentum", momentum, 0, 1)
        self.ns_steps = errors.non_negative_int("Muon", "ns_steps", ns_steps)
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def _takes_adam(self, variable: Variable) -> bool:
        """Say whether a parameter takes Adam's step."""
        if variable.ndim != 2 or (self.exclude_embeddings and "embedding" in variable.path.lower()):
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def _initial_slots(self, parameter: Variable) -> Slots:
        names = ("momentum", "velocity") if self._takes_adam(parameter) else ("momentum",)
        return {name: xp.zeros_like(parameter.raw) for name in names}

    def _decay_of(self, variable: Variable) -> float | None:
        if self._takes_adam(variable) and not self._is_spared(variable):
            return self.adam_weight_decay
        return super()._decay_of(variable)

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and moments."""
        if "velocity" in slots:
            return self._adam(gradient, parameter, slots, learning_rate, step)
        momentum = self.momentum * slots["momentum"] + gradient
        direction = gradient + self.momentum * momentum if self.nesterov else momentum
        scale = 1.0 if self.rms_rate is None else self.rms_rate * max(parameter.shape) ** 0.5
        move = self._orthogonal(direction) * scale
        return parameter - learning_rate * move, {"momentum": momentum}

    def _orthogonal(self, matrix: Array) -> Array:
        """Bring the singular values near 1 by Newton-Schulz iterations."""
        tall = matrix.shape[0] > matrix.shape[1]
        x = matrix.T if tall else matrix
        x = x / (xp.sqrt(xp.sum(xp.square(x))) + self.epsilon)
        for _ in range(self.ns_steps):
            square = x @ x.T
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x.T if tall else x

    def _adam(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        time = time_of(step, parameter)
        unbias = xp.sqrt(1 - xp.power(self.adam_beta_2, time))
        unbias = unbias / (1 - xp.power(self.adam_beta_1, time))
        momentum, velocity = slots["momentum"], slots["velocity"]
        momentum = momentum + (gradient - momentum) * (1 - self.adam_beta_1)
        velocity = velocity + (xp.square(gradient) - velocity) * (1 - self.adam_beta_2)
        scale = (learning_rate * self.adam_lr_ratio * unbias).astype(parameter.dtype)
        new = parameter - scale * momentum / (xp.sqrt(velocity) + self.epsilon)
        return new, {"momentum": momentum, "velocity": velocity}

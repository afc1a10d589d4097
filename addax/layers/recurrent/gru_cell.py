"""`GRUCell`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.engine import xp
from addax.layers import arguments
from addax.layers.recurrent.cell import Cell, apply_raw


@register("layers")
class GRUCell(Cell):
    """One time step of a GRU; `RNN` runs it over a sequence.

    With the input `x` and the state `h`: `z, r = sigmoid(...)` of `x @ kernel +
    h @ recurrent_kernel + bias`, and `g = tanh(x @ kernel_g + r * (h @ recurrent_g))`,
    in the order `z, r, g`; `h = z * h + (1 - z) * g`.

    Args:
        units: size of `h`.
        activation: activation of `g`.
        recurrent_activation: activation of `z` and `r`.
        use_bias: whether biases are added.
        kernel_initializer: initializer of `kernel`, `(features, 3 * units)`.
        recurrent_initializer: initializer of `recurrent_kernel`, `(units, 3 * units)`.
        bias_initializer: initializer of `bias`, `(2, 3 * units)` (for the inputs and the
            state), or `(3 * units,)` without `reset_after`.
        kernel_regularizer: regularizer of `kernel`.
        recurrent_regularizer: regularizer of `recurrent_kernel`.
        bias_regularizer: regularizer of `bias`.
        kernel_constraint: constraint of `kernel`.
        recurrent_constraint: constraint of `recurrent_kernel`.
        bias_constraint: constraint of `bias`.
        dropout: share of the inputs to drop in training.
        recurrent_dropout: share of `h` to drop in training, where it enters the gates.
        reset_after: whether `r` is applied after the product (as cuDNN does), else
            before it: `g = tanh(x @ kernel_g + (r * h) @ recurrent_g)`.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Example:
        >>> import numpy as np
        >>> output, state = GRUCell(4)(np.ones((2, 3)), np.zeros((2, 4)))
        >>> output.shape
        (2, 4)

    Reference: Cho et al. 2014, https://arxiv.org/abs/1406.1078 (v3 for `reset_after`).
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        values = arguments.given(locals())
        values.pop("reset_after")
        super().__init__(**values)
        self.reset_after = reset_after
        self.splits = reset_after

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel`, `recurrent_kernel` and `bias`."""
        width = 3 * self.units
        self._add_matrices(input_shape, (2, width) if self.reset_after else (width,))

    def project(self, x: Any, weights: Any) -> Any:
        """Return what the inputs contribute to all gates."""
        kernel, _, bias = weights
        z = xp.matmul(x, kernel)
        if bias is None:
            return z
        return z + (bias[0] if self.reset_after else bias)

    def enter(self, z: Any, states: Any, weights: Any, state_drop: Any) -> tuple[Any, Any]:
        """Return what enters the gates, of the inputs and of the state."""
        _, recurrent_kernel, bias = weights
        state = states[0] if state_drop is None else states[0] * state_drop
        inner = xp.matmul(state, recurrent_kernel)
        return z, inner if bias is None else inner + bias[1]

    def react(self, z: Any, inner: Any, states: Any) -> tuple[Any, Any]:
        """Return the output and the new `h` for what enters the gates."""
        x_z, x_r, x_g = xp.split(z, 3, axis=-1)
        h_z, h_r, h_g = xp.split(inner, 3, axis=-1)
        update, reset = self._gate(x_z + h_z), self._gate(x_r + h_r)
        candidate = apply_raw(self.activation, x_g + reset * h_g)
        h = update * states[0] + (1 - update) * candidate
        return h, [h]

    def inner_bias_gradient(self, bias: Any, flow: Any) -> Any:
        """Return the gradient of the second row of the bias, which `enter` adds."""
        inner = xp.sum(flow, axis=(0, 1)).astype(bias.dtype)
        return xp.stack([xp.zeros_like(inner), inner])

    def step(self, z: Any, states: Any, weights: Any, state_drop: Any) -> tuple[Any, Any]:
        """Return the output and the new `h` for projected inputs at one time."""
        if self.reset_after:
            return super().step(z, states, weights, state_drop)
        (h,) = states
        update, candidate = self._before(z, h if state_drop is None else h * state_drop, weights)
        h = update * h + (1 - update) * candidate
        return h, [h]

    def _before(self, z: Any, h: Any, weights: Any) -> tuple[Any, Any]:
        recurrent_kernel = weights[1]
        split = 2 * self.units
        gates = z[..., :split] + xp.matmul(h, recurrent_kernel[:, :split])
        update, reset = xp.split(apply_raw(self.recurrent_activation, gates), 2, axis=-1)
        inner = xp.matmul(reset * h, recurrent_kernel[:, split:])
        return update, apply_raw(self.activation, z[..., split:] + inner)

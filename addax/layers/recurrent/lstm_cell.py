"""`LSTMCell`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.engine import xp
from addax.layers import arguments
from addax.layers.recurrent.cell import Cell, apply_raw


@register("layers")
class LSTMCell(Cell):
    """One time step of an LSTM; `RNN` runs it over a sequence.

    With the input `x` and the state `h, c`: `i, f, o = sigmoid(...)`, `g = tanh(...)`
    of `x @ kernel + h @ recurrent_kernel + bias`, split in the order `i, f, g, o`;
    `c = f * c + i * g`, `h = o * tanh(c)`.

    Args:
        units: size of `h` and `c`.
        activation: activation of `g` and of `c`.
        recurrent_activation: activation of the gates.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of `kernel`, `(features, 4 * units)`.
        recurrent_initializer: initializer of `recurrent_kernel`, `(units, 4 * units)`.
        bias_initializer: initializer of `bias`, `(4 * units,)`.
        unit_forget_bias: whether the bias of `f` starts at 1.
        kernel_regularizer: regularizer of `kernel`.
        recurrent_regularizer: regularizer of `recurrent_kernel`.
        bias_regularizer: regularizer of `bias`.
        kernel_constraint: constraint of `kernel`.
        recurrent_constraint: constraint of `recurrent_kernel`.
        bias_constraint: constraint of `bias`.
        dropout: share of the inputs to drop in training.
        recurrent_dropout: share of `h` to drop in training, where it enters the gates.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Example:
        >>> import numpy as np
        >>> output, states = LSTMCell(4)(np.ones((2, 3)), [np.zeros((2, 4))] * 2)
        >>> output.shape, len(states)
        ((2, 4), 2)

    Reference: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, with the
    forget gate of Gers et al. 2000 and no peepholes.
    """

    gates = 4

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        values = arguments.given(locals())
        values.pop("unit_forget_bias")
        super().__init__(**values)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [self.units, self.units]

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel`, `recurrent_kernel` and `bias`."""
        self._add_matrices(input_shape, (4 * self.units,))

    def project(self, x: Any, weights: Any) -> Any:
        """Return what the inputs contribute to all gates."""
        kernel, _, bias = weights
        z = xp.matmul(x, kernel)
        return z if bias is None else z + bias

    def react(self, z: Any, inner: Any, states: Any) -> tuple[Any, Any]:
        """Return the output and the new `h, c` for what enters the gates."""
        c = states[1]
        i, f, g, o = xp.split(z, 4, axis=-1)
        i, f = self._gate(i), self._gate(f)
        c = f * c + i * apply_raw(self.activation, g)
        h = apply_raw(self.recurrent_activation, o) * apply_raw(self.activation, c)
        return h, [h, c]

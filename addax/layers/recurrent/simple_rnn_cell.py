"""`SimpleRNNCell`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.engine import xp
from addax.layers import arguments
from addax.layers.recurrent.cell import Cell, apply_raw


@register("layers")
class SimpleRNNCell(Cell):
    """One time step of a plain recurrent layer; `RNN` runs it over a sequence.

    `h = activation(x @ kernel + h @ recurrent_kernel + bias)`.

    Args:
        units: size of the output and of the state.
        activation: name or function.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of `kernel`, `(features, units)`.
        recurrent_initializer: initializer of `recurrent_kernel`, `(units, units)`.
        bias_initializer: initializer of `bias`, `(units,)`.
        kernel_regularizer: regularizer of `kernel`.
        recurrent_regularizer: regularizer of `recurrent_kernel`.
        bias_regularizer: regularizer of `bias`.
        kernel_constraint: constraint of `kernel`.
        recurrent_constraint: constraint of `recurrent_kernel`.
        bias_constraint: constraint of `bias`.
        dropout: share of the inputs to drop in training.
        recurrent_dropout: share of the state to drop in training.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Example:
        >>> import numpy as np
        >>> output, state = SimpleRNNCell(4)(np.ones((2, 3)), np.zeros((2, 4)))
        >>> output.shape
        (2, 4)

    Reference: Elman 1990, doi:10.1207/s15516709cog1402_1.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
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
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**arguments.given(locals()))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel`, `recurrent_kernel` and `bias`."""
        self._add_matrices(input_shape, (self.units,))

    def project(self, x: Any, weights: Any) -> Any:
        """Return what the inputs contribute."""
        kernel, _, bias = weights
        z = xp.matmul(x, kernel)
        return z if bias is None else z + bias

    def react(self, z: Any, inner: Any, states: Any) -> tuple[Any, Any]:
        """Return the output and the new state for what enters the activation."""
        h = apply_raw(self.activation, z)
        return h, [h]

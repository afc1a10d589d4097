"""`GRU`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.input_spec import InputSpec
from addax.layers.recurrent.gru_cell import GRUCell
from addax.layers.recurrent.rnn import RNN, delegate, with_cell


@delegate(GRUCell)
@register("layers")
class GRU(RNN):
    """Gated recurrent unit: a recurrent layer with an update and a reset gate.

    Args:
        units: size of the output.
        activation: activation of the candidate.
        recurrent_activation: activation of the gates.
        use_bias: whether biases are added.
        kernel_initializer: initializer of `kernel`, `(features, 3 * units)`.
        recurrent_initializer: initializer of `recurrent_kernel`, `(units, 3 * units)`.
        bias_initializer: initializer of `bias`, `(2, 3 * units)`.
        kernel_regularizer: regularizer of `kernel`.
        recurrent_regularizer: regularizer of `recurrent_kernel`.
        bias_regularizer: regularizer of `bias`.
        activity_regularizer: regularizer of the output.
        kernel_constraint: constraint of `kernel`.
        recurrent_constraint: constraint of `recurrent_kernel`.
        bias_constraint: constraint of `bias`.
        dropout: share of the inputs to drop in training, the same at all times.
        recurrent_dropout: share of the state to drop in training, where it enters the
            gates, the same at all times.
        seed: integer, for repeatable dropout.
        return_sequences: whether all outputs are returned, else the last one.
        return_state: whether the last states are returned, too.
        go_backwards: whether the sequence is run from its end.
        stateful: whether a batch starts from the states in which the one before ended.
        unroll: whether the loop is written out: slower to compile, sometimes faster.
        reset_after: whether the reset gate is applied after the product (as cuDNN does),
            else before it.
        use_cudnn: kept for configs of Keras.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Call arguments:
        sequences: `(batch, time, features)`.
        initial_state: list of states (`h`), `(batch, units)` each; default: zeros.
        mask: boolean `(batch, time)`; False: the step is skipped.
        training: whether to drop.

    Input shape: `(batch, time, features)`.
    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`;
        with `return_state`, a tuple of it and the states.

    Example:
        >>> import numpy as np
        >>> GRU(4)(np.ones((2, 5, 3))).shape
        (2, 4)

    Reference: Cho et al. 2014, https://arxiv.org/abs/1406.1078 (v3 for `reset_after`).
    """

    _not_in_config = ("use_cudnn",)
    _more_in_config = ("zero_output_for_mask",)

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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_cell(GRUCell, "gru_cell", locals()))
        self.input_spec = InputSpec(ndim=3)

"""`LSTM`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.input_spec import InputSpec
from addax.layers.recurrent.lstm_cell import LSTMCell
from addax.layers.recurrent.rnn import RNN, delegate, with_cell


@delegate(LSTMCell)
@register("layers")
class LSTM(RNN):
    """Long short-term memory: a recurrent layer with gates and a cell state.

    Args:
        units: size of the output.
        activation: activation of the candidate and of the cell state.
        recurrent_activation: activation of the gates.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of `kernel`, `(features, 4 * units)`.
        recurrent_initializer: initializer of `recurrent_kernel`, `(units, 4 * units)`.
        bias_initializer: initializer of `bias`, `(4 * units,)`.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
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
        use_cudnn: kept for configs of Keras.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Call arguments:
        sequences: `(batch, time, features)`.
        initial_state: list of states (`h` and `c`), `(batch, units)` each; default: zeros.
        mask: boolean `(batch, time)`; False: the step is skipped.
        training: whether to drop.

    Input shape: `(batch, time, features)`.
    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`;
        with `return_state`, a tuple of it and the states.

    Example:
        >>> import numpy as np
        >>> LSTM(4)(np.ones((2, 5, 3))).shape
        (2, 4)

    Reference: Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, with the
    forget gate of Gers et al. 2000 and no peepholes.
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
        unit_forget_bias: bool = True,
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
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_cell(LSTMCell, "lstm_cell", locals()))
        self.input_spec = InputSpec(ndim=3)

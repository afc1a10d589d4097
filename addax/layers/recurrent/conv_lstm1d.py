"""`ConvLSTM1D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.layers.recurrent.conv_lstm import ConvLSTM
from addax.layers.recurrent.rnn import delegate


@register("layers")
class ConvLSTM1D(ConvLSTM):
    """An LSTM over sequences of images, with convolutions in place of products.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernels, an integer or one per dimension.
        strides: step of the convolution of the inputs.
        padding: `"valid"` or `"same"`, for the convolution of the inputs.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        dilation_rate: dilation of the convolution of the inputs.
        activation: activation of the candidate and of the cell state.
        recurrent_activation: activation of the gates.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of the kernel of the inputs.
        recurrent_initializer: initializer of the kernel of the state.
        bias_initializer: initializer of the bias, `(4 * filters,)`.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
        kernel_regularizer: regularizer of the kernel of the inputs.
        recurrent_regularizer: regularizer of the kernel of the state.
        bias_regularizer: regularizer of the bias.
        activity_regularizer: regularizer of the output.
        kernel_constraint: constraint of the kernel of the inputs.
        recurrent_constraint: constraint of the kernel of the state.
        bias_constraint: constraint of the bias.
        dropout: share of the inputs to drop in training.
        recurrent_dropout: share of the state to drop in training.
        seed: integer, for repeatable dropout.
        return_sequences: whether all outputs are returned, else the last one.
        return_state: whether the last states are returned, too.
        go_backwards: whether the sequence is run from its end.
        stateful: whether a batch starts from the states in which the one before ended.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, time, width, channels)`.
    Output shape: `(batch, width, filters)` with new sizes, and with the time as
        second axis for `return_sequences`.

    Example:
        >>> import numpy as np
        >>> ConvLSTM1D(4, 3)(np.ones((2, 3, 8, 1))).shape
        (2, 6, 4)

    Reference: Shi et al. 2015, https://arxiv.org/abs/1506.04214 (without peepholes).
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
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
        **kwargs: Any,
    ) -> None:
        super().__init__(
            1,
            {
                "filters": filters,
                "kernel_size": kernel_size,
                "strides": strides,
                "padding": padding,
                "data_format": data_format,
                "dilation_rate": dilation_rate,
                "activation": activation,
                "recurrent_activation": recurrent_activation,
                "use_bias": use_bias,
                "kernel_initializer": kernel_initializer,
                "recurrent_initializer": recurrent_initializer,
                "bias_initializer": bias_initializer,
                "unit_forget_bias": unit_forget_bias,
                "kernel_regularizer": kernel_regularizer,
                "recurrent_regularizer": recurrent_regularizer,
                "bias_regularizer": bias_regularizer,
                "kernel_constraint": kernel_constraint,
                "recurrent_constraint": recurrent_constraint,
                "bias_constraint": bias_constraint,
                "dropout": dropout,
                "recurrent_dropout": recurrent_dropout,
                "seed": seed,
            },
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )


delegate(
    ConvLSTM1D,
    (
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "data_format",
        "dilation_rate",
        "activation",
        "recurrent_activation",
        "use_bias",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "unit_forget_bias",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
        "seed",
    ),
)

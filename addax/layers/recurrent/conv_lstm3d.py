"""`ConvLSTM3D`."""

from __future__ import annotations

from addax.core.registry import register
from addax.layers.recurrent.conv_lstm import ConvLSTM


@register("layers")
class ConvLSTM3D(ConvLSTM):
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

    Input shape: `(batch, time, depth, height, width, channels)`.
    Output shape: `(batch, depth, height, width, filters)` with new sizes, and with the time as
        second axis for `return_sequences`.

    Example:
        >>> import numpy as np
        >>> ConvLSTM3D(4, 3)(np.ones((1, 2, 4, 4, 4, 1))).shape
        (1, 2, 2, 2, 4)

    Reference: Shi et al. 2015, https://arxiv.org/abs/1506.04214 (without peepholes).
    """

    rank = 3

"""`Conv1DTranspose`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.conv.base import Sizes
from addax.layers.conv.transpose import ConvTranspose


@register("layers", aliases=("Convolution1DTranspose",))
class Conv1DTranspose(ConvTranspose):
    """Transposed convolution over time: one spatial dimension: it enlarges its input.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernel, an integer or one per dimension.
        strides: enlargement, an integer or one per dimension.
        padding: `"valid"` (all outputs that a kernel reaches) or `"same"` (as large as
            the input times `strides`).
        output_padding: outputs added at the end, less than `strides`; default: what
            `padding` says.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        dilation_rate: distance between the elements of the kernel.
        activation: name or function applied to the result; default: none.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of the kernel,
            `(*kernel_size, filters, channels)`.
        bias_initializer: initializer of the bias, `(filters,)`.
        kernel_regularizer: regularizer of the kernel.
        bias_regularizer: regularizer of the bias.
        activity_regularizer: regularizer of the output.
        kernel_constraint: constraint of the kernel.
        bias_constraint: constraint of the bias.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, steps, channels)`, or `(batch, channels, steps)`.
    Output shape: `(batch, steps, filters)`, or `(batch, filters, steps)`, with
    new sizes.

    Example:
        >>> import numpy as np
        >>> Conv1DTranspose(5, 3, strides=2, padding="same")(np.ones((2, 4, 3))).shape
        (2, 8, 5)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        output_padding: Sizes | None = None,
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(1, **arguments.given(locals()))

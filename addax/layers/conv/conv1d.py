"""`Conv1D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.conv.base import Conv, Sizes


@register("layers", aliases=("Convolution1D",))
class Conv1D(Conv):
    """Convolution over time: one spatial dimension.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernel, an integer or one per dimension.
        strides: step between outputs, an integer or one per dimension.
        padding: `"valid"` (none), `"same"` (zeros, so that the output is as large as
            the input) or `"causal"` (zeros before the start, so that an output sees no
            later input).
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        dilation_rate: distance between the elements of the kernel.
        groups: number of groups of channels that do not see each other; it divides
            the input's channels and `filters`.
        activation: name or function applied to the result; default: none.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of the kernel,
            `(*kernel_size, channels / groups, filters)`.
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

    Raises:
        ValueError: for sizes that are not positive, or groups that do not divide.

    Example:
        >>> import numpy as np
        >>> Conv1D(4, 3)(np.ones((2, 8, 3))).shape
        (2, 6, 4)
    """

    paddings = ("valid", "same", "causal")

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Sizes = 1,
        groups: int = 1,
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

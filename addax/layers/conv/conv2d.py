"""`Conv2D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.conv.base import Conv, Sizes


@register("layers", aliases=("Convolution2D",))
class Conv2D(Conv):
    """Convolution over images: two spatial dimensions.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernel, an integer or one per dimension.
        strides: step between outputs, an integer or one per dimension.
        padding: `"valid"` (none) or `"same"` (zeros, so that the output is as large as the
            input, for strides of 1).
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

    Input shape: `(batch, height, width, channels)`, or `(batch, channels, height, width)`.
    Output shape: `(batch, height, width, filters)`, or `(batch, filters, height, width)`, with
    new sizes.

    Raises:
        ValueError: for sizes that are not positive, or groups that do not divide.

    Example:
        >>> import numpy as np
        >>> Conv2D(4, 3)(np.ones((2, 8, 8, 3))).shape
        (2, 6, 6, 4)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Sizes = (1, 1),
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
        super().__init__(2, **arguments.given(locals()))

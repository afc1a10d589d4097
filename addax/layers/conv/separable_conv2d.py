"""`SeparableConv2D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.conv.base import Sizes
from addax.layers.conv.separable import SeparableConv


@register("layers", aliases=("SeparableConvolution2D",))
class SeparableConv2D(SeparableConv):
    """Convolution of each channel by itself, then a mix of the channels.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernel, an integer or one per dimension.
        strides: step between outputs, an integer or one per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        dilation_rate: distance between the elements of the kernel.
        depth_multiplier: number of intermediate channels per input channel.
        activation: name or function applied to the result; default: none.
        use_bias: whether a bias is added.
        depthwise_initializer: initializer of the depthwise kernel,
            `(*kernel_size, channels, depth_multiplier)`.
        pointwise_initializer: initializer of the pointwise kernel,
            `(*ones, channels * depth_multiplier, filters)`.
        bias_initializer: initializer of the bias, `(filters,)`.
        depthwise_regularizer: regularizer of the depthwise kernel.
        pointwise_regularizer: regularizer of the pointwise kernel.
        bias_regularizer: regularizer of the bias.
        activity_regularizer: regularizer of the output.
        depthwise_constraint: constraint of the depthwise kernel.
        pointwise_constraint: constraint of the pointwise kernel.
        bias_constraint: constraint of the bias.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or `(batch, channels, height, width)`.
    Output shape: the same with new sizes and `filters` channels.

    Example:
        >>> import numpy as np
        >>> SeparableConv2D(4, 3)(np.ones((2, 8, 8, 3))).shape
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
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(2, **arguments.given(locals()))

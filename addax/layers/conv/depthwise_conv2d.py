"""`DepthwiseConv2D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.conv.base import Sizes
from addax.layers.conv.depthwise import DepthwiseConv


@register("layers")
class DepthwiseConv2D(DepthwiseConv):
    """Convolution of each channel by itself, over images: two spatial dimensions.

    Args:
        kernel_size: size of the kernel, an integer or one per dimension.
        strides: step between outputs, an integer or one per dimension.
        padding: `"valid"` or `"same"`.
        depth_multiplier: number of outputs per channel.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        dilation_rate: distance between the elements of the kernel.
        activation: name or function applied to the result; default: none.
        use_bias: whether a bias is added.
        depthwise_initializer: initializer of the kernel,
            `(*kernel_size, channels, depth_multiplier)`.
        bias_initializer: initializer of the bias, `(channels * depth_multiplier,)`.
        depthwise_regularizer: regularizer of the kernel.
        bias_regularizer: regularizer of the bias.
        activity_regularizer: regularizer of the output.
        depthwise_constraint: constraint of the kernel.
        bias_constraint: constraint of the bias.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or `(batch, channels, height, width)`.
    Output shape: the same with new sizes and `channels * depth_multiplier` channels.

    Example:
        >>> import numpy as np
        >>> DepthwiseConv2D(3, depth_multiplier=2)(np.ones((2, 8, 8, 3))).shape
        (2, 6, 6, 6)
    """

    def __init__(
        self,
        kernel_size: Sizes,
        strides: Sizes = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Sizes = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(2, **arguments.given(locals()))

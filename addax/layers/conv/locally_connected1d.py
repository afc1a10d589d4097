"""`LocallyConnected1D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.conv.base import Sizes
from addax.layers.conv.locally_connected import LocallyConnected


@register("layers")
class LocallyConnected1D(LocallyConnected):
    """Like `Conv1D`, with another kernel at each place.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernel, an integer or one per dimension.
        strides: step between outputs, an integer or one per dimension.
        padding: `"valid"`, the only choice.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        activation: name or function applied to the result; default: none.
        use_bias: whether a bias, another one at each place, is added.
        kernel_initializer: initializer of the kernels,
            `(places, product of kernel_size * channels, filters)`.
        bias_initializer: initializer of the biases, `(*places, filters)`.
        kernel_regularizer: regularizer of the kernels.
        bias_regularizer: regularizer of the biases.
        activity_regularizer: regularizer of the output.
        kernel_constraint: constraint of the kernels.
        bias_constraint: constraint of the biases.
        implementation: 1, 2 or 3; kept for configs of Keras 2, all compute the same way.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, steps, channels)`, or `(batch, channels, steps)`.
    Output shape: the same with new sizes and `filters` channels.

    Example:
        >>> import numpy as np
        >>> LocallyConnected1D(4, 3)(np.ones((2, 8, 3))).shape
        (2, 6, 4)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        implementation: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(1, **arguments.given(locals()))

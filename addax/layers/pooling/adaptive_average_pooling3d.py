"""`AdaptiveAveragePooling3D`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.pooling.adaptive import AdaptivePooling


@register("layers")
class AdaptiveAveragePooling3D(AdaptivePooling):
    """The mean of each of `output_size` windows that cover the input.

    Args:
        output_size: number of windows, an integer or 3 of them.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, depth, height, width, channels)`, or
        `(batch, channels, depth, height, width)`.
    Output shape: the same with `output_size`.

    Example:
        >>> import numpy as np
        >>> AdaptiveAveragePooling3D(2)(np.ones((2, 7, 8, 9, 3))).shape
        (2, 2, 2, 2, 3)
    """

    rank = 3

    def call(self, inputs: Any) -> Any:
        """Return the pooled inputs."""
        return ops.adaptive_average_pool(inputs, self.output_size, self.data_format)

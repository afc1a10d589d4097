"""`AdaptiveMaxPooling1D`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.pooling.adaptive import AdaptivePooling


@register("layers")
class AdaptiveMaxPooling1D(AdaptivePooling):
    """The largest element of each of `output_size` windows that cover the input.

    Args:
        output_size: number of windows, an integer.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, steps, channels)`, or
        `(batch, channels, steps)`.
    Output shape: the same with `output_size`.

    Example:
        >>> import numpy as np
        >>> AdaptiveMaxPooling1D(2)(np.ones((2, 7, 3))).shape
        (2, 2, 3)
    """

    rank = 1

    def call(self, inputs: Any) -> Any:
        """Return the pooled inputs."""
        return ops.adaptive_max_pool(inputs, self.output_size, self.data_format)

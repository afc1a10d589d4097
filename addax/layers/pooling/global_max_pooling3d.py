"""`GlobalMaxPooling3D`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.pooling.base import GlobalPooling


@register("layers", aliases=("GlobalMaxPool3D",))
class GlobalMaxPooling3D(GlobalPooling):
    """The largest element of each channel, over all of depth, height, width.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        keepdims: whether the spatial axes stay, with size 1.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, depth, height, width, channels)`, or with the channels second.
    Output shape: `(batch, channels)`.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling3D()(np.ones((2, 8, 8, 8, 3))).shape
        (2, 3)
    """

    rank = 3

    def call(self, inputs: Any) -> Any:
        """Return the pooled inputs."""
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)

"""`MaxPooling3D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.pooling.base import Pooling, Sizes, max_pool


@register("layers", aliases=("MaxPool3D",))
class MaxPooling3D(Pooling):
    """The largest element of each window.

    Args:
        pool_size: size of the window, an integer or one per dimension.
        strides: step between windows; default: `pool_size`.
        padding: `"valid"` (whole windows only) or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        name: name of the layer.
        **kwargs: `dtype`, `input_shape`.

    Input shape: `(batch, depth, height, width, channels)`, or with the channels second.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> MaxPooling3D()(np.ones((2, 8, 8, 8, 3))).shape
        (2, 4, 4, 4, 3)
    """

    def __init__(
        self,
        pool_size: Sizes = (2, 2, 2),
        strides: Sizes | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(3, pool_size, strides, padding, data_format, name=name, **kwargs)

    def call(self, inputs: Any) -> Any:
        """Return the pooled inputs."""
        return max_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)

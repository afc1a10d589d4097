"""`GlobalAveragePooling1D`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.pooling.base import GlobalPooling


@register("layers", aliases=("GlobalAvgPool1D",))
class GlobalAveragePooling1D(GlobalPooling):
    """The mean of each channel, over all of steps.

    Args:
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        keepdims: whether the spatial axes stay, with size 1.
        **kwargs: `name`, `dtype`, `input_shape`.

    Call arguments:
        inputs: tensor of rank 3.
        mask: boolean `(batch, steps)`: which steps count.

    Input shape: `(batch, steps, channels)`, or `(batch, channels, steps)`.
    Output shape: `(batch, channels)`.

    Example:
        >>> import numpy as np
        >>> GlobalAveragePooling1D()(np.ones((2, 8, 3))).shape
        (2, 3)
    """

    rank = 1

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, keepdims=keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the pooled inputs."""
        if mask is None:
            return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)
        steps = inputs.shape[self._axes[0]]
        arguments.check_shape(self, "mask", mask, (inputs.shape[0], steps))
        weights = ops.expand_dims(ops.cast(mask, inputs.dtype), -self._axes[0] % 3)
        total = ops.sum(ops.multiply(inputs, weights), axis=self._axes, keepdims=self.keepdims)
        count = ops.sum(weights, axis=self._axes, keepdims=self.keepdims)
        return ops.divide(total, count)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return None: there are no steps left."""
        return None

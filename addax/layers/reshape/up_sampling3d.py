"""`UpSampling3D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class UpSampling3D(Layer):
    """Enlarges its inputs by repeating each element.

    Args:
        size: how many times larger, an integer or one per axis.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, depth, height, width, channels)`, or with the channels second.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> UpSampling3D()(np.ones((2, 4, 4, 4, 3))).shape
        (2, 8, 8, 8, 3)
    """

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2, 2),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = arguments.int_tuple("UpSampling3D", "size", size, 3)
        self.data_format = arguments.data_format("UpSampling3D", data_format)
        self.input_spec = InputSpec(ndim=5)

    def call(self, inputs: Any) -> Any:
        """Return the enlarged inputs."""
        first = 1 if self.data_format == "channels_last" else 2
        for axis, times in enumerate(self.size, first):
            inputs = ops.repeat(inputs, times, axis=axis)
        return inputs

"""`Cropping2D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class Cropping2D(Layer):
    """Cuts off the edges of the inputs.

    Args:
        cropping: number of elements at the start and end of each spatial axis: an
            integer, or 2 of them, or 2 pairs `(before, after)`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or with the channels second.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> Cropping2D(1)(np.ones((2, 5, 5, 3))).shape
        (2, 3, 3, 3)
    """

    def __init__(
        self,
        cropping: int | Sequence[Any] = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        pairs = arguments.int_pairs("Cropping2D", "cropping", cropping, 2)
        self.cropping = pairs
        self.data_format = arguments.data_format("Cropping2D", data_format)
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """Return the cropped inputs."""
        index = [slice(None)] * len(inputs.shape)
        first = 1 if self.data_format == "channels_last" else 2
        for axis, (before, after) in enumerate(self.cropping, first):
            size = inputs.shape[axis]
            if before + after >= size:
                raise ValueError(
                    f"`cropping` of Cropping2D '{self.name}' leaves nothing of axis {axis} of "
                    f"size {size}. Received: cropping={self.cropping}"
                )
            index[axis] = slice(before, size - after)
        return ops.getitem(inputs, tuple(index))

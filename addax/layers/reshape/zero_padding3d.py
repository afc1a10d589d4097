"""`ZeroPadding3D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class ZeroPadding3D(Layer):
    """Adds zeros around the inputs.

    Args:
        padding: number of zeros at the start and end of each spatial axis: an
            integer, or 3 of them, or 3 pairs `(before, after)`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, depth, height, width, channels)`, or with the channels second.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> ZeroPadding3D(1)(np.ones((2, 5, 5, 5, 3))).shape
        (2, 7, 7, 7, 3)
    """

    def __init__(
        self,
        padding: int | Sequence[Any] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        pairs = arguments.int_pairs("ZeroPadding3D", "padding", padding, 3)
        self.padding = pairs
        self.data_format = arguments.data_format("ZeroPadding3D", data_format)
        self.input_spec = InputSpec(ndim=5)

    def call(self, inputs: Any) -> Any:
        """Return the padded inputs."""
        pads = [(0, 0)] * len(inputs.shape)
        first = 1 if self.data_format == "channels_last" else 2
        pads[first : first + 3] = self.padding
        return ops.pad(inputs, pads)

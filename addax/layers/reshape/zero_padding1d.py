"""`ZeroPadding1D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class ZeroPadding1D(Layer):
    """Adds zeros around the inputs.

    Args:
        padding: number of zeros at the start and end of each spatial axis: an
            integer, or a pair `(before, after)`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, steps, channels)`.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> ZeroPadding1D(1)(np.ones((2, 5, 3))).shape
        (2, 7, 3)
    """

    def __init__(
        self,
        padding: int | Sequence[Any] = 1,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        pairs = arguments.int_pairs("ZeroPadding1D", "padding", padding, 1)
        self.padding = pairs[0]
        self.data_format = arguments.data_format("ZeroPadding1D", data_format)
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Any:
        """Return the padded inputs."""
        pads = [(0, 0)] * len(inputs.shape)
        first = 1 if self.data_format == "channels_last" else 2
        pads[first : first + 1] = [self.padding]
        return ops.pad(inputs, pads)

"""What the pooling layers of a fixed output size share."""

from __future__ import annotations

from typing import Any

from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec
from addax.layers.pooling.base import Sizes


class AdaptivePooling(Layer):
    """Base of layers that reduce an input of any size to one size.

    Window `i` of `n` over `size` entries is from `floor(i size / n)` to `ceil((i + 1) size / n)`.

    Args:
        output_size: number of windows, an integer or one per dimension.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    rank = 2

    def __init__(self, output_size: Sizes, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.output_size = arguments.int_tuple(owner, "output_size", output_size, self.rank)
        self.data_format = arguments.data_format(owner, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the output, also for images of unknown size."""
        if self.data_format == "channels_first":
            return (input_shape[0], input_shape[1], *self.output_size)
        return (input_shape[0], *self.output_size, input_shape[-1])

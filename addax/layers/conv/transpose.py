"""What the transposed convolutions share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.layers import arguments
from addax.layers.conv.base import ConvBase, Sizes, as_float


class ConvTranspose(ConvBase):
    """Base of transposed convolutions.

    Args:
        rank: number of spatial dimensions.
        filters: number of output channels.
        output_padding: outputs added at the end, less than `strides`.
        **kwargs: of `ConvBase`.
    """

    _shrinks = False

    def __init__(
        self, rank: int, filters: int, output_padding: Sizes | None, **kwargs: Any
    ) -> None:
        super().__init__(rank, **kwargs)
        owner = type(self).__name__
        self.filters = errors.positive_int(owner, "filters", filters)
        self.output_padding = output_padding
        if output_padding is not None:
            sizes = arguments.int_tuple(owner, "output_padding", output_padding, rank, minimum=0)
            if any(size >= step for size, step in zip(sizes, self.strides, strict=True)):
                raise ValueError(
                    f"`output_padding` of `{owner}` must be less than `strides`. Received: "
                    f"output_padding={output_padding}, strides={kwargs['strides']}"
                )
            self.output_padding = sizes

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel` and `bias`."""
        channels = self._channels(input_shape)
        self.kernel = self._add_part("kernel", (*self.kernel_size, self.filters, channels))
        self.bias = self._add_part("bias", (self.filters,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """Return the enlarged inputs."""
        x = ops.conv_transpose(
            as_float(inputs, self.compute_dtype),
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return self._finish(x)

"""What the separable convolutions share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.layers.conv.base import ConvBase


class SeparableConv(ConvBase):
    """Base of separable convolutions.

    Args:
        rank: number of spatial dimensions.
        filters: number of output channels.
        depth_multiplier: number of intermediate channels per input channel.
        **kwargs: of `ConvBase`.
    """

    _parts = ("depthwise", "pointwise", "bias")

    def __init__(self, rank: int, filters: int, depth_multiplier: int, **kwargs: Any) -> None:
        super().__init__(rank, **kwargs)
        owner = type(self).__name__
        self.filters = errors.positive_int(owner, "filters", filters)
        self.depth_multiplier = errors.positive_int(owner, "depth_multiplier", depth_multiplier)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the two kernels and `bias`."""
        channels = self._channels(input_shape)
        between = channels * self.depth_multiplier
        self.depthwise_kernel = self._add_part(
            "depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier)
        )
        self.pointwise_kernel = self._add_part(
            "pointwise_kernel", (*(1,) * self.rank, between, self.filters)
        )
        self.bias = self._add_part("bias", (self.filters,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """Return the convolved inputs."""
        inputs, padding = self._enter(inputs)
        x = ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=self.strides,
            padding=padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return self._finish(x)

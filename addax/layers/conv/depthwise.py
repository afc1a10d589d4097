"""What the depthwise convolutions share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.layers.conv.base import ConvBase, as_float


class DepthwiseConv(ConvBase):
    """Base of depthwise convolutions.

    Args:
        rank: number of spatial dimensions.
        depth_multiplier: number of outputs per channel.
        **kwargs: of `ConvBase`.
    """

    _parts = ("depthwise", "bias")

    def __init__(self, rank: int, depth_multiplier: int, **kwargs: Any) -> None:
        super().__init__(rank, **kwargs)
        self.depth_multiplier = errors.positive_int(
            type(self).__name__, "depth_multiplier", depth_multiplier
        )

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel` and `bias`."""
        channels = self._channels(input_shape)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        outputs = channels * self.depth_multiplier
        self.bias = self._add_part("bias", (outputs,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """Return the convolved inputs."""
        x = ops.depthwise_conv(
            as_float(inputs, self.compute_dtype),
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return self._finish(x)

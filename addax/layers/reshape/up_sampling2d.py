"""`UpSampling2D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


@register("layers")
class UpSampling2D(Layer):
    """Enlarges its inputs, by repetition or interpolation.

    Args:
        size: how many times larger, an integer or one per axis.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or with the channels second.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> UpSampling2D()(np.ones((2, 4, 4, 3))).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = arguments.int_tuple("UpSampling2D", "size", size, 2)
        self.data_format = arguments.data_format("UpSampling2D", data_format)
        self.interpolation = errors.one_of(
            "UpSampling2D", "interpolation", interpolation, _INTERPOLATIONS
        )
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """Return the enlarged inputs."""
        first = 1 if self.data_format == "channels_last" else 2
        if self.interpolation != "nearest":
            height, width = inputs.shape[first : first + 2]
            return ops.image.resize(
                inputs,
                (height * self.size[0], width * self.size[1]),
                interpolation=self.interpolation,
                data_format=self.data_format,
            )
        for axis, times in enumerate(self.size, first):
            inputs = ops.repeat(inputs, times, axis=axis)
        return inputs

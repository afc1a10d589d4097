"""`CenterCrop`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer


@register("layers")
class CenterCrop(Layer):
    """Takes the middle of images; smaller images are enlarged and cropped.

    Args:
        height: height of the output.
        width: width of the output.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis.
    Output shape: the same with the new sizes.

    Example:
        >>> import numpy as np
        >>> CenterCrop(4, 4)(np.ones((2, 8, 9, 3))).shape
        (2, 4, 4, 3)
    """

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.height = errors.positive_int(type(self).__name__, "height", height)
        self.width = errors.positive_int(type(self).__name__, "width", width)
        self.data_format = arguments.data_format(type(self).__name__, data_format)

    def call(self, inputs: Any) -> Any:
        """Return the middles of the images."""
        x = ops.cast(inputs, self.compute_dtype)
        first = len(x.shape) - (3 if self.data_format == "channels_last" else 2)
        height, width = x.shape[first : first + 2]
        if height < self.height or width < self.width:
            return ops.image.resize(
                x, (self.height, self.width), crop_to_aspect_ratio=True,
                data_format=self.data_format,
            )  # fmt: skip
        top, left = (height - self.height) // 2, (width - self.width) // 2
        return self._cut(x, first, top, left)

    def _cut(self, x: Any, first: int, top: int, left: int) -> Any:
        index = [slice(None)] * len(x.shape)
        index[first] = slice(top, top + self.height)
        index[first + 1] = slice(left, left + self.width)
        return ops.getitem(x, tuple(index))

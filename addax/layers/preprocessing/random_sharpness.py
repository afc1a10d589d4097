"""`RandomSharpness`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import FactorAugmentation, per_image


@register("layers")
class RandomSharpness(FactorAugmentation):
    """Blurs or sharpens images at random, in training only.

    Args:
        factor: range of `f`: a pair in [0, 1] or `f` for `(0, f)`; 0 is the most blurred, 0.5
            no change, 1 the sharpest.
        value_range: smallest and largest value of pixels.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomSharpness(0.5)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images moved away from, or toward, their blurred selves."""
        blur = ops.subtract(1.0, ops.multiply(per_image(drawn), 2.0))
        return self.clip(ops.add(x, ops.multiply(blur, ops.subtract(_smooth(x), x))))


def _smooth(x: Any) -> Any:
    """Return the mean of 3 by 3 pixels, the middle one with weight 5."""
    height, width = x.shape[1:3]
    padded = ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    total = ops.multiply(x, 4.0)
    for row in range(3):
        for column in range(3):
            shifted = padded[:, row : row + height, column : column + width]
            total = ops.add(total, shifted)
    return ops.divide(total, 13.0)

"""`RandomColorDegeneration`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import FactorAugmentation, gray, per_image


@register("layers")
class RandomColorDegeneration(FactorAugmentation):
    """Brings colors nearer to gray by a random share, in training only.

    Args:
        factor: range of the share: a pair in [0, 1] or `f` for `(0, f)`; 1 is gray.
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
        >>> RandomColorDegeneration(0.5)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of paler colors."""
        toward = ops.multiply(per_image(drawn), ops.subtract(gray(x), x))
        return self.clip(ops.add(x, toward))

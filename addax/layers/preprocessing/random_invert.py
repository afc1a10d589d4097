"""`RandomInvert`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import (
    ColorAugmentation,
    bounded_range,
    per_image,
)


@register("layers")
class RandomInvert(ColorAugmentation):
    """Inverts the colors of images at random, in training only.

    Args:
        factor: range of the probability: a pair in [0, 1] or `f` for `(0, f)`.
        value_range: smallest and largest value of pixels.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomInvert()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = bounded_range("RandomInvert", "factor", factor)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw which images are inverted."""
        return self.chosen(shape[0], self.factor)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of which some are inverted."""
        return ops.where(per_image(drawn), ops.subtract(self.value_range[1], x), x)

"""`RandomErasing`."""

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
from addax.layers.preprocessing.boxes import draw_boxes, inside_boxes
from addax.ops import random


@register("layers")
class RandomErasing(ColorAugmentation):
    """Fills a random rectangle of each image, in training only.

    Args:
        factor: range of the probability: a pair in [0, 1] or `f` for `(0, f)`.
        scale: range of the area as a share of the image's: a pair in [0, 1] or `s` for `(0, s)`.
        fill_value: number, or one per channel; None for noise.
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
        >>> RandomErasing()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = bounded_range("RandomErasing", "factor", factor)
        self.scale = bounded_range("RandomErasing", "scale", scale)
        self.fill_value = fill_value

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw which images lose a part, which part, and what fills it."""
        shares = [ops.sqrt(self.draw(shape[0], *self.scale)) for _ in range(2)]
        boxes = draw_boxes(self, shape, shares[0], shares[1])
        if self.fill_value is None:
            fill = ops.multiply(random.normal(shape, seed=self.generator), self.value_range[1])
        else:
            fill = ops.convert_to_tensor(self.fill_value, dtype=self.compute_dtype)
        return self.chosen(shape[0], self.factor), boxes, self.clip(fill)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of which some miss a part."""
        chosen, boxes, fill = drawn
        erased = ops.logical_and(per_image(chosen), inside_boxes(boxes, x.shape))
        return ops.where(erased, ops.cast(fill, x.dtype), x)

"""`RandomBrightness`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import ColorAugmentation, factor_range, per_image


@register("layers")
class RandomBrightness(ColorAugmentation):
    """Adds the same random number to all pixels of an image, in training only.

    Args:
        factor: range of the number as a share of `value_range`: a pair in [-1, 1] or
            `f` for `(-f, f)`.
        value_range: smallest and largest value of pixels; the result is clipped to it.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `data_format`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomBrightness(0.2)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: Any,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, **kwargs)
        self.factor = factor
        self._range = factor_range("RandomBrightness", "factor", factor)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw what is added to each image."""
        low, high = self.value_range
        return ops.multiply(self.draw(shape[0], *self._range), float(high - low))

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of another brightness."""
        return self.clip(ops.add(x, per_image(drawn)))

"""`RandomBrightness`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation, factor_range


@register("layers")
class RandomBrightness(Augmentation):
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
        super().__init__(seed=seed, **kwargs)
        self.factor = factor
        self.value_range = tuple(value_range)
        self._range = factor_range("RandomBrightness", "factor", factor)

    def change(self, x: Any) -> Any:
        """Return images of another brightness."""
        low, high = self.value_range
        shift = ops.multiply(self.draw(x.shape[0], *self._range), float(high - low))
        return ops.clip(ops.add(x, ops.reshape(shift, (-1, 1, 1, 1))), low, high)

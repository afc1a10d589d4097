"""`RandomContrast`."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import ColorAugmentation, per_image


@register("layers")
class RandomContrast(ColorAugmentation):
    """Multiplies the distance of each pixel to its channel's mean, in training only.

    Args:
        factor: `f` for a factor in `[1 - f, 1 + f]`, or a pair `(lower, upper)` for
            `[1 - lower, 1 + upper]`.
        value_range: smallest and largest value of pixels; the result is clipped to it.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `data_format`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomContrast(0.2)(np.ones((2, 8, 8, 3)), training=True).shape
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
        pair = (factor, factor) if isinstance(factor, numbers.Real) else tuple(factor)
        if len(pair) != 2 or min(pair) < 0 or pair[0] > 1:
            raise ValueError(
                "`factor` of `RandomContrast` must be a number or a pair of numbers >= 0, the "
                f"lower one at most 1. Received: factor={factor}"
            )
        self._range = (1.0 - pair[0], 1.0 + pair[1])

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the factor of each image."""
        return self.draw(shape[0], *self._range)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of another contrast."""
        mean = ops.mean(x, axis=(1, 2), keepdims=True)
        return self.clip(ops.add(ops.multiply(ops.subtract(x, mean), per_image(drawn)), mean))

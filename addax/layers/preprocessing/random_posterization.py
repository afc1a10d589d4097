"""`RandomPosterization`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import FactorAugmentation, per_image


@register("layers")
class RandomPosterization(FactorAugmentation):
    """Keeps only some bits of each value, in training only.

    Args:
        factor: range of the number of bits, the upper end excluded unless equal: a pair of
            integers from 1 to 8 or `f` for `(1, f)`.
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
        >>> RandomPosterization(4)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def _checked_factor(self, factor: Any) -> tuple[Any, Any]:
        pair = (1, factor) if isinstance(factor, int) else factor
        good = isinstance(pair, (list, tuple)) and len(pair) == 2
        if not good or not all(isinstance(n, int) and 1 <= n <= 8 for n in pair):
            raise ValueError(
                "`factor` of `RandomPosterization` must be an integer from 1 to 8, or a pair of "
                f"them. Received: factor={factor}"
            )
        return min(pair), max(pair)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the number of bits of each image."""
        low, high = self.factor
        return ops.floor(self.draw(shape[0], low, max(high, low + 1)))

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of fewer colors."""
        step = ops.power(2.0, ops.subtract(8.0, per_image(drawn)))
        whole = ops.floor(self.to_range(x))
        return self.from_range(ops.multiply(ops.floor(ops.divide(whole, step)), step))

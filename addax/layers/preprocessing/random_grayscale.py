"""`RandomGrayscale`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation, bounded_range, gray, per_image


@register("layers")
class RandomGrayscale(Augmentation):
    """Takes the color out of images at random, in training only.

    Args:
        factor: probability, in [0, 1].
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomGrayscale()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: float = 0.5,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        bounded_range("RandomGrayscale", "factor", factor)
        self.factor = factor

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw which images lose their color."""
        return ops.less(self.draw(shape[0]), self.factor)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of which some are gray."""
        return ops.where(per_image(drawn), gray(x), x)

"""`RandomGaussianBlur`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.preprocessing.augmentation import (
    ColorAugmentation,
    bounded_range,
    per_image,
)


@register("layers")
class RandomGaussianBlur(ColorAugmentation):
    """Blurs images at random, in training only.

    Args:
        factor: range of the probability: a pair in [0, 1] or `f` for `(0, f)`.
        kernel_size: size of the window, an odd integer or a pair (width, height).
        sigma: range of the standard deviation in pixels, drawn once per batch and axis: a
            pair in [0, 1] or `s` for `(0, s)`.
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
        >>> RandomGaussianBlur()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: int | Sequence[int] = 3,
        sigma: Any = 1.0,
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        owner = "RandomGaussianBlur"
        self.factor = bounded_range(owner, "factor", factor)
        self.kernel_size = arguments.int_tuple(owner, "kernel_size", kernel_size, 2)
        if any(size % 2 == 0 for size in self.kernel_size):
            raise ValueError(
                f"`kernel_size` of `{owner}` must be odd. Received: kernel_size={kernel_size}"
            )
        self.sigma = bounded_range(owner, "sigma", sigma)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw which images are blurred, and how much."""
        return self.chosen(shape[0], self.factor), self.draw(2, *self.sigma)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of which some are blurred."""
        chosen, sigma = drawn
        wide, high = self.kernel_size
        sigmas = (ops.add(sigma[1], 1e-6), ops.add(sigma[0], 1e-6))
        blurred = ops.image.gaussian_blur(x, (high, wide), sigmas, "channels_last")
        return self.clip(ops.where(per_image(chosen), blurred, x))

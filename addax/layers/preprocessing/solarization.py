"""`Solarization`."""

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
class Solarization(ColorAugmentation):
    """Inverts what is brighter than a random threshold, in training only.

    Args:
        addition_factor: range of what is added first, as a share of the range of pixels: a
            pair in [0, 1] or `f` for `(0, f)`.
        threshold_factor: range of the threshold, likewise; 0 inverts everything.
        value_range: smallest and largest value of pixels.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> Solarization()(np.array([[[10.0], [20.0]]]), training=True).numpy().ravel()
        array([245., 235.], dtype=float32)
    """

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, **kwargs)
        owner = "Solarization"
        self.addition_factor = bounded_range(owner, "addition_factor", addition_factor)
        self.threshold_factor = bounded_range(owner, "threshold_factor", threshold_factor)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw what is added, and the threshold."""
        ranges = (self.addition_factor, self.threshold_factor)
        return [self.draw(shape[0], low, high * 255) for low, high in ranges]

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images with their bright parts inverted."""
        addition, threshold = map(per_image, drawn)
        x = ops.clip(ops.add(self.to_range(x), addition), 0, 255)
        return self.from_range(ops.where(ops.less(x, threshold), x, ops.subtract(255, x)))

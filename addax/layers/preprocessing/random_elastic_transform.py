"""`RandomElasticTransform`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.graph import op
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import (
    ColorAugmentation,
    bounded_range,
    per_image,
)
from addax.layers.preprocessing.warp import FILL_MODES, grid, values_at
from addax.ops import random


@register("layers")
class RandomElasticTransform(ColorAugmentation):
    """Distorts images like a rubber sheet, at random and in training only.

    Args:
        factor: range of the probability: a pair in [0, 1] or `f` for `(0, f)`.
        scale: range of the strength `s`, drawn once per batch: a pair in [0, 1] or `s` for
            `(0, s)`. Noise of standard deviation `0.05 s` of the smaller side is smoothed as
            widely and multiplied by `0.1 s` of the larger side.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode: what lies outside: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        fill_value: value outside, for `"constant"`.
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
        >>> RandomElasticTransform()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    moves_pixels = True

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = 1.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        owner = "RandomElasticTransform"
        self.factor = bounded_range(owner, "factor", factor)
        self.scale = bounded_range(owner, "scale", scale)
        self.interpolation = errors.one_of(
            owner, "interpolation", interpolation, ("bilinear", "nearest")
        )
        self.fill_mode = errors.one_of(owner, "fill_mode", fill_mode, FILL_MODES)
        self.fill_value = fill_value

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw which images change, and how far their pixels move, `(batch, height, width, 2)`."""
        batch, height, width, _ = shape
        strength = self.draw(1, *self.scale)[0]
        spread = ops.multiply(strength, 0.05 * min(height, width))
        size = 2 * int(0.15 * self.scale[1] * min(height, width)) + 1
        noise = random.normal((batch, height, width, 2), seed=self.generator)
        moves = ops.multiply(noise, spread)
        sigma = ops.add(spread, 1e-6)
        moves = ops.image.gaussian_blur(moves, (size, size), (sigma, sigma), "channels_last")
        moves = ops.multiply(moves, ops.multiply(strength, 0.1 * max(height, width)))
        return self.chosen(batch, self.factor), moves

    def _distorted(self, x: Any, drawn: Any, interpolation: str) -> Any:
        chosen, moves = drawn
        moved = _moved(x, moves, interpolation, self.fill_mode, self.fill_value)
        return ops.where(per_image(chosen), moved, x)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of which some are distorted."""
        return self.clip(self._distorted(x, drawn, self.interpolation))

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the masks, distorted like their images."""
        return self._distorted(masks, drawn, "nearest")


@op
def _moved(x: Any, moves: Any, interpolation: str, fill_mode: str, fill_value: float) -> Any:
    source = grid(x.shape[1], x.shape[2], moves.dtype) + moves
    return values_at(x, source, interpolation, fill_mode, fill_value)

"""`RandomPerspective`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import (
    Augmentation,
    bounded_range,
    per_image,
    uniform,
)


@register("layers")
class RandomPerspective(Augmentation):
    """Shows images from a random side, in training only.

    Args:
        factor: range of the probability: a pair in [0, 1] or `f` for `(0, f)`.
        scale: how far corners move at most, in [0, 1]: 1 is half the size of the image.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_value: value outside.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomPerspective()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    moves_pixels = True

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        owner = "RandomPerspective"
        self.factor = bounded_range(owner, "factor", factor)
        self.scale = errors.in_interval(owner, "scale", scale, 0, 1)
        self.interpolation = errors.one_of(
            owner, "interpolation", interpolation, ("bilinear", "nearest")
        )
        self.fill_value = fill_value

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw which images change, and where their corners go, `(batch, 4, 2)` of (x, y)."""
        half = 0.5 * self.scale
        moves = uniform(self.generator.next(), (shape[0], 4, 2), 1 - half, 1 + half)
        corners = ops.convert_to_tensor(corners_of(shape[1], shape[2]), dtype="float32")
        return self.chosen(shape[0], self.factor), corners, ops.multiply(corners, moves)

    def _warped(self, x: Any, drawn: Any, interpolation: str) -> Any:
        chosen, start, end = drawn
        start = ops.add(ops.zeros_like(end), start)
        moved = ops.image.perspective_transform(
            x, start, end, interpolation, self.fill_value, "channels_last"
        )
        return ops.where(per_image(chosen), moved, x)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images seen from another side."""
        return self._warped(x, drawn, self.interpolation)

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the masks, warped like their images."""
        return self._warped(masks, drawn, "nearest")


def corners_of(height: int, width: int) -> list[list[list[float]]]:
    """Return the corners of an image as (x, y): top ones first, left ones first."""
    right, bottom = width - 1.0, height - 1.0
    return [[[0.0, 0.0], [right, 0.0], [0.0, bottom], [right, bottom]]]

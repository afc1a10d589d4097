"""`RandomTranslation`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import factor_range
from addax.layers.preprocessing.warp import Warp, rows_of


@register("layers")
class RandomTranslation(Warp):
    """Shifts each image by a random distance, in training only.

    Args:
        height_factor: range of the shift down, as a share of the height: a pair or `f`
            for `(-f, f)`.
        width_factor: range of the shift to the right, as a share of the width.
        fill_mode: what lies outside: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: integer, for repeatable numbers.
        fill_value: value outside, for `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomTranslation(0.2, 0.2)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = height_factor
        self.width_factor = width_factor
        self._ranges = (
            factor_range("RandomTranslation", "height_factor", height_factor),
            factor_range("RandomTranslation", "width_factor", width_factor),
        )

    def matrices(self, batch: int, height: int, width: int) -> Any:
        """Return translations."""
        down = ops.multiply(self.draw(batch, *self._ranges[0]), -float(height))
        right = ops.multiply(self.draw(batch, *self._ranges[1]), -float(width))
        return rows_of(1.0, 0.0, down, 0.0, 1.0, right)

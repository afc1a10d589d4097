"""`RandomRotation`."""

from __future__ import annotations

import math
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import factor_range
from addax.layers.preprocessing.warp import Warp, rows_of


@register("layers")
class RandomRotation(Warp):
    """Rotates each image by a random angle, in training only.

    Args:
        factor: range of the angle in full turns, a pair or `f` for `(-f, f)`;
            positive angles are counter-clockwise.
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
        >>> RandomRotation(0.1)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = factor
        self._range = factor_range("RandomRotation", "factor", factor)

    def matrices(self, batch: int, height: int, width: int) -> Any:
        """Return rotations."""
        angle = ops.multiply(self.draw(batch, *self._range), 2 * math.pi)
        cos, sin = ops.cos(angle), ops.sin(angle)
        return rows_of(cos, sin, 0.0, ops.negative(sin), cos, 0.0)

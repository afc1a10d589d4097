"""`RandomZoom`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import factor_range
from addax.layers.preprocessing.warp import Warp, rows_of


@register("layers")
class RandomZoom(Warp):
    """Zooms into or out of each image by a random factor, in training only.

    Args:
        height_factor: range of the zoom: a pair or `f` for `(-f, f)`; 0.2 shows 20 %
            more of the height, -0.2 20 % less.
        width_factor: the same for the width; default: as the height.
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
        >>> RandomZoom(0.2)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
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
        self._height = factor_range("RandomZoom", "height_factor", height_factor)
        self._width = (
            None
            if width_factor is None
            else factor_range("RandomZoom", "width_factor", width_factor)
        )

    def matrices(self, batch: int, height: int, width: int) -> Any:
        """Return scalings."""
        rows = ops.add(self.draw(batch, *self._height), 1.0)
        columns = rows if self._width is None else ops.add(self.draw(batch, *self._width), 1.0)
        return rows_of(rows, 0.0, 0.0, 0.0, columns, 0.0)

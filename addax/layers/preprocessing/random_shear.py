"""`RandomShear`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import bounded_range
from addax.layers.preprocessing.warp import Warp, rows_of


@register("layers")
class RandomShear(Warp):
    """Slants each image by a random amount, in training only.

    Args:
        x_factor: range of the shift to the side per row: a pair in [0, 1] or `f` for
            `(-f, f)`; the sign is random.
        y_factor: the same of the shift up or down per column.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode: what lies outside: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        fill_value: value outside, for `"constant"`.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomShear(0.2)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor = _range("x_factor", x_factor)
        self.y_factor = _range("y_factor", y_factor)

    def matrices(self, batch: int, height: int, width: int) -> Any:
        """Return maps that leave the corner in place."""
        sign = ops.where(ops.less(self.draw(batch), 0.5), -1.0, 1.0)
        along_rows = ops.multiply(self.draw(batch, *self.x_factor), sign)
        along_columns = ops.multiply(self.draw(batch, *self.y_factor), sign)
        down = ops.multiply(along_columns, (width - 1) / 2)
        right = ops.multiply(along_rows, (height - 1) / 2)
        return rows_of(1.0, along_columns, down, along_rows, 1.0, right)


def _range(name: str, value: Any) -> tuple[float, float]:
    low, high = bounded_range("RandomShear", name, value, low=-1, start=0)
    return (low, high) if isinstance(value, (list, tuple)) else (-high, high)

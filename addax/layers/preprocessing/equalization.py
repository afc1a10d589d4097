"""`Equalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.layers.preprocessing.augmentation import ColorAugmentation


@register("layers")
class Equalization(ColorAugmentation):
    """Spreads the values of each channel evenly over the range, in training.

    Args:
        value_range: smallest and largest value of pixels.
        bins: number of bins of the histogram, which is that of the whole batch.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> Equalization()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    _not_in_config = ("seed",)

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, data_format=data_format, **kwargs)
        self.bins = errors.positive_int("Equalization", "bins", bins)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images with an even histogram."""
        channels = ops.unstack(self.to_range(x), axis=-1)
        even = [_equalized(channel, self.bins) for channel in channels]
        return self.from_range(ops.stack(even, axis=-1))


@op
def _equalized(x: Any, bins: int) -> Any:
    """Return values in [0, 255] mapped by their cumulative histogram."""
    index = xp.clip((x * (bins - 1) / 255).astype("int32"), 0, bins - 1)
    histogram = xp.zeros(bins, "float32").at[index.ravel()].add(1.0)
    total = xp.cumsum(histogram)
    first = total[xp.argmax(total > 0)]
    span = total[-1] - first
    table = xp.clip(xp.round((total - first) * 255 / xp.where(span == 0, 1, span)), 0, 255)
    return xp.where(span == 0, x, table[index].astype(x.dtype))

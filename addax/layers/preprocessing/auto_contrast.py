"""`AutoContrast`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import ColorAugmentation


@register("layers")
class AutoContrast(ColorAugmentation):
    """Stretches each channel of each image over the whole range, always.

    Args:
        value_range: smallest and largest value of pixels.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> AutoContrast()(np.array([[[10.0], [20.0]]])).numpy().ravel()
        array([  0., 255.], dtype=float32)
    """

    always = True
    _not_in_config = ("seed",)

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, **kwargs)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return the stretched images; a channel of one value stays as it is."""
        lower, upper = self.value_range
        low = ops.min(x, axis=(1, 2), keepdims=True)
        high = ops.max(x, axis=(1, 2), keepdims=True)
        flat = ops.equal(low, high)
        span = ops.where(flat, ops.ones_like(low), ops.subtract(high, low))
        shares = ops.divide(ops.subtract(x, low), span)
        stretched = ops.add(ops.multiply(shares, upper - lower), lower)
        return ops.where(flat, x, self.clip(stretched))

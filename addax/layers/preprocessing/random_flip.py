"""`RandomFlip`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation

_AXES = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (2, 1)}


@register("layers")
class RandomFlip(Augmentation):
    """Flips each image at random, in training only.

    Args:
        mode: `"horizontal"`, `"vertical"` or `"horizontal_and_vertical"`.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomFlip()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.mode = errors.one_of("RandomFlip", "mode", mode, tuple(_AXES))

    def change(self, x: Any) -> Any:
        """Return images of which half are flipped."""
        for axis in _AXES[self.mode]:
            flips = ops.reshape(ops.less(self.draw(x.shape[0]), 0.5), (-1, 1, 1, 1))
            x = ops.where(flips, ops.flip(x, axis), x)
        return x

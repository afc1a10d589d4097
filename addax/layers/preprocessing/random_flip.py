"""`RandomFlip`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation, per_image

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

    moves_pixels = True

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.mode = errors.one_of("RandomFlip", "mode", mode, tuple(_AXES))

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw along which axes each image is flipped."""
        return [ops.less(self.draw(shape[0]), 0.5) for _ in _AXES[self.mode]]

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of which half are flipped."""
        for axis, flips in zip(_AXES[self.mode], drawn, strict=True):
            x = ops.where(per_image(flips), ops.flip(x, axis), x)
        return x

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the masks, flipped like their images."""
        return self.change(masks, drawn)

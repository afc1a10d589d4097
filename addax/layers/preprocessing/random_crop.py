"""`RandomCrop`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation


@register("layers")
class RandomCrop(Augmentation):
    """Takes a random part of images, the same of all in a batch, in training.

    Args:
        height: height of the output.
        width: width of the output.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        name: name of the layer.
        **kwargs: `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: the same with the new sizes.

    Example:
        >>> import numpy as np
        >>> RandomCrop(4, 5)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 4, 5, 3)
    """

    always = True
    moves_pixels = True

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, name=name, **kwargs)
        self.height = errors.positive_int("RandomCrop", "height", height)
        self.width = errors.positive_int("RandomCrop", "width", width)

    def call(self, inputs: Any, training: bool | None = True) -> Any:
        """Return the cropped images; outside of training the largest middle part, resized."""
        self._active = bool(training)
        return super().call(inputs, training)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the corner of the part, None where the images are too small or not in training."""
        rest = (shape[1] - self.height, shape[2] - self.width)
        if not self._active or min(rest) < 0:
            return None
        return [ops.cast(self.draw(1, 0, size + 1)[0], "int32") for size in rest]

    def change(self, x: Any, drawn: Any) -> Any:
        """Return a part of the images."""
        size = (self.height, self.width)
        if drawn is None:
            return ops.image.resize(x, size, crop_to_aspect_ratio=True, data_format="channels_last")
        return ops.slice(x, (0, *drawn, 0), (x.shape[0], *size, x.shape[3]))

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the same part of the masks."""
        return self.change(masks, drawn)

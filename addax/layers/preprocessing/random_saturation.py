"""`RandomSaturation`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import FactorAugmentation, per_image


@register("layers")
class RandomSaturation(FactorAugmentation):
    """Makes the colors of RGB images paler or stronger, in training only.

    Args:
        factor: range of `f`, by which the saturation is multiplied as `f / (1 - f)`: a pair in
            [0, 1] or `f` for `(0, f)`; 0 is gray, 0.5 no change, 1 the strongest color.
        value_range: smallest and largest value of pixels.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomSaturation(0.5)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the factor of each image."""
        share = self.draw(shape[0], *self.factor)
        return ops.divide(share, ops.add(ops.subtract(1.0, share), 1e-7))

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of another saturation."""
        hsv = ops.image.rgb_to_hsv(self.to_range(x, 1.0), "channels_last")
        hue, saturation, value = ops.split(hsv, 3, axis=-1)
        stronger = ops.clip(ops.multiply(saturation, per_image(drawn)), 0, 1)
        changed = ops.concatenate([hue, stronger, value], axis=-1)
        rgb = ops.image.hsv_to_rgb(changed, "channels_last")
        return self.from_range(rgb, 1.0)

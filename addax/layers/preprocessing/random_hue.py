"""`RandomHue`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import FactorAugmentation, per_image


@register("layers")
class RandomHue(FactorAugmentation):
    """Turns the colors of RGB images around the color circle, in training only.

    Args:
        factor: range of the angle in half turns: a pair in [0, 1] or `f` for `(0, f)`; the
            direction is random.
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
        >>> RandomHue(0.5)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the turn of each image, as a share of the circle."""
        back = ops.less(self.draw(shape[0]), 0.5)
        turn = ops.multiply(self.draw(shape[0], *self.factor), 0.5)
        return ops.where(back, ops.negative(turn), turn)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images of other colors."""
        hsv = ops.image.rgb_to_hsv(self.to_range(x, 1.0), "channels_last")
        hue, saturation, value = ops.split(hsv, 3, axis=-1)
        turned = [ops.add(hue, per_image(drawn)), saturation, value]
        rgb = ops.image.hsv_to_rgb(ops.concatenate(turned, axis=-1), "channels_last")
        return self.from_range(ops.clip(rgb, 0, 1), 1.0)

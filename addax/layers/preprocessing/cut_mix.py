"""`CutMix`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation, bounded_range
from addax.layers.preprocessing.boxes import draw_boxes, inside_boxes
from addax.layers.preprocessing.mix_up import mixed_labels
from addax.ops import random


@register("layers")
class CutMix(Augmentation):
    """Replaces a random rectangle of each image by that of another one, in training only.

    Labels are one-hot vectors, or probabilities. See https://arxiv.org/abs/1905.04899.

    Args:
        factor: range of `a`, drawn once per batch, for the share of the image that stays,
            which is of distribution Beta(a, a): a pair in [0, 1] or `f` for `(0, f)`.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> data = {"images": np.ones((2, 8, 8, 3)), "labels": np.eye(2)}
        >>> CutMix()(data, training=True)["labels"].shape
        (2, 2)
    """

    moves_pixels = True

    def __init__(
        self,
        factor: Any = 1.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = bounded_range("CutMix", "factor", factor)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw partners, rectangles, and the share that stays."""
        alpha = ops.add(self.draw(1, *self.factor)[0], 1e-6)
        stays = random.beta((shape[0],), alpha, alpha, seed=self.generator)
        side = ops.sqrt(ops.subtract(1.0, stays))
        boxes = draw_boxes(self, shape, side, side)
        area = ops.multiply(boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2])
        stays = ops.subtract(1.0, ops.divide(area, float(shape[1] * shape[2])))
        return random.shuffle(ops.arange(shape[0]), seed=self.generator), boxes, stays

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images with parts of others."""
        partners, boxes, _ = drawn
        return ops.where(inside_boxes(boxes, x.shape), ops.take(x, partners, axis=0), x)

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return masks with parts of others."""
        return self.change(masks, drawn)

    def change_labels(self, labels: Any, drawn: Any) -> Any:
        """Return labels mixed like the areas of the images."""
        partners, _, stays = drawn
        return mixed_labels("CutMix", labels, partners, stays, self.compute_dtype)

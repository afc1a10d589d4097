"""`RandAugment`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import bounded_range
from addax.layers.preprocessing.choices import Choices


@register("layers")
class RandAugment(Choices):
    """Applies some changes chosen at random to each batch, in training only.

    See https://arxiv.org/abs/1909.13719.

    Args:
        value_range: smallest and largest value of pixels.
        num_ops: how many changes.
        factor: range of their strength: a pair in [0, 1] or `f` for `(0, f)`.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandAugment()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        num_ops: int = 2,
        factor: Any = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        pair = bounded_range("RandAugment", "factor", factor)
        super().__init__(pair, value_range, interpolation, True, seed, data_format, **kwargs)
        self.num_ops = errors.positive_int("RandAugment", "num_ops", num_ops)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the changes."""
        return self.draw_choices(self.num_ops, shape)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return the images after all changes."""
        return self.run(self.apply_choice, x, drawn)

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the masks, moved like their images."""

        def change(masks: Any, choice: Any) -> Any:
            return self.apply_choice(masks, choice, masks=True)

        return self.run(change, masks, drawn)

"""`RandomColorJitter`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.layers.preprocessing.augmentation import ColorAugmentation
from addax.layers.preprocessing.random_brightness import RandomBrightness
from addax.layers.preprocessing.random_contrast import RandomContrast
from addax.layers.preprocessing.random_hue import RandomHue
from addax.layers.preprocessing.random_saturation import RandomSaturation


@register("layers")
class RandomColorJitter(ColorAugmentation):
    """Changes brightness, contrast, saturation and hue at random, in training only.

    Args:
        value_range: smallest and largest value of pixels.
        brightness_factor: `factor` of `RandomBrightness`, None for no change.
        contrast_factor: `factor` of `RandomContrast`, None for no change.
        saturation_factor: `factor` of `RandomSaturation`, None for no change.
        hue_factor: `factor` of `RandomHue`, None for no change.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> RandomColorJitter(hue_factor=0.2)(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        self.brightness_factor = brightness_factor
        self.contrast_factor = contrast_factor
        self.saturation_factor = saturation_factor
        self.hue_factor = hue_factor
        factors = (
            (RandomBrightness, brightness_factor),
            (RandomContrast, contrast_factor),
            (RandomSaturation, saturation_factor),
            (RandomHue, hue_factor),
        )
        self._steps: list[ColorAugmentation] = [
            kind(factor, value_range=self.value_range, seed=seed, dtype=self.dtype_policy)
            for kind, factor in factors
            if factor is not None
        ]

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw what each step does."""
        return [step.sample(shape) for step in self._steps]

    def change(self, x: Any, drawn: Any) -> Any:
        """Return the images after all steps."""
        for step, values in zip(self._steps, drawn, strict=True):
            x = step.change(x, values)
        return x

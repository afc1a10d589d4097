"""The changes among which `RandAugment` and `AugMix` choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import ops, tree
from addax.core.tensor import raw
from addax.engine import engine
from addax.layers.preprocessing.augmentation import Augmentation, ColorAugmentation
from addax.layers.preprocessing.auto_contrast import AutoContrast
from addax.layers.preprocessing.equalization import Equalization
from addax.layers.preprocessing.random_brightness import RandomBrightness
from addax.layers.preprocessing.random_color_degeneration import RandomColorDegeneration
from addax.layers.preprocessing.random_contrast import RandomContrast
from addax.layers.preprocessing.random_posterization import RandomPosterization
from addax.layers.preprocessing.random_rotation import RandomRotation
from addax.layers.preprocessing.random_sharpness import RandomSharpness
from addax.layers.preprocessing.random_shear import RandomShear
from addax.layers.preprocessing.random_translation import RandomTranslation
from addax.layers.preprocessing.solarization import Solarization

Choice = tuple[Any, Any]


class Choices(ColorAugmentation):
    """Base of layers that apply layers chosen at random, the same to all images of a batch.

    Args:
        factor: range of the strength of each change.
        value_range: smallest and largest value of pixels.
        interpolation: of the changes that move pixels.
        every: whether brightness, color, contrast and sharpness are among the changes.
        seed: integer, for repeatable numbers.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    moves_pixels = True

    def __init__(
        self,
        factor: tuple[float, float],
        value_range: Any,
        interpolation: str,
        every: bool,
        seed: int | None,
        data_format: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = factor
        self.interpolation = interpolation
        shared: dict[str, Any] = {
            "seed": seed,
            "dtype": self.dtype_policy,
            "data_format": "channels_last",
        }
        colors: dict[str, Any] = {**shared, "value_range": self.value_range}
        moves: dict[str, Any] = {**shared, "interpolation": interpolation}
        bits = max(1, int(8 * factor[1]))
        self._changes: list[Augmentation] = [
            RandomShear(factor, factor, **moves),
            RandomTranslation(factor, factor, **moves),
            RandomRotation(factor, **moves),
            Solarization(factor, factor, **colors),
            RandomPosterization(bits, **colors),
            AutoContrast(**colors),
            Equalization(**colors),
        ]
        if every:
            self._changes += [
                RandomBrightness(factor, **colors),
                RandomColorDegeneration(factor, **colors),
                RandomContrast(factor, **colors),
                RandomSharpness(factor, **colors),
            ]

    def draw_choices(self, count: int, shape: tuple[int, ...], more: int = 0) -> Choice:
        """Draw `count` changes and what they do, stacked along a first axis.

        Args:
            count: how many.
            shape: shape of the images.
            more: number of further choices, which stand for no change.
        """
        number = len(self._changes) + more
        picked = ops.cast(self.draw(count, 0, number), "int32")
        batch = (count * shape[0], *shape[1:])
        return picked, [_split(layer.sample(batch), count) for layer in self._changes]

    def run(self, body: Callable[[Any, Any], Any], start: Any, steps: Any) -> Any:
        """Return `body(... body(start, steps[0]) ..., steps[-1])`, compiled once for all."""
        count = tree.flatten(steps)[0].shape[0]
        if engine.is_traced(raw(tree.flatten(steps)[0])):
            return ops.scan(lambda carry, step: (body(carry, step), None), start, steps)[0]
        for i in range(count):
            start = body(start, tree.map_structure(lambda leaf: leaf[i], steps))  # noqa: B023
        return start

    def apply_choice(self, x: Any, choice: Choice, masks: bool = False) -> Any:
        """Return images after one of the changes, the only one that is computed."""
        index, drawn = choice

        def branch(layer: Augmentation, values: Any) -> Callable[[Any], Any]:
            change = layer.change_masks if masks else layer.change
            return lambda images: ops.cast(change(images, values), images.dtype)

        branches: list[Callable[[Any], Any]] = [
            branch(layer, values) for layer, values in zip(self._changes, drawn, strict=True)
        ]
        branches.append(lambda images: images)
        return ops.switch(index, branches, x)


def _split(drawn: Any, count: int) -> Any:
    """Return what is drawn for `count` batches at once with an axis of its own for them."""
    if drawn is None:
        return ops.zeros((count,))
    return tree.map_structure(lambda leaf: ops.reshape(leaf, (count, -1, *leaf.shape[1:])), drawn)

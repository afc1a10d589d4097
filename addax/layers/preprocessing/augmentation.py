"""What the layers that change images at random share."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.graph import op
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer

GRAY = (0.2989, 0.587, 0.114)


def factor_range(owner: str, name: str, value: Any) -> tuple[float, float]:
    """Return `(lower, upper)` of a pair, or `(-value, value)` of a number."""
    pair: Any = (-value, value) if isinstance(value, numbers.Real) else value
    good = isinstance(pair, (list, tuple)) and len(pair) == 2 and pair[0] <= pair[1]
    if not good:
        raise ValueError(
            f"`{name}` of `{owner}` must be a number or a pair (lower, upper). Received: "
            f"{name}={value}"
        )
    return float(pair[0]), float(pair[1])


def bounded_range(
    owner: str, name: str, value: Any, low: float = 0, high: float = 1, start: float | None = None
) -> tuple[Any, Any]:
    """Return `(lower, upper)` of a pair within bounds, or `(start, value)` of a number.

    Args:
        owner: class name of the layer.
        name: name of the argument.
        value: the argument.
        low: smallest value allowed.
        high: largest value allowed.
        start: lower end for a number; default: `low`.
    """
    first = low if start is None else start
    pair: Any = (first, value) if isinstance(value, numbers.Real) else value
    good = isinstance(pair, (list, tuple)) and len(pair) == 2
    if not good or not all(isinstance(v, numbers.Real) and low <= float(v) <= high for v in pair):
        raise ValueError(
            f"`{name}` of `{owner}` must be a number or a pair of numbers in [{low}, {high}]. "
            f"Received: {name}={value}"
        )
    return min(pair), max(pair)


def pixel_range(owner: str, value: Any) -> tuple[float, float]:
    """Return `value_range` when it is a pair of two different numbers, the lower one first."""
    good = isinstance(value, (list, tuple)) and len(value) == 2
    if not good or not all(isinstance(v, numbers.Real) for v in value) or value[0] == value[1]:
        raise ValueError(
            f"`value_range` of `{owner}` must be a pair of different numbers, such as (0, 255). "
            f"Received: value_range={value}"
        )
    return min(value), max(value)


def per_image(values: Any) -> Any:
    """Return one number per image so that it broadcasts over the pixels."""
    return ops.reshape(values, (-1, 1, 1, 1))


class Augmentation(Layer):
    """Base of layers that change the images of a batch, mostly at random and in training only.

    A subclass draws what happens in `sample` and does it in `change`, so that the same can
    happen to labels and segmentation masks. Inputs are images, or a dict with the keys
    `"images"`, `"labels"`, `"segmentation_masks"` and `"bounding_boxes"`.

    Args:
        seed: integer, for repeatable numbers.
        data_format: layout of the images.
        bounding_box_format: kept for configs of Keras.
        **kwargs: further arguments of `Layer`.
    """

    always = False  # whether it works outside of training, too
    moves_pixels = False  # whether boxes and masks would have to move along
    _more_in_config = ("data_format",)
    _omitted_when_none = ("bounding_box_format",)

    def __init__(
        self,
        seed: int | None = None,
        data_format: str | None = None,
        bounding_box_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.bounding_box_format = bounding_box_format
        self.data_format = arguments.data_format(type(self).__name__, data_format)
        self.generator = SeedGenerator(seed)
        self.supports_masking = False

    def call(self, inputs: Any, training: bool | None = True) -> Any:
        """Return the changed images, or the images as they are when not `training`."""
        active = self.always or bool(training)
        if isinstance(inputs, dict):
            return self._changed(inputs, active)
        return self._changed({"images": inputs}, active)["images"]

    def _changed(self, data: dict[str, Any], active: bool) -> dict[str, Any]:
        x = ops.cast(data["images"], self.compute_dtype)
        if not active:
            return {**data, "images": x}
        if len(x.shape) not in (3, 4):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' expects one image or a batch of images, "
                f"rank 3 or 4. Received: shape {tuple(x.shape)}"
            )
        single = len(x.shape) == 3
        x = self._to_batch(x, single)
        drawn = self.sample(tuple(x.shape))
        result = {**data, "images": self._from_batch(self.change(x, drawn), single)}
        if "labels" in data:
            result["labels"] = self.change_labels(data["labels"], drawn)
        if "segmentation_masks" in data:
            masks = self._to_batch(ops.convert_to_tensor(data["segmentation_masks"]), single)
            result["segmentation_masks"] = self._from_batch(self.change_masks(masks, drawn), single)
        if "bounding_boxes" in data:
            result["bounding_boxes"] = self.change_boxes(data["bounding_boxes"], drawn)
        return result

    def _to_batch(self, x: Any, single: bool) -> Any:
        x = ops.expand_dims(x, 0) if single else x
        return ops.transpose(x, (0, 2, 3, 1)) if self.data_format == "channels_first" else x

    def _from_batch(self, x: Any, single: bool) -> Any:
        x = ops.transpose(x, (0, 3, 1, 2)) if self.data_format == "channels_first" else x
        return ops.squeeze(x, 0) if single else x

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw what happens to images of shape `(batch, height, width, channels)`."""
        return None

    def change(self, x: Any, drawn: Any) -> Any:
        """Return changed images, `(batch, height, width, channels)`."""
        raise NotImplementedError

    def change_labels(self, labels: Any, drawn: Any) -> Any:
        """Return the labels of the changed images."""
        return labels

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the segmentation masks of the changed images, `(batch, height, width, n)`."""
        if self.moves_pixels:
            raise NotImplementedError(f"{type(self).__name__} cannot change segmentation masks.")
        return masks

    def change_boxes(self, boxes: Any, drawn: Any) -> Any:
        """Return the bounding boxes of the changed images."""
        if self.moves_pixels:
            raise NotImplementedError(f"{type(self).__name__} cannot change bounding boxes.")
        return boxes

    def draw(self, batch: int, lower: float = 0.0, upper: float = 1.0) -> Any:
        """Return one uniform number per image."""
        return uniform(self.generator.next(), (batch,), lower, upper)

    def chosen(self, batch: int, probability: tuple[float, float]) -> Any:
        """Return whether something happens to each image, with a probability drawn as well."""
        return ops.less(self.draw(batch), self.draw(batch, *probability))


class ColorAugmentation(Augmentation):
    """Base of layers that change colors, for values of pixels in a known range.

    Args:
        value_range: smallest and largest value of pixels.
        seed: integer, for repeatable numbers.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    def __init__(
        self,
        value_range: Sequence[float],
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.value_range = pixel_range(type(self).__name__, value_range)

    def to_range(self, x: Any, high: float = 255.0) -> Any:
        """Bring values of `value_range` to `[0, high]`."""
        lower, upper = self.value_range
        if (lower, upper) == (0, high):
            return x
        return ops.multiply(ops.subtract(x, lower), high / (upper - lower))

    def from_range(self, x: Any, high: float = 255.0) -> Any:
        """Bring values of `[0, high]` to `value_range`."""
        lower, upper = self.value_range
        if (lower, upper) == (0, high):
            return x
        return ops.add(ops.multiply(x, (upper - lower) / high), lower)

    def clip(self, x: Any) -> Any:
        """Cut values off at the ends of `value_range`."""
        return ops.clip(x, *self.value_range)


class FactorAugmentation(ColorAugmentation):
    """Base of layers that change colors by a random number out of one range.

    Args:
        factor: range of the number: a pair in [0, 1] or `f` for `(0, f)`, unless a subclass
            overrides `_checked_factor`.
        value_range: smallest and largest value of pixels.
        data_format: layout of the images.
        seed: integer, for repeatable numbers.
        **kwargs: further arguments of `Layer`.
    """

    def __init__(
        self,
        factor: Any,
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, seed=seed, data_format=data_format, **kwargs)
        self.factor = self._checked_factor(factor)

    def _checked_factor(self, factor: Any) -> tuple[Any, Any]:
        return bounded_range(type(self).__name__, "factor", factor)

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the number of each image."""
        return self.draw(shape[0], *self.factor)


@op
def uniform(key: Any, shape: tuple[int, ...], lower: float = 0.0, upper: float = 1.0) -> Any:
    """Return uniform numbers for a key of a generator."""
    return engine.random.uniform(key, shape, minval=lower, maxval=upper)


@op
def gray(x: Any) -> Any:
    """Return the brightness of RGB images, `(..., 1)`; of others the mean of the channels."""
    if x.shape[-1] != 3:
        return xp.mean(x, axis=-1, keepdims=True)
    return xp.sum(x * xp.asarray(GRAY, x.dtype), axis=-1, keepdims=True)

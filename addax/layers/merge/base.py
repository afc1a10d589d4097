"""What the elementwise merging layers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.layers.base import Layer

Shape = tuple[int | None, ...]


def check_list(layer: Layer, shapes: Any, minimum: int = 1) -> list[Shape]:
    """Return the shapes of a list of inputs.

    Raises:
        ValueError: if it is not a list, or too short.
    """
    nested = isinstance(shapes, (list, tuple)) and all(
        isinstance(shape, (list, tuple)) for shape in shapes
    )
    if not nested or len(shapes) < minimum:
        raise ValueError(
            f"{type(layer).__name__} '{layer.name}' must be called on a list of at least {minimum} "
            f"inputs. Received: input shape {shapes}"
        )
    return [tuple(shape) for shape in shapes]


def all_given(masks: Any) -> list[Any] | None:
    """Return the masks as a list if every input has one, else None."""
    if masks is None or any(mask is None for mask in masks):
        return None
    return list(masks)


class Merge(Layer):
    """Base of layers that join a list of tensors element by element.

    Shapes broadcast. A tensor of lower rank is taken to lack axes after the batch.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Check that the shapes broadcast."""
        shapes = check_list(self, input_shape)
        rank = max(len(shape) for shape in shapes)
        aligned = [_aligned(shape, rank) for shape in shapes]
        for axis in range(rank):
            sizes = {shape[axis] for shape in aligned} - {1, None}
            if len(sizes) > 1:
                raise ValueError(
                    f"The inputs of {type(self).__name__} '{self.name}' must have the same shape, "
                    f"or shapes that broadcast. Received: {shapes}"
                )

    def call(self, inputs: Sequence[Any]) -> Any:
        """Return the joined tensor."""
        rank = max(len(x.shape) for x in inputs)
        return self.merge([_with_rank(x, rank) for x in inputs])

    def merge(self, inputs: list[Any]) -> Any:
        """Join tensors of the same rank; subclasses define it."""
        raise NotImplementedError

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where any input counts, or None if an input has no mask."""
        masks = all_given(mask)
        if masks is None:
            return None
        joined = masks[0]
        for other in masks[1:]:
            joined = ops.logical_or(joined, other)
        return joined


def _aligned(shape: Shape, rank: int) -> Shape:
    return (*shape[:1], *(1,) * (rank - len(shape)), *shape[1:])


def _with_rank(x: Any, rank: int) -> Any:
    missing = rank - len(x.shape)
    return x if not missing else ops.reshape(x, _aligned(tuple(x.shape), rank))


def fold(function: Any, inputs: Sequence[Any]) -> Any:
    """Return `function` applied to the first two inputs, then the next one, ..."""
    result = inputs[0]
    for x in inputs[1:]:
        result = function(result, x)
    return result

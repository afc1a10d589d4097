"""`Concatenate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer
from addax.layers.merge.base import Shape, check_list


@register("layers")
class Concatenate(Layer):
    """Joins tensors along an axis.

    Args:
        axis: the axis; not that of the batch.
        **kwargs: `name`, `dtype`.

    Input shape: a list of tensors with the same shape but for `axis`.
    Output shape: that of an input, with the sum of the sizes in `axis`.

    Raises:
        ValueError: if another size differs.

    Example:
        >>> import numpy as np
        >>> Concatenate()([np.ones((2, 3)), np.ones((2, 4))]).shape
        (2, 7)
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = True

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Check that the shapes agree outside `axis`."""
        shapes = check_list(self, input_shape)
        ranks = {len(shape) for shape in shapes}
        rank = ranks.pop()
        if ranks or not -rank <= self.axis < rank:
            self._refuse(shapes)
        for i in range(rank):
            sizes = {shape[i] for shape in shapes} - {None}
            if i != self.axis % rank and len(sizes) > 1:
                self._refuse(shapes)

    def _refuse(self, shapes: Any) -> None:
        raise ValueError(
            f"The inputs of Concatenate '{self.name}' must have the same shape but for axis "
            f"{self.axis}. Received: {shapes}"
        )

    def call(self, inputs: Sequence[Any]) -> Any:
        """Return the joined tensor."""
        return ops.concatenate(list(inputs), axis=self.axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the joined masks; an input without one counts everywhere."""
        if mask is None or all(item is None for item in mask):
            return None
        parts = []
        for x, item in zip(inputs, mask, strict=True):
            if item is None:
                parts.append(ops.ones_like(x, dtype="bool"))
            elif len(item.shape) < len(x.shape):
                parts.append(ops.broadcast_to(ops.expand_dims(item, -1), x.shape))
            else:
                parts.append(item)
        return ops.any(ops.concatenate(parts, axis=self.axis), axis=-1)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """Join a list of tensors along an axis, with a new `Concatenate` layer.

    Args:
        inputs: list of tensors.
        axis: the axis.
        **kwargs: `name`, `dtype` of the layer.

    Example:
        >>> import numpy as np
        >>> concatenate([np.ones((2, 3)), np.ones((2, 4))]).shape
        (2, 7)
    """
    return Concatenate(axis=axis, **kwargs)(inputs)

"""`Average`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.merge.base import Merge, fold


@register("layers")
class Average(Merge):
    """Averages tensors, elementwise.

    Input shape: a list of tensors of the same shape, or of shapes that broadcast.
    Output shape: the broadcast shape.

    Example:
        >>> import numpy as np
        >>> Average()([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]).numpy()
        array([[2., 3.]], dtype=float32)
    """

    def merge(self, inputs: list[Any]) -> Any:
        """Return the mean of the inputs."""
        return ops.divide(fold(ops.add, inputs), len(inputs))


def average(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the mean of a list of tensors, with a new `Average` layer.

    Args:
        inputs: list of tensors.
        **kwargs: `name`, `dtype` of the layer.

    Example:
        >>> import numpy as np
        >>> average([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]).numpy()
        array([[2., 3.]], dtype=float32)
    """
    return Average(**kwargs)(inputs)

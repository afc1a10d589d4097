"""`Maximum`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.merge.base import Merge, fold


@register("layers")
class Maximum(Merge):
    """Takes the largest of tensors, elementwise.

    Input shape: a list of tensors of the same shape, or of shapes that broadcast.
    Output shape: the broadcast shape.

    Example:
        >>> import numpy as np
        >>> Maximum()([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]).numpy()
        array([[3., 4.]], dtype=float32)
    """

    def merge(self, inputs: list[Any]) -> Any:
        """Return the maximum of the inputs."""
        return fold(ops.maximum, inputs)


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the maximum of a list of tensors, with a new `Maximum` layer.

    Args:
        inputs: list of tensors.
        **kwargs: `name`, `dtype` of the layer.

    Example:
        >>> import numpy as np
        >>> maximum([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]).numpy()
        array([[3., 4.]], dtype=float32)
    """
    return Maximum(**kwargs)(inputs)

"""`Subtract`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.merge.base import Merge, Shape


@register("layers")
class Subtract(Merge):
    """Subtracts the second of two tensors from the first.

    Input shape: a list of two tensors of the same shape, or of shapes that broadcast.
    Output shape: the broadcast shape.

    Example:
        >>> import numpy as np
        >>> Subtract()([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]).numpy()
        array([[-2.,  2.]], dtype=float32)
    """

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Check that there are two inputs whose shapes broadcast."""
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                f"Subtract '{self.name}' must be called on exactly 2 inputs. Received: "
                f"{len(input_shape)} inputs"
            )

    def merge(self, inputs: list[Any]) -> Any:
        """Return the difference of the inputs."""
        return ops.subtract(*inputs)


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Any:
    """Return the difference of two tensors, with a new `Subtract` layer.

    Args:
        inputs: list of two tensors.
        **kwargs: `name`, `dtype` of the layer.

    Example:
        >>> import numpy as np
        >>> subtract([np.array([[1.0, 4.0]]), np.array([[3.0, 2.0]])]).numpy()
        array([[-2.,  2.]], dtype=float32)
    """
    return Subtract(**kwargs)(inputs)

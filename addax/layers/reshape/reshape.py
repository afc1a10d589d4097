"""`Reshape`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Reshape(Layer):
    """Gives each sample another shape.

    Args:
        target_shape: shape without the batch axis; one size may be -1.
        **kwargs: `name`, `dtype`.

    Input shape: `(batch, ...)`.
    Output shape: `(batch, *target_shape)`.

    Raises:
        ValueError: if the number of elements differs.

    Example:
        >>> import numpy as np
        >>> Reshape((2, -1))(np.ones((5, 6))).shape
        (5, 2, 3)
    """

    def __init__(self, target_shape: int | Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        shape = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if any(size is None or int(size) < -1 for size in shape) or shape.count(-1) > 1:
            raise ValueError(
                "`target_shape` of `Reshape` must be a tuple of sizes, at most one of them -1. "
                f"Received: target_shape={target_shape}"
            )
        self.target_shape = tuple(int(size) for size in shape)

    def call(self, inputs: Any) -> Any:
        """Return `inputs` in the target shape."""
        count = math.prod(inputs.shape[1:])
        fixed = math.prod(size for size in self.target_shape if size != -1)
        fits = count % fixed == 0 if -1 in self.target_shape and fixed else count == fixed
        if not fits:
            raise ValueError(
                f"`target_shape` of Reshape '{self.name}' must hold as many elements as a sample "
                f"of the input. Received: target_shape={self.target_shape}, sample shape "
                f"{tuple(inputs.shape[1:])}"
            )
        return ops.reshape(inputs, (inputs.shape[0], *self.target_shape))

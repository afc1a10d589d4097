"""`Permute`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class Permute(Layer):
    """Reorders the axes of each sample.

    Args:
        dims: for each axis of the output, the axis of the input, counted from 1
            (0 is the batch).
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, ...)`.
    Output shape: the same sizes in the new order.

    Example:
        >>> import numpy as np
        >>> Permute((2, 1))(np.ones((2, 3, 4))).shape
        (2, 4, 3)
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "`dims` of `Permute` must hold each of 1, 2, ... once; 0 is the batch axis, which "
                f"stays. Received: dims={dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Any) -> Any:
        """Return the inputs with permuted axes."""
        return ops.transpose(inputs, (0, *self.dims))

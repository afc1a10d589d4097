"""`Cropping1D`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class Cropping1D(Layer):
    """Cuts off the edges of the inputs.

    Args:
        cropping: number of elements at the start and end of each spatial axis: an
            integer, or a pair `(before, after)`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, steps, channels)`.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> Cropping1D(1)(np.ones((2, 5, 3))).shape
        (2, 3, 3)
    """

    def __init__(
        self,
        cropping: int | Sequence[Any] = (1, 1),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        pairs = arguments.int_pairs("Cropping1D", "cropping", cropping, 1)
        self.cropping = pairs[0]
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Any:
        """Return the cropped inputs."""
        index = [slice(None)] * len(inputs.shape)
        for axis, (before, after) in enumerate([self.cropping], 1):
            size = inputs.shape[axis]
            if before + after >= size:
                raise ValueError(
                    f"`cropping` of Cropping1D '{self.name}' leaves nothing of axis {axis} of "
                    f"size {size}. Received: cropping={self.cropping}"
                )
            index[axis] = slice(before, size - after)
        return ops.getitem(inputs, tuple(index))

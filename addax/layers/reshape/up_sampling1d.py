"""`UpSampling1D`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class UpSampling1D(Layer):
    """Enlarges its inputs by repeating each element.

    Args:
        size: how many times larger.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, steps, channels)`.
    Output shape: the same with new sizes.

    Example:
        >>> import numpy as np
        >>> UpSampling1D()(np.ones((2, 4, 3))).shape
        (2, 8, 3)
    """

    def __init__(
        self,
        size: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = errors.positive_int("UpSampling1D", "size", size)
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Any:
        """Return the enlarged inputs."""
        return ops.repeat(inputs, self.size, axis=1)

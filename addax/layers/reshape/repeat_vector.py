"""`RepeatVector`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class RepeatVector(Layer):
    """Repeats each sample, a vector, as the steps of a sequence.

    Args:
        n: number of repetitions.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, features)`.
    Output shape: `(batch, n, features)`.

    Example:
        >>> import numpy as np
        >>> RepeatVector(3)(np.ones((2, 4))).shape
        (2, 3, 4)
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = errors.positive_int("RepeatVector", "n", n)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Any) -> Any:
        """Return the repeated inputs."""
        batch, features = inputs.shape
        return ops.broadcast_to(ops.expand_dims(inputs, 1), (batch, self.n, features))

"""`UnitNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class UnitNormalization(Layer):
    """Divides each sample by its Euclidean length over some axes.

    Args:
        axis: axis or axes that the length is taken over.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> UnitNormalization()([[3.0, 4.0]]).numpy()
        array([[0.6, 0.8]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs."""
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)

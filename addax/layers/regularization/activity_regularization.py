"""`ActivityRegularization`."""

from __future__ import annotations

from typing import Any

from addax import regularizers
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class ActivityRegularization(Layer):
    """Returns its input, and adds a penalty on it to the loss.

    Args:
        l1: factor of the sum of absolute values, per sample.
        l2: factor of the sum of squares, per sample.
        **kwargs: `name`, `dtype`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> layer = ActivityRegularization(l1=0.1)
        >>> _ = layer([[1.0, -2.0]])
        >>> round(float(layer.losses[0]), 3)
        0.3
    """

    _not_in_config = ("activity_regularizer",)

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        kwargs.pop("activity_regularizer", None)
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return `inputs`."""
        return inputs

"""`ThresholdedReLU`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class ThresholdedReLU(Layer):
    """`x` where it is more than `theta`, 0 elsewhere.

    Args:
        theta: the threshold, >= 0.
        **kwargs: `name`, `dtype`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> ThresholdedReLU(1.0)([0.5, 2.0]).numpy()
        array([0., 2.], dtype=float32)
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if theta is None or theta < 0:
            raise ValueError(
                f"`theta` of `ThresholdedReLU` must be a number >= 0. Received: theta={theta}"
            )
        self.theta = theta
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return ops.where(ops.greater(inputs, self.theta), inputs, ops.zeros_like(inputs))

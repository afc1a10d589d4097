"""`LeakyReLU`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class LeakyReLU(Layer):
    """`x` where it is positive, `negative_slope * x` elsewhere.

    Args:
        negative_slope: slope for negative inputs, >= 0.
        **kwargs: `name`, `dtype`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> LeakyReLU(0.5)([-2.0, 2.0]).numpy()
        array([-1.,  2.], dtype=float32)

    Reference: Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network
    acoustic models".
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                "`negative_slope` of `LeakyReLU` must be a number >= 0. Received: "
                f"negative_slope={negative_slope}"
            )
        self.negative_slope = negative_slope
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return ops.leaky_relu(inputs, negative_slope=self.negative_slope)

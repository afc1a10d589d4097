"""`ReLU`."""

from __future__ import annotations

from typing import Any

from addax import activations
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class ReLU(Layer):
    """`max(x, 0)`, with a slope below and a limit above if wanted.

    `max_value` above it, `x` from `threshold` to `max_value`, and
    `negative_slope * (x - threshold)` below.

    Args:
        max_value: largest output, >= 0; None for no limit.
        negative_slope: slope below `threshold`, >= 0.
        threshold: where the output departs from 0, >= 0.
        **kwargs: `name`, `dtype`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> ReLU(max_value=6.0)([-1.0, 2.0, 8.0]).numpy()
        array([0., 2., 6.], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        given = {"max_value": max_value, "negative_slope": negative_slope, "threshold": threshold}
        for name, value in given.items():
            missing = value is None and name != "max_value"
            if missing or (value is not None and value < 0):
                raise ValueError(f"`{name}` of `ReLU` must be a number >= 0. Received: {value}")
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return activations.relu(
            inputs,
            negative_slope=self.negative_slope,
            max_value=self.max_value,
            threshold=self.threshold,
        )

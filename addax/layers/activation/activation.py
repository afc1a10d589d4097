"""`Activation`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer


@register("layers")
class Activation(Layer):
    """Applies an activation function.

    Args:
        activation: name or function, such as `"relu"`.
        **kwargs: `name`, `dtype`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> Activation("relu")([[-1.0, 2.0]]).numpy()
        array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        arguments.resolve(self, activation=activation)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return `activation(inputs)`."""
        return self.activation(inputs)

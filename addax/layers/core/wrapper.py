"""`Wrapper`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Wrapper(Layer):
    """Base of layers that hold another layer and change how it is called.

    Args:
        layer: the layer inside.
        **kwargs: `name`, `dtype`, `trainable`.

    Raises:
        ValueError: if `layer` is not a layer.

    Example:
        >>> import addax
        >>> class Twice(Wrapper):
        ...     def call(self, inputs):
        ...         return self.layer(self.layer(inputs))
        >>> Twice(addax.layers.Activation("relu"))([[-1.0, 2.0]]).numpy()
        array([[0., 2.]], dtype=float32)
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(
                f"`layer` of `{type(self).__name__}` must be a layer. Received: layer={layer!r}"
            )
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the layer inside."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True

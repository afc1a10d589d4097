"""`Pipeline`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Pipeline(Layer):
    """Applies layers one after the other, without being a model.

    Args:
        layers: list of layers.
        name: name of the layer.
        **kwargs: `dtype`, `input_shape`.

    Input shape: that of the first layer.
    Output shape: that of the last layer.

    Example:
        >>> from addax import layers
        >>> steps = Pipeline([layers.Rescaling(2.0), layers.RandomFlip()])
        >>> steps([[[[1.0]]]]).numpy().item()
        2.0
    """

    def __init__(
        self,
        layers: Sequence[Any],
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(layers, (list, tuple)) or not all(isinstance(i, Layer) for i in layers):
            raise ValueError(
                f"`layers` of `Pipeline` must be a list of layers. Received: layers={layers}"
            )
        self.layers = list(layers)

    def call(self, inputs: Any, training: bool | None = True) -> Any:
        """Return what the last layer returns."""
        for layer in self.layers:
            inputs = layer(inputs, training=training)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the configs of the layers."""
        config = super().get_config()
        return {"layers": config["layers"], "name": self.name}

"""`Sequential`: layers one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.registry import register
from addax.core.tensor import Symbolic
from addax.layers import Input, InputLayer
from addax.layers.base import Layer
from addax.models.model import Model


@register("models")
class Sequential(Model):
    """A stack of layers, each with one input and one output.

    The weights are made as soon as the input shape is known: from an `Input`, from
    `input_shape=` of the first layer, or from the first data.

    Args:
        layers: the layers in order.
        trainable: whether training updates the weights.
        name: default: `"sequential"`, made unique.

    Example:
        >>> import addax
        >>> model = addax.Sequential([addax.Input(shape=(4,)), addax.layers.Dense(2)])
        >>> model.count_params()
        10
    """

    def __init__(
        self, layers: Sequence[Any] | None = None, trainable: bool = True, name: str | None = None
    ) -> None:
        super().__init__(name=name, trainable=trainable)
        self._stack: list[Layer] = []
        self._symbol: Any = None
        if layers is not None and not isinstance(layers, (list, tuple)):
            layers = [layers]
        for layer in layers or ():
            self.add(layer)

    _untracked = Model._untracked | {"_symbol", "_graph_layers"}

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top.

        Args:
            layer: a layer, a model, or an `Input`.

        Raises:
            TypeError: if it is none of these.
            ValueError: if the name is taken.
        """
        if isinstance(layer, Symbolic) and layer.node is not None:
            layer = layer.node.operation
        if not isinstance(layer, Layer):
            raise TypeError(
                "`layer` of `Sequential.add` must be a Layer. "
                f"Received: {layer!r} of type {type(layer).__name__}"
            )
        if any(other is layer or other.name == layer.name for other in self._stack):
            raise ValueError(
                f"Layer names in a model must be unique. Model '{self.name}' already has a layer "
                f"'{layer.name}'. Pass another `name=`."
            )
        if isinstance(layer, InputLayer):
            if self._stack:
                raise ValueError(
                    f"An `Input` can only be the first of a Sequential. Model '{self.name}' "
                    f"already has {len(self._stack)} layers."
                )
            self._symbol = layer.output
            self._set_graph_to(self._symbol)
            return
        if not self._stack and self._symbol is None:
            self._symbol = _declared_input(layer)
        self._stack.append(layer)
        if self._symbol is not None:
            self._extend(layer)

    def _extend(self, layer: Layer) -> None:
        start = self._symbol if len(self._stack) == 1 else self._outputs
        try:
            output = layer(start)
        except Exception:
            self._stack.pop()
            raise
        self._set_graph_to(output)

    def _set_graph_to(self, output: Any) -> None:
        self._set_graph(self._symbol, output)
        self.built = bool(self._stack)

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer off and return it."""
        if not self._stack:
            raise ValueError(f"Model '{self.name}' has no layer to pop.")
        layer = self._stack.pop()
        layer._inbound_nodes.clear()
        if self._symbol is not None:
            self._rebuild(self._symbol)
        return layer

    def _rebuild(self, symbol: Any) -> None:
        """Call all layers on `symbol` again."""
        self._symbol = symbol
        output = symbol
        for layer in self._stack:
            layer._inbound_nodes.clear()
            output = layer(output)
        self._set_graph_to(output)

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the `Input`."""
        return list(self._stack)

    def build(self, input_shape: Any = None) -> None:
        """Make the weights for an input shape with the batch axis."""
        if input_shape is None or self._symbol is not None:
            return
        self._rebuild(Input(batch_shape=tuple(input_shape)))

    def _maybe_build(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._symbol is None and self._stack:
            inputs = args[0]
            shape = (None, *inputs.shape[1:])
            self._rebuild(Input(batch_shape=shape, dtype=inputs.dtype))
        self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Run the layers in order."""
        if not self._stack:
            raise ValueError(f"Model '{self.name}' has no layers. Add some with `add(layer)`.")
        return super().call(inputs, training=training, mask=mask)


def _declared_input(layer: Layer) -> Any:
    """Return an `Input` when the layer (or a model in its place) says its input shape."""
    if isinstance(layer, Model) and layer.inputs is not None and len(layer.inputs) == 1:
        return Input(batch_shape=layer.inputs[0].shape, dtype=layer.inputs[0].dtype)
    if isinstance(layer, Sequential) and layer._stack:
        return _declared_input(layer._stack[0])
    if layer._declared_shape is not None:
        return Input(batch_shape=layer._declared_shape)
    return None

"""`Sequential`: layers one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import tree
from addax.core import registry
from addax.core.registry import register
from addax.core.tensor import Symbolic
from addax.data import holds_texts
from addax.engine import engine
from addax.io.keras2_config import modernized
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
            rebuild: accepted; the graph always follows the layers.

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
            shape = (None, *_unprobed(inputs)[1:])
            text = isinstance(inputs, np.ndarray) and holds_texts(inputs)
            self._rebuild(Input(batch_shape=shape, dtype="string" if text else inputs.dtype))
        self.built = True

    def _through_host(self, source: Any, kind: str) -> Any:
        if self._symbol is None and self._takes_texts():
            first = tree.flatten(source.peek()[0])[0]
            dtype = "string" if holds_texts(first) else str(first.dtype)
            self._rebuild(Input(batch_shape=(None, *first.shape[1:]), dtype=dtype))
        return super()._through_host(source, kind)

    def get_config(self) -> dict[str, Any]:
        """Return the name and the layers, with the `Input` and its shape."""
        if not self._takes_layers():
            return Layer.get_config(self)
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": registry.serialize(self.dtype_policy),
        }
        layers = list(self._stack)
        if self._symbol is not None:
            layers.insert(0, self._input_layer())
        config["layers"] = registry.serialize(layers)
        if self._symbol is not None:
            config["build_input_shape"] = list(self._symbol.shape)
        return config

    get_config.is_default = True  # type: ignore[attr-defined]

    @classmethod
    def _takes_layers(cls) -> bool:
        """Say whether the constructor takes the layers, as `Sequential` does."""
        names = set(inspect.signature(cls.__init__).parameters) - {"self"}
        return "layers" in names and names <= {"layers", "trainable", "name", "kwargs"}

    def _input_layer(self) -> Layer:
        symbol = self._symbol
        if symbol.node is not None and isinstance(symbol.node.operation, InputLayer):
            return symbol.node.operation
        return InputLayer(batch_shape=symbol.shape, dtype=symbol.dtype, name=symbol.name)

    @classmethod
    def from_config(cls, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """Make a model, with new weights, from `get_config()`.

        Args:
            config: what `get_config` returned (or the list of layers that Keras 1 wrote).
            custom_objects: own classes and functions by name.

        Raises:
            ValueError: if it names something unknown.
        """
        if isinstance(config, list):
            config = {"layers": config}
        if "layers" not in config or not cls._takes_layers():
            return super().from_config(config, custom_objects)
        with registry.extra_objects(custom_objects):
            layers = [_read_layer(entry) for entry in modernized(config["layers"])]
        model = cls(layers, name=config.get("name"))
        if config.get("trainable") is False:
            model._trainable = False
        if model._symbol is None and config.get("build_input_shape") and layers:
            model.build(config["build_input_shape"])
        return model

    def get_build_config(self) -> dict[str, Any] | None:
        """Return the input shape, None while it is not known."""
        return None if self._symbol is None else {"input_shape": list(self._symbol.shape)}

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Run the layers in order."""
        if not self._stack:
            raise ValueError(f"Model '{self.name}' has no layers. Add some with `add(layer)`.")
        return super().call(inputs, training=training, mask=mask)


def _unprobed(inputs: Any) -> tuple[int | None, ...]:
    """Return a shape with None where a size only stands in for an unknown one."""
    shape = tuple(inputs.shape)
    if not shape or shape[0] != engine.BATCH_PROBE:  # type: ignore[attr-defined]
        return shape
    other = engine.OTHER_PROBE  # type: ignore[attr-defined]
    return (*(None if n == other else n for n in shape[:-1]), *shape[-1:])


def _read_layer(entry: Any) -> Any:
    if not isinstance(entry, dict) or "class_name" not in entry:
        raise ValueError(f"The config of a Sequential holds something that is no layer: {entry!r}")
    plain = {key: value for key, value in entry.items() if key != "build_config"}
    return registry.deserialize(plain, kind="layers")


def _declared_input(layer: Layer) -> Any:
    """Return an `Input` when the layer (or a model in its place) says its input shape."""
    if isinstance(layer, Model) and layer.inputs is not None and len(layer.inputs) == 1:
        return Input(batch_shape=layer.inputs[0].shape, dtype=layer.inputs[0].dtype)
    if isinstance(layer, Sequential) and layer._stack:
        return _declared_input(layer._stack[0])
    if layer._declared_shape is not None:
        return Input(batch_shape=layer._declared_shape)
    return None

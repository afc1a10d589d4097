"""Functional models as configs, in the form of Keras 3 (and reading that of Keras 2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import tree
from addax.core import registry
from addax.core.dtypes import standardize_dtype
from addax.core.graph import Node
from addax.core.registry import deserialize, serialize
from addax.core.tensor import Symbolic, Tensor
from addax.io.keras2_config import modernized
from addax.layers import InputLayer
from addax.layers.base import Layer
from addax.models.graph import Graph
from addax.models.op_config import call_op, is_op_entry, op_config

_MISSING = (
    "The config of the model does not fit together: the inputs of {names} are made by no other "
    "layer of it."
)


class _References:
    """Names and node numbers of symbolic tensors within one model."""

    def __init__(self, graph: Graph) -> None:
        self.names: dict[int, str] = {}
        self.nodes: dict[int, list[Node]] = {}
        self.cut: dict[int, list[Any]] = {}
        self.cut_entries: list[dict[str, Any]] = []
        used = {id(node) for node in graph.nodes}
        used |= {id(symbol.node) for symbol in graph.inputs}
        taken: set[str] = set()
        for operation in graph.operations:
            is_node = isinstance(operation, Node)
            nodes = [operation] if is_node else operation._inbound_nodes
            self.nodes[id(operation)] = [node for node in nodes if id(node) in used]
            name = operation.name.lstrip("_") if is_node else operation.name
            self.names[id(operation)] = _unused(name, taken)
        self.of_node = {
            id(node): (self.names[key], index)
            for key, nodes in self.nodes.items()
            for index, node in enumerate(nodes)
        }
        for symbol in graph.inputs:
            if symbol.node is None or symbol.node.inputs:
                self._cut_at(symbol, _unused(symbol.name, taken))

    def _cut_at(self, symbol: Symbolic, name: str) -> None:
        """Give an input in the middle of a larger graph an input layer of its own."""
        layer = InputLayer(batch_shape=symbol.shape, dtype=symbol.dtype, name=name)
        entry = serialize(layer)
        self.cut_entries.append({**entry, "name": name, "inbound_nodes": []})
        self.cut[id(symbol)] = [name, 0, 0]

    def history(self, symbol: Symbolic) -> list[Any]:
        """Return [layer name, node number, number among the node's outputs]."""
        if id(symbol) in self.cut:
            return self.cut[id(symbol)]
        node = symbol.node
        if node is None or id(node) not in self.of_node:
            raise ValueError(f"{symbol!r} is not a part of the model and cannot be saved with it.")
        name, index = self.of_node[id(node)]
        position = [id(output) for output in node.outputs].index(id(symbol))
        return [name, index, position]

    def encode(self, value: Any) -> Any:
        """Return an argument of a call as JSON-ready values."""
        if isinstance(value, dict):
            return {key: self.encode(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.encode(item) for item in value]
        if isinstance(value, Symbolic):
            return {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": list(value.shape),
                    "dtype": value.dtype,
                    "keras_history": self.history(value),
                },
            }
        return _encode_constant(value)


def _unused(name: str, taken: set[str]) -> str:
    unique, count = name, 0
    while unique in taken:
        count += 1
        unique = f"{name}_{count}"
    taken.add(unique)
    return unique


def _encode_constant(value: Any) -> Any:
    if isinstance(value, slice):
        parts = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": parts}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(value, (np.ndarray, Tensor)) or hasattr(value, "__jax_array__"):
        array = np.asarray(value)
        kind = "__numpy__" if isinstance(value, np.ndarray) else "__tensor__"
        config = {"value": array.tolist(), "dtype": standardize_dtype(array.dtype)}
        return {"class_name": kind, "config": config}
    return serialize(value)


def functional_config(model: Any) -> dict[str, Any]:
    """Return the config of a model made of symbolic inputs and outputs.

    Args:
        model: a model with a graph.

    Raises:
        ValueError: if it uses an op that cannot be written to a file.
    """
    references = _References(model._graph)
    layers = list(references.cut_entries)
    for operation in model._graph.operations:
        name = references.names[id(operation)]
        if isinstance(operation, Node):
            layers.append(op_config(operation, name, references.encode))
            continue
        entry = serialize(operation)
        entry["name"] = name
        entry["inbound_nodes"] = [
            _encode_call(node, references)
            for node in references.nodes[id(operation)]
            if node.inputs
        ]
        layers.append(entry)
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": _histories(model._inputs, references),
        "output_layers": _histories(model._outputs, references),
    }


def _encode_call(node: Node, references: _References) -> dict[str, Any]:
    args, kwargs = node.arguments()
    return {"args": references.encode(list(args)), "kwargs": references.encode(kwargs)}


def _histories(structure: Any, references: _References) -> Any:
    if isinstance(structure, dict):
        return {key: _histories(item, references) for key, item in structure.items()}
    if isinstance(structure, (list, tuple)):
        return [_histories(item, references) for item in structure]
    return references.history(structure)


# -- reading ------------------------------------------------------------------------------


class _Builder:
    """Rebuilds the graph of a config: makes the layers, then calls them in turn."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.outputs: dict[str, list[list[Any]]] = {}
        self.layers: dict[str, Layer | None] = {}
        self.calls: dict[str, list[Any]] = {}
        self.entries: dict[str, dict[str, Any]] = {}
        self.made = 0
        for entry in entries:
            name = _entry_name(entry)
            if name in self.entries:
                raise ValueError(f"The config of the model holds two layers named {name!r}.")
            self.entries[name] = entry
            self.layers[name] = None if is_op_entry(entry) else _make_layer(entry, name)
            self.calls[name] = list(entry.get("inbound_nodes") or [])
            self.outputs[name] = []
            layer = self.layers[name]
            if not self.calls[name] and layer is not None and layer._inbound_nodes:
                self.outputs[name].append(list(layer._inbound_nodes[0].outputs))

    def run(self) -> None:
        """Make all calls, each as soon as the tensors it needs are there."""
        open_calls = [name for name, calls in self.calls.items() if calls]
        while open_calls:
            before = self.made
            open_calls = [name for name in open_calls if not self._advance(name)]
            if open_calls and self.made == before:
                names = ", ".join(map(repr, open_calls[:3]))
                raise ValueError(_MISSING.format(names=names))

    def _advance(self, name: str) -> bool:
        """Make the calls of one layer that can be made, and say whether all are."""
        while self.calls[name]:
            try:
                args, kwargs = self._arguments(self.calls[name][0])
            except _NotYetError:
                return False
            self.outputs[name].append(tree.flatten(self._call(name, args, kwargs)))
            self.calls[name].pop(0)
            self.made += 1
        return True

    def _call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        layer = self.layers[name]
        if layer is not None:
            return layer(*args, **kwargs)
        result = call_op(self.entries[name], args, kwargs)
        for symbol in tree.flatten(result):
            if isinstance(symbol, Symbolic) and symbol.node is not None:
                symbol.node.name = name
        return result

    def tensor(self, history: Any) -> Any:
        """Return the symbolic tensor of [layer name, node number, output number]."""
        name, node, position = history[0], int(history[1]), int(history[2])
        if name not in self.outputs:
            raise ValueError(f"The config of the model refers to a layer {name!r} that it lacks.")
        made = self.outputs[name]
        if not 0 <= node < len(made):
            raise _NotYetError
        if not 0 <= position < len(made[node]):
            raise ValueError(f"Layer {name!r} of the config has no output number {position}.")
        return made[node][position]

    def _arguments(self, call: Any) -> tuple[list[Any], dict[str, Any]]:
        if isinstance(call, dict):
            return self._decode(call.get("args", [])), self._decode(call.get("kwargs", {}))
        return self._keras2_arguments(call)

    def _keras2_arguments(self, call: Any) -> tuple[list[Any], dict[str, Any]]:
        """Read `[[name, node, output, kwargs], ...]`, one item per tensor of the first argument."""
        if _is_keras2_reference(call):
            call = [call]
        tensors = [self.tensor(item) for item in call]
        kwargs = dict(call[0][3]) if call and len(call[0]) > 3 else {}
        kwargs = {k: self._keras2_value(v) for k, v in kwargs.items()}
        return [tensors[0] if len(tensors) == 1 else tensors], kwargs

    def _keras2_value(self, value: Any) -> Any:
        if _is_keras2_reference(value) and value[0] in self.outputs:
            return self.tensor(value)
        return self._decode(value)

    def _decode(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        kind, config = value.get("class_name"), value.get("config")
        if isinstance(config, dict) and kind == "__keras_tensor__":
            return self.tensor(config["keras_history"])
        if isinstance(config, dict) and kind in _CONSTANTS:
            return _CONSTANTS[kind](config)
        if kind is not None and config is not None:
            return deserialize(value)
        return {key: self._decode(item) for key, item in value.items()}

    def structure(self, histories: Any) -> Any:
        """Return the tensors of `input_layers` or `output_layers`, in their structure."""
        if isinstance(histories, dict):
            return {key: self.structure(item) for key, item in histories.items()}
        if _is_history(histories):
            try:
                return self.tensor(histories)
            except _NotYetError:
                message = f"Layer {histories[0]!r} of the config has no node {histories[1]}."
                raise ValueError(message) from None
        return [self.structure(item) for item in histories]


class _NotYetError(Exception):
    """A tensor is referred to that has not been made yet."""


def _decode_array(config: dict[str, Any]) -> np.ndarray:
    return np.asarray(config["value"], standardize_dtype(config["dtype"]))


_CONSTANTS: dict[Any, Any] = {
    "__slice__": lambda config: slice(config["start"], config["stop"], config["step"]),
    "__ellipsis__": lambda config: Ellipsis,
    "__numpy__": _decode_array,
    "__tensor__": _decode_array,
}


def _is_history(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and len(value) == 3
        and isinstance(value[0], str)
        and all(isinstance(number, int) for number in value[1:])
    )


def _is_keras2_reference(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (3, 4) and _is_history(value[:3])


def _entry_name(entry: Any) -> str:
    if not isinstance(entry, dict) or "class_name" not in entry:
        raise ValueError(f"The config of the model holds something that is no layer: {entry!r:.80}")
    name = entry.get("name") or (entry.get("config") or {}).get("name")
    if not isinstance(name, str):
        raise ValueError(f"A layer of the config has no name: {entry['class_name']!r}")
    return name


def _make_layer(entry: dict[str, Any], name: str) -> Layer:
    # the calls that follow build it, with the shapes that really come
    plain = {k: v for k, v in entry.items() if k not in ("build_config", "inbound_nodes")}
    layer = deserialize(plain, kind="layers")
    if not isinstance(layer, Layer):
        raise ValueError(f"{entry['class_name']!r} in the config of the model is not a layer.")
    if layer.name != name:
        layer.name = name
    return layer


def read_functional(
    config: dict[str, Any], custom_objects: dict[str, Any] | None = None
) -> tuple[Any, Any]:
    """Return the symbolic inputs and outputs that a functional config describes.

    Args:
        config: with `layers`, `input_layers` and `output_layers`.
        custom_objects: own classes and functions by name.

    Raises:
        ValueError: if a class is not known or the config does not fit together.
    """
    with registry.extra_objects(custom_objects):
        builder = _Builder(modernized(config["layers"]))
        builder.run()
        inputs = builder.structure(config["input_layers"])
        return inputs, builder.structure(config["output_layers"])

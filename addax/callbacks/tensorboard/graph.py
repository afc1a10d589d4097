"""A model's layers and what flows between them, as the graph that the Graphs tab draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.callbacks.tensorboard.protos import protos

_INPUT = "InputLayer"


def model_graph(model: Any) -> Any:
    """Return the layers of a functional or Sequential model as a `GraphDef` message.

    A model inside the model is a box that can be opened. Edges carry shapes; what is written
    beside a layer are its class and its number of parameters.

    Args:
        model: a built model. A subclassed one has no graph, its layers stand side by side.

    Raises:
        ImportError: if the package `tensorboard` is not installed.
    """
    builder = _Builder()
    if getattr(model, "_graph", None) is None:
        for layer in model.layers:
            builder.add(layer.name, layer, [], _shapes(layer))
    else:
        builder.model(model, "", None)
    return builder.graph


class _Builder:
    def __init__(self) -> None:
        self.graph = protos().GraphDef()
        self._names: set[str] = set()

    def model(self, model: Any, scope: str, inputs: Sequence[str] | None) -> list[str]:
        """Add a model's nodes below `scope`; return the names that stand for its outputs.

        Args:
            model: a model with a graph.
            scope: prefix of the names.
            inputs: names of the nodes that feed it, None for the outermost model.
        """
        made_by: dict[int, str] = {}
        for i, symbol in enumerate(model._graph.inputs):
            if inputs is not None and i < len(inputs):
                made_by[id(symbol)] = inputs[i]
            else:
                made_by[id(symbol)] = self.add(f"{scope}{_producer(symbol)}", None, [], [symbol])
        for node in model._graph.nodes:
            feeding = [made_by[id(s)] for s in node.inputs if id(s) in made_by]
            outputs = [out for out in node.outputs if hasattr(out, "node")]
            names = self._node(node, scope, feeding, outputs)
            made_by.update({id(o): names[min(i, len(names) - 1)] for i, o in enumerate(outputs)})
        return [made_by[id(symbol)] for symbol in model._graph.outputs]

    def _node(self, node: Any, scope: str, feeding: list[str], outputs: list[Any]) -> list[str]:
        operation = node.operation
        name = f"{scope}{node.name.lstrip('_')}"
        if getattr(operation, "_graph", None) is not None:
            return self.model(operation, f"{name}/", feeding)
        return [self.add(name, operation, feeding, outputs)]

    def add(self, name: str, operation: Any, feeding: Sequence[str], outputs: Sequence[Any]) -> str:
        """Add a node and return its name, which is made unique."""
        name = self._unused(name)
        node = self.graph.node.add(name=name, op=_kind(operation), input=feeding)
        attributes = node.attr
        for symbol in outputs:
            shape = attributes["_output_shapes"].list.shape.add()
            for size in symbol.shape:
                shape.dim.add(size=-1 if size is None else size)
        attributes["keras_class"].s = _kind(operation).encode()
        if outputs:
            attributes["dtype"].s = str(outputs[0].dtype).encode()
        if getattr(operation, "built", False):
            attributes["parameters"].i = operation.count_params()
        activation = getattr(operation, "activation", None)
        if activation is not None:
            attributes["activation"].s = getattr(activation, "__name__", str(activation)).encode()
        return name

    def _unused(self, name: str) -> str:
        number, found = 0, name
        while found in self._names:
            number += 1
            found = f"{name}_{number}"
        self._names.add(found)
        return found


def _producer(symbol: Any) -> str:
    return symbol.name if symbol.node is None else symbol.node.name


def _kind(operation: Any) -> str:
    if operation is None:
        return _INPUT
    is_layer = hasattr(operation, "call")
    return type(operation).__name__ if is_layer else getattr(operation, "__name__", "op")


def _shapes(layer: Any) -> list[Any]:
    return [s for node in layer._inbound_nodes[:1] for s in node.outputs if hasattr(s, "node")]

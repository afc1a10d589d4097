"""`clone_model`: the same layers again, with new weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import tree
from addax.core.graph import Node
from addax.core.tensor import Symbolic, TensorLike
from addax.layers import Input, InputLayer
from addax.layers.base import Layer
from addax.models.model import Model
from addax.models.op_config import rerun
from addax.models.sequential import Sequential


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """Return a model of new layers like those of `model`, with newly initialized weights.

    Args:
        model: a Sequential or functional model, or a subclass with a config.
        input_tensors: symbolic tensors to build the clone on; default: new inputs.
        clone_function: called with each layer (except inputs), returns the layer to use;
            default: a new one from the layer's config.
        call_function: called as `f(layer, *args, **kwargs)` in place of the layer.
        recursive: whether models inside are cloned layer by layer as well.

    Raises:
        ValueError: if `model` is no model, or is a subclass and one of the others is given.

    Example:
        >>> import addax
        >>> model = addax.Sequential([addax.Input((3,)), addax.layers.Dense(2)])
        >>> clone_model(model).count_params()
        8
    """
    if not isinstance(model, Model):
        raise ValueError(f"`model` of `clone_model` must be a Model. Received: {model!r}")

    def make(layer: Layer) -> Layer:
        if recursive and isinstance(layer, Model) and layer._graph is not None:
            return clone_model(layer, None, clone_function, call_function, recursive)
        return clone_function(layer) if clone_function is not None else _copy(layer)

    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, make)
    if model._graph is not None and type(model)._takes_graph():
        return _clone_functional(model, input_tensors, make, call_function)
    if clone_function is not None or input_tensors is not None:
        raise ValueError(
            f"Model '{model.name}' is a subclass with its own `call`, so `clone_model` can only "
            "rebuild it from its config: `clone_function` and `input_tensors` must be None."
        )
    return type(model).from_config(model.get_config())


def _copy(layer: Layer) -> Layer:
    return type(layer).from_config(layer.get_config())


def _clone_sequential(model: Any, input_tensors: Any, make: Callable[[Layer], Layer]) -> Any:
    given = tree.flatten(input_tensors) if input_tensors is not None else []
    if len(given) > 1:
        raise ValueError(f"A Sequential has one input. Received: {len(given)} `input_tensors`")
    clone = Sequential(name=model.name, trainable=model.trainable)
    if given:
        clone.add(InputLayer(input_tensor=given[0], name=model.input_names[0]))
    elif model.inputs is not None:
        symbol = model.inputs[0]
        clone.add(Input(batch_shape=symbol.shape, dtype=symbol.dtype, name=symbol.name))
    for layer in model.layers:
        clone.add(make(layer))
    return clone


def _clone_functional(
    model: Any,
    input_tensors: Any,
    make: Callable[[Layer], Layer],
    call_function: Callable[..., Any] | None,
) -> Any:
    graph = model._graph
    inputs = _inputs(model, input_tensors)
    values = {id(s): new for s, new in zip(graph.inputs, tree.flatten(inputs), strict=True)}
    clones: dict[int, Layer] = {}
    for node in graph.nodes:
        leaves = [
            values.get(id(leaf), leaf) if isinstance(leaf, TensorLike) else leaf
            for leaf in node.leaves
        ]
        output = _call(node, leaves, clones, make, call_function)
        for old, new in zip(node.outputs, tree.flatten(output), strict=True):
            values[id(old)] = new
    outputs = tree.map_structure(lambda symbol: values[id(symbol)], model._outputs)
    return type(model)(inputs, outputs, name=model.name, trainable=model.trainable)


def _call(
    node: Node,
    leaves: list[Any],
    clones: dict[int, Layer],
    make: Callable[[Layer], Layer],
    call_function: Callable[..., Any] | None,
) -> Any:
    args, kwargs = node.arguments(leaves)
    layer = node.operation
    if not isinstance(layer, Layer):
        return rerun(node, args, kwargs)
    if id(layer) not in clones:
        clones[id(layer)] = make(layer)
    clone = clones[id(layer)]
    if call_function is not None:
        return call_function(clone, *args, **kwargs)
    return clone(*args, **kwargs)


def _inputs(model: Any, input_tensors: Any) -> Any:
    """Return the inputs of the clone, in the structure of the model's."""
    if input_tensors is None:
        return tree.map_structure(
            lambda s: Input(batch_shape=s.shape, dtype=s.dtype, name=s.name), model._inputs
        )
    given = tree.flatten(input_tensors)
    if len(given) != len(model._graph.inputs) or not all(isinstance(s, Symbolic) for s in given):
        raise ValueError(
            f"`input_tensors` of `clone_model` must be {len(model._graph.inputs)} symbolic "
            f"tensors. Received: {input_tensors!r}"
        )
    return tree.pack_like(model._inputs, given)

"""Which layers face the data: those that make the outputs, and those that take the inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

# layers that hand values on as they are, or leave some out
_PASS_ON = frozenset(
    {
        *("Dropout", "Flatten", "Identity", "Masking", "Permute", "RepeatVector", "Reshape"),
        *("Concatenate", "AlphaDropout", "GaussianDropout", "GaussianNoise", "InputLayer"),
        *(
            f"{kind}{n}D"
            for kind in ("SpatialDropout", "ZeroPadding", "Cropping", "MaxPooling", "UpSampling")
            for n in (1, 2, 3)
        ),
        *(f"{kind}Pooling{n}D" for kind in ("Average", "GlobalMax") for n in (1, 2, 3)),
    }
)
_WITH_ACTIVATION = frozenset(
    {"Activation", "Dense", "EinsumDense"}
    | {f"{kind}{n}D" for kind in ("Conv", "SeparableConv", "DepthwiseConv") for n in (1, 2, 3)}
    | {f"Conv{n}DTranspose" for n in (1, 2, 3)}
)
_ACTIVATION_LAYERS = {"Softmax": "softmax", "ReLU": "relu"}
_WEIGHING = _WITH_ACTIVATION - {"Activation"} | {"LSTM", "GRU", "SimpleRNN", "ConvLSTM2D"}


class Output(NamedTuple):
    """An output of a model: the layer that makes it, its activation and its last size."""

    layer: Any
    activation: str
    size: int | None


def activation_of(layer: Any) -> str | None:
    """Return the name of a layer's activation; None if it has none or its own.

    Example:
        >>> import addax
        >>> activation_of(addax.layers.Dense(1, activation="sigmoid"))
        'sigmoid'
        >>> activation_of(addax.layers.Dense(1))
        'linear'
        >>> activation_of(addax.layers.Flatten()) is None
        True
    """
    kind = _kind(layer)
    if kind == "TimeDistributed":
        return activation_of(layer.layer)
    if kind in _ACTIVATION_LAYERS:
        plain = kind != "ReLU" or (not layer.negative_slope and layer.max_value is None)
        return _ACTIVATION_LAYERS[kind] if plain else None
    if kind not in _WITH_ACTIVATION:
        return None
    function = layer.activation
    if function is None:
        return "linear"
    ours = getattr(function, "__module__", "").startswith("addax.")
    return getattr(function, "__name__", None) if ours else None


def _kind(layer: Any) -> str:
    """Return the class name of one of our layers, `""` for a user's own."""
    cls = type(layer)
    return cls.__name__ if cls.__module__.startswith("addax.") else ""


def outputs(model: Any) -> list[Output | None]:
    """Return what makes each output, None where that cannot be told."""
    if getattr(model, "_graph", None) is None:
        return []
    return [_maker(symbol, symbol.shape) for symbol in model._graph.outputs]


def _maker(symbol: Any, shape: Any) -> Output | None:
    node = symbol.node
    while node is not None and node.inputs:
        layer = node.operation
        if getattr(layer, "_graph", None) is not None:
            place = [id(out) for out in node.outputs].index(id(symbol))
            return _maker(layer._graph.outputs[place], shape)
        name = activation_of(layer)
        if name is not None:
            return Output(layer, name, shape[-1] if shape else None)
        if _kind(layer) not in _PASS_ON or len(node.inputs) != 1:
            return None
        symbol = node.inputs[0]
        node = symbol.node
    return None


def weighing_inputs(model: Any) -> list[list[Any]]:
    """Return for each input the layers with a kernel that take it unscaled, directly."""
    if getattr(model, "_graph", None) is None:
        return []
    return [list(_takers(model, symbol)) for symbol in model._graph.inputs]


def _takers(model: Any, symbol: Any) -> Iterator[Any]:
    """Follow a symbol forward, through layers that hand it on."""
    for node in model._graph.nodes:
        places = [i for i, other in enumerate(node.inputs) if other is symbol]
        layer = node.operation
        if not places:
            continue
        if getattr(layer, "_graph", None) is not None and len(layer._graph.inputs) > places[0]:
            yield from _takers(layer, layer._graph.inputs[places[0]])
        inner = layer.layer if _kind(layer) == "TimeDistributed" else layer
        if _kind(inner) in _WEIGHING or _kind(layer) == "Bidirectional":
            yield layer
        elif _kind(layer) in _PASS_ON:
            for output in node.outputs:
                yield from _takers(model, output)

"""What the layers of a model put out, looked at from outside, for histograms and diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from addax import tree
from addax.core.tensor import TensorLike, raw
from addax.core.variable import Variable, functionalize
from addax.engine import engine
from addax.layers import tracking
from addax.layers.base import Layer


class Call(NamedTuple):
    """A call of a layer: what went in, flat, and what came out, flat; raw arrays."""

    layer: Layer
    inputs: list[Any]
    outputs: list[Any]


def parts(model: Any) -> list[Layer]:
    """Return the layers of a model; in the place of a model inside it, that one's layers.

    Example:
        >>> import addax
        >>> inner = addax.Sequential([addax.layers.Dense(2, name="a")])
        >>> [layer.name for layer in parts(addax.Sequential([inner, addax.layers.ReLU()]))]
        ['a', 're_lu']
    """
    found: list[Layer] = []
    for layer in model.layers:
        found += parts(layer) if hasattr(layer, "_graph") else [layer]
    return found


@contextmanager
def recording(layers: list[Layer]) -> Iterator[list[Call]]:
    """Collect the calls of `layers` made inside the block, in order."""
    calls: list[Call] = []

    def watched(layer: Layer) -> Any:
        invoke = layer._invoke

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            outputs = invoke(*args, **kwargs)
            calls.append(Call(layer, _arrays((args, kwargs)), _arrays(outputs)))
            return outputs

        return wrapper

    for layer in layers:
        layer.__dict__["_invoke"] = watched(layer)
    try:
        yield calls
    finally:
        for layer in layers:
            layer.__dict__.pop("_invoke", None)


def _arrays(structure: Any) -> list[Any]:
    return [raw(leaf) for leaf in tree.flatten(structure) if isinstance(leaf, TensorLike)]


class Probe:
    """A compiled function from inputs to what is made of each layer call.

    Args:
        model: the model.
        summarize: makes of a `Call` what shall be known of it, arrays.
        training: how the model is called.
        finish: `finish(y_pred, more)`, what shall be known of the model's outputs.
        more_variables: Variables that `finish` touches, besides those of the model.

    Example:
        >>> import addax
        >>> import numpy as np
        >>> model = addax.Sequential([addax.Input((2,)), addax.layers.ReLU(name="relu")])
        >>> probe = Probe(model, lambda call: call.outputs[0].max())
        >>> found, _ = probe([], np.array([[-1.0, 2.0]], "float32"))
        >>> [(layer.name, float(value)) for layer, value in found]
        [('relu', 2.0)]
    """

    def __init__(
        self,
        model: Any,
        summarize: Any,
        training: bool = False,
        finish: Any = None,
        more_variables: Sequence[Variable] = (),
    ) -> None:
        self._model = model
        self._summarize = summarize
        self._training = training
        self._finish = finish
        self._layers: list[Layer] = []
        self.variables = tracking.unique(iter([*model.variables, *more_variables]))
        self._compiled = engine.jit(self._run)

    def _run(self, values: Any, x: Any, more: Any) -> Any:
        def call() -> Any:
            with recording(parts(self._model)) as calls:
                y_pred = self._model(x, training=self._training)
            self._layers = [item.layer for item in calls]
            found = [self._summarize(item) for item in calls]
            return found, None if self._finish is None else self._finish(y_pred, more)

        return functionalize(call, self.variables)(values)[0]

    def __call__(self, values: Any, x: Any, more: Any = None) -> tuple[list[Any], Any]:
        """Return `(layer, summary)` per call, and what `finish(y_pred, more)` returned.

        Args:
            values: arrays of `variables`.
            x: inputs, arrays.
            more: further arrays for `finish`.
        """
        found, end = self._compiled(values, x, more)
        return list(zip(self._layers, found, strict=True)), end

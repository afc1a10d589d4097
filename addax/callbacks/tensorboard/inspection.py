"""What a model's layers put out, and its gradients, for the first batch of `fit`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import tree
from addax.core.differentiate import value_and_grad
from addax.core.tensor import Tensor, raw
from addax.core.variable import functionalize
from addax.engine import engine
from addax.layers.probe import Probe


class Inspection:
    """Looks into a model; its functions are compiled once.

    Args:
        model: the model. `fit` keeps the first batch in its `_sample`.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._activations: Any = None
        self._gradients: Any = None

    def activations(self) -> list[tuple[str, np.ndarray]]:
        """Return name and outputs of each layer call; empty if no batch is known."""
        sample = getattr(self._model, "_sample", None)
        if sample is None:
            return []
        if self._activations is None:
            self._activations = Probe(self._model, lambda call: call.outputs)
        found, _ = self._activations(_values(self._activations), engine.place(sample[0]))
        return list(_named(found))

    def gradients(self) -> list[tuple[Any, np.ndarray]]:
        """Return trainable Variables with the gradients of the loss; empty without a batch."""
        sample = getattr(self._model, "_sample", None)
        if sample is None:
            return []
        trainable = self._model.trainable_variables
        others = [v for v in _all_variables(self._model) if all(v is not t for t in trainable)]
        if self._gradients is None:
            self._gradients = engine.jit(self._gradient_function([*trainable, *others]))
        values = [v.current() for v in [*trainable, *others]]
        found = self._gradients(values, engine.place(sample))
        return [(v, np.asarray(g)) for v, g in zip(trainable, found, strict=True)]

    def _gradient_function(self, variables: list[Any]) -> Any:
        model, trainable = self._model, self._model.trainable_variables

        def gradients(x: Any, y: Any, weight: Any) -> list[Any]:
            def loss() -> tuple[Any, None]:
                y_pred = model(x, training=False)
                return model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight), None

            _, _, found = value_and_grad(loss, trainable)
            return [raw(gradient) for gradient in found]

        def pure(values: Any, batch: Any) -> Any:
            tensors = tree.map_structure(lambda a: a if a is None else Tensor(a), batch)
            return functionalize(lambda: gradients(*tensors), variables)(values)[0]

        return pure

    def outputs_for(self, x: Any, layers: list[Any], batch_size: int) -> dict[str, np.ndarray]:
        """Return the flat outputs of `layers` for inputs `x`, by the names of the layers."""
        names = {id(layer): layer.name for layer in layers}
        probe = Probe(self._model, lambda call: call.outputs[:1])
        parts: dict[str, list[np.ndarray]] = {}
        for batch in _batches(x, batch_size):
            found, _ = probe(_values(probe), engine.place(batch))
            for layer, outputs in found:
                if id(layer) in names:
                    flat = np.asarray(outputs[0]).reshape(len(outputs[0]), -1)
                    parts.setdefault(names[id(layer)], []).append(flat)
        return {name: np.concatenate(rows) for name, rows in parts.items()}


def _all_variables(model: Any) -> list[Any]:
    trackers = model.metrics_variables
    return [*model.variables, *trackers]


def _values(probe: Probe) -> list[Any]:
    return [variable.current() for variable in probe.variables]


def _named(found: list[Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Give every call a name of its own: layers may be called twice and put out several."""
    taken: dict[str, int] = {}
    for layer, outputs in found:
        for output in outputs:
            number = taken.get(layer.name, 0)
            taken[layer.name] = number + 1
            yield f"{layer.name}_{number}" if number else layer.name, np.asarray(output)


def _batches(x: Any, size: int) -> Iterator[Any]:
    x = tree.map_structure(np.asarray, x) if tree.is_nested(x) else np.asarray(x)
    length = len(tree.flatten(x)[0])
    for start in range(0, length, size):
        yield tree.map_structure(lambda leaf, start=start: leaf[start : start + size], x)


def weight_images(value: np.ndarray) -> np.ndarray | None:
    """Return a weight as gray images `(n, height, width, 1)` in [0, 1], None if it is none.

    A bias is one line, a matrix lies on its longer side, a stack of matrices is one image each.
    The darkest number of the weight is black and the brightest white.
    """
    value = np.squeeze(np.asarray(value, "float32"))
    if not 1 <= value.ndim <= 3 or not value.size:
        return None
    low, high = np.nanmin(value), np.nanmax(value)
    value = (value - low) / (high - low) if high > low else np.zeros_like(value)
    if value.ndim == 1:
        value = value[None]
    if value.ndim == 2:
        value = value.T if value.shape[0] > value.shape[1] else value
        value = value[None]
    else:
        value = np.moveaxis(value, -1, 0)
    return value[..., None]

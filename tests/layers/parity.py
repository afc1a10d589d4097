"""Compares a layer of Addax with the layer of the same name of Keras, given the same weights."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import jax
import keras
import numpy as np

from addax import layers, ops, tree
from addax.core.tape import GradientTape
from addax.core.variable import functionalize
from tests.quick import QUICK

TOLERANCE = 1e-4


@dataclass
class Case:
    """One row of the table: a layer's arguments, its input, and what is compared.

    Attributes:
        name: class name.
        args: positional arguments of the constructor.
        shapes: shape of the input, or a list of shapes for a list of inputs.
        kwargs: keyword arguments of the constructor.
        make: builds the layer from a `layers` module instead of `name(*args, **kwargs)`.
        high: when set, inputs are integers in [0, high).
        call: further call arguments.
        random: whether training outputs are random and so are not compared.
        config: whether configs are compared.
        output_shape: whether output shapes for an unknown batch are compared.
        spread: whether a list of inputs is passed as several arguments.
        tolerance: absolute and relative tolerance.
        scale: standard deviation of the inputs.
    """

    name: str
    args: tuple = ()
    shapes: Any = (3, 4)
    kwargs: dict = field(default_factory=dict)
    make: Any = None
    high: int | None = None
    call: dict = field(default_factory=dict)
    random: bool = False
    config: bool = True
    output_shape: bool = True
    spread: bool = False
    tolerance: float = TOLERANCE
    scale: float = 1.0

    @property
    def modes(self) -> tuple[bool, ...]:
        """Values of `training` that are compared; most layers do not care."""
        if self.random:
            return (False,)
        return (False, True) if self.name == "BatchNormalization" else (True,)

    @property
    def label(self) -> str:
        """Name of the test."""
        inner = [f"{a!r}" for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
        text = "" if self.make else ",".join(inner)
        return f"{self.name}({text})"[:80] + (f"+{sorted(self.call)}" if self.call else "")

    def layer(self, module: Any) -> Any:
        """Return the layer, from `addax.layers` or `keras.layers`."""
        if self.make is not None:
            return self.make(module)
        return getattr(module, self.name)(*self.args, **self.kwargs)

    def spread_out(self, x: Any) -> list:
        """Return the positional arguments of the call."""
        return list(x) if self.spread else [x]

    def inputs(self) -> Any:
        """Return the input, an array or a list of arrays."""
        rng = np.random.default_rng(1)

        def one(shape: tuple) -> np.ndarray:
            if self.high is not None:
                return rng.integers(0, self.high, shape).astype("int32")
            return (self.scale * rng.normal(size=shape)).astype("float32")

        return [one(s) for s in self.shapes] if isinstance(self.shapes, list) else one(self.shapes)


def weights_like(reference: Any) -> list[np.ndarray]:
    """Return random values for the weights of a Keras layer."""
    rng = np.random.default_rng(2)
    values = []
    for variable in reference.weights:
        value = rng.normal(size=variable.shape, scale=0.3)
        if "variance" in variable.path:
            value = np.abs(value) + 0.5
        if "int" in str(variable.dtype):
            value = variable.numpy()
        values.append(value.astype(variable.numpy().dtype))
    return values


def flat(value: Any) -> list[np.ndarray]:
    """Return the arrays in an output, flat."""
    return [np.asarray(item) for item in tree.flatten(value) if item is not None]


def assert_close(ours: Any, theirs: Any, tolerance: float, what: str) -> None:
    """Compare two structures of arrays."""
    left, right = flat(ours), flat(theirs)
    assert len(left) == len(right), f"{what}: {len(left)} and {len(right)} arrays"
    for a, b in zip(left, right, strict=True):
        assert a.shape == b.shape, f"{what}: shapes {a.shape} and {b.shape}"
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=what)


def plain(config: Any) -> Any:
    """Return a config without the names of layers, as JSON would hold it."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                k: strip(v) for k, v in value.items() if k not in ("name", "build_config", "module")
            }
        if isinstance(value, (list, tuple)):
            return [strip(v) for v in value]
        return value

    return strip(json.loads(json.dumps(config, default=lambda v: np.asarray(v).tolist())))


def check(case: Case) -> None:
    """Compare everything that `case` asks for."""
    ours, theirs = case.layer(layers), case.layer(keras.layers)
    x = case.inputs()
    build(ours, theirs, case)
    check_weights(ours, theirs)
    assert ours.supports_masking == theirs.supports_masking
    values = weights_like(theirs)
    for training in case.modes:
        ours.set_weights(values)
        theirs.set_weights(values)
        arguments = dict(case.call, training=training)
        if not theirs._call_has_training_arg:
            arguments.pop("training")
        expected, state, gradients = keras_step(theirs, x, arguments, case)
        result, own_state, own_gradients = addax_step(ours, x, arguments, case)
        assert_close(result, expected, case.tolerance, f"output, training={training}")
        assert_close(own_gradients, gradients, case.tolerance, f"gradient, training={training}")
        assert_close(own_state, state, case.tolerance, f"state, training={training}")
    if case.config:
        check_config(ours, theirs)


def build(ours: Any, theirs: Any, case: Case) -> None:
    """Build both layers on symbolic inputs with an unknown batch size, and compare shapes."""
    many = isinstance(case.shapes, list)
    dtype = "float32" if case.high is None else "int32"
    shapes = case.shapes if many else [case.shapes]
    if not case.call:  # else masks and states fix it
        shapes = [(None, *shape[1:]) for shape in shapes]
    results = []
    for layer, module in ((ours, layers), (theirs, keras.layers)):
        symbols = [module.Input(batch_shape=shape, dtype=dtype) for shape in shapes]
        output = layer(*case.spread_out(symbols if many else symbols[0]), **case.call)
        results.append([tuple(leaf.shape) for leaf in tree.flatten(output)])
    if case.output_shape:
        assert results[0] == results[1]


def check_weights(ours: Any, theirs: Any) -> None:
    """Compare names, order, shapes and number of the weights."""
    left = [(w.path.split("/")[-1], tuple(w.shape)) for w in ours.weights]
    right = [(w.path.split("/")[-1], tuple(w.shape)) for w in theirs.weights]
    assert left == right
    assert len(ours.trainable_weights) == len(theirs.trainable_weights)
    assert ours.count_params() == theirs.count_params()


def keras_step(layer: Any, x: Any, arguments: dict, case: Case) -> tuple[Any, Any, Any]:
    """Return the output, the new state, and gradients of a weighted sum of the output."""
    others = [v.value for v in layer.non_trainable_variables]

    def loss(sources: Any) -> Any:
        given = x if case.high is not None else sources[0]
        output, state = layer.stateless_call(
            sources[1], others, *case.spread_out(given), **arguments
        )
        return weighted(jax.tree.leaves(output), jax.numpy), (output, state)

    step = jax.jit(jax.grad(loss, has_aux=True), compiler_options=QUICK)
    trainable = [v.value for v in layer.trainable_variables]
    gradients, (output, state) = step(([] if case.high is not None else x, trainable))
    pairs = zip(state, layer.non_trainable_variables, strict=True)
    return output, [value for value, v in pairs if "seed" not in v.path], jax.tree.leaves(gradients)


def addax_step(layer: Any, x: Any, arguments: dict, case: Case) -> tuple[Any, Any, Any]:
    """Return the same, with the gradients by the tape."""

    def run(x: Any) -> Any:
        x = tree.map_structure(ops.convert_to_tensor, x)
        sources = [] if case.high is not None else tree.flatten(x)
        with GradientTape() as tape:
            for source in sources:
                tape.watch(source)
            output = layer(*case.spread_out(x), **arguments)
            loss = weighted(tree.flatten(output), ops)
        sources += layer.trainable_variables
        return output, tape.gradient(loss, sources, unconnected_gradients="zero")

    variables = layer.variables
    step = jax.jit(functionalize(run, variables), compiler_options=QUICK)
    (output, gradients), after = step([v.raw for v in variables], x)
    new = dict(zip(variables, after, strict=True))
    state = [new[v] for v in layer.non_trainable_weights]
    return output, state, gradients


def weighted(outputs: list, xp: Any) -> Any:
    """Return a sum of the outputs with fixed, uneven weights."""
    total = 0.0
    for output in outputs:
        size = int(np.prod(output.shape))
        weights = np.cos(np.arange(size, dtype="float32")).reshape(output.shape)
        total = total + xp.sum(output * weights)
    return total


def check_config(ours: Any, theirs: Any) -> None:
    """Compare configs, and load each other's."""
    left, right = plain(ours.get_config()), plain(theirs.get_config())
    wrong = {
        key: (left.get(key, "missing"), right.get(key, "missing"))
        for key in sorted({*left, *right})
        if left.get(key, "missing") != right.get(key, "missing")
    }
    assert left == right, f"config: {wrong}"
    type(ours).from_config(theirs.get_config())
    type(theirs).from_config(ours.get_config())

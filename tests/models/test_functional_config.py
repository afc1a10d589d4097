"""Configs of functional models: Keras' form, and back."""

import json

import keras
import numpy as np
import pytest

import addax
from addax import layers, ops
from addax.core.variable import reset_names

rng = np.random.default_rng(0)


def again(model):
    """Return the model of the config, with the same weights."""
    other = type(model).from_config(model.get_config())
    other.set_weights(model.get_weights())
    return other


def floats(*shape):
    return rng.random(shape).astype("float32")


def build(k):
    """Make a model with a shared layer, ops, a nested model, and several inputs and outputs."""
    a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
    shared = k.layers.Dense(4, name="shared")
    inner = k.Sequential([k.Input((4,), name="i"), k.layers.Dense(4, name="x")], name="inner")
    c = k.layers.Concatenate(name="c")([shared(a), shared(shared(b))[:, 1:3] * 2, inner(b)])
    d = k.layers.Dense(1, name="d")(c, training=False)
    mean = k.ops.mean(c, axis=-1, keepdims=True)
    return k.Model({"a": a, "b": b}, {"out": d, "more": [mean, c]}, name="m")


def without(config, *keys):
    """Return a config without what differs between the two on purpose."""
    if isinstance(config, list):
        return [without(item, *keys) for item in config]
    if isinstance(config, dict):
        return {k: without(v, *keys) for k, v in config.items() if k not in keys}
    return config


def test_is_the_config_of_keras():
    keras.utils.clear_session()  # ops are numbered through the process
    reset_names()
    theirs = keras.saving.serialize_keras_object(build(keras))
    ours = addax.saving.serialize_keras_object(build(addax))
    skipped = ("shared_object_id", "compile_config", "build_config", "kwargs")
    ours["config"] = without(ours["config"], *skipped)
    theirs["config"] = without(theirs["config"], *skipped)
    for key in ("module", "class_name", "registered_name"):
        assert ours[key] == theirs[key]
    ours, theirs = as_json(ours["config"]), as_json(theirs["config"])
    ours = json.loads(json.dumps(ours).replace('"getitem"', '"get_item"'))  # the op's own name
    assert ours["input_layers"] == theirs["input_layers"]
    assert ours["output_layers"] == theirs["output_layers"]
    assert [layer["name"] for layer in ours["layers"]] == [x["name"] for x in theirs["layers"]]
    for mine, other in zip(ours["layers"], theirs["layers"], strict=True):
        assert mine == other


def as_json(config):
    return json.loads(json.dumps(config))


def test_shared_layer_nested_model_and_structures():
    model = build(addax)
    other = again(model)
    x = {"a": floats(2, 4), "b": floats(2, 4)}
    expected, found = model(x), other(x)
    np.testing.assert_array_equal(expected["out"].numpy(), found["out"].numpy())
    np.testing.assert_array_equal(expected["more"][1].numpy(), found["more"][1].numpy())
    assert [layer.name for layer in other.layers] == [layer.name for layer in model.layers]
    assert other.count_params() == model.count_params()


OPS = {
    "slices": lambda x: x[..., None, ::2],
    "reflected": lambda x: 1.0 / (2.0 - x) + (-x) ** 2,
    "array": lambda x: x @ np.arange(8, dtype="float32").reshape(4, 2),
    "two outputs": lambda x: ops.split(x, 2, axis=1)[1],
    "not in Keras' table": lambda x: ops.hypot(ops.nan_to_num(x), x),
    "compare": lambda x: ops.where(x > 0.5, x, 0.0),
    "method": lambda x: x.reshape(-1, 2, 2).sum(axis=1),
    "einsum": lambda x: ops.einsum("ij,ij->i", x, x),
    "activation": addax.activations.softmax,
}


@pytest.mark.parametrize("name", OPS)
def test_ops(name):
    symbol = addax.Input((4,))
    model = addax.Model(symbol, OPS[name](symbol))
    x = floats(3, 4)
    np.testing.assert_array_equal(model(x).numpy(), again(model)(x).numpy())


def test_op_of_the_user_needs_a_name():
    from addax.core.graph import op

    @op
    def my_op(x):
        return x + 1

    symbol = addax.Input((2,))
    model = addax.Model(symbol, my_op(symbol))
    with pytest.raises(ValueError, match="not an op of `addax.ops`"):
        model.get_config()
    addax.saving.get_custom_objects()["my_op"] = my_op
    try:
        assert again(model)(floats(1, 2)).shape == (1, 2)
    finally:
        del addax.saving.get_custom_objects()["my_op"]


def test_names_of_ops_survive():
    symbol = addax.Input((2,))
    model = addax.Model(symbol, (symbol + 1) * 2)
    names = [entry["name"] for entry in model.get_config()["layers"]]
    assert [entry["name"] for entry in again(model).get_config()["layers"]] == names


def test_part_of_a_larger_graph():
    symbol = addax.Input((4,))
    hidden = layers.Dense(3)(symbol)
    tail = addax.Model(hidden, layers.Dense(2)(hidden))
    x = floats(2, 3)
    np.testing.assert_array_equal(tail(x).numpy(), again(tail)(x).numpy())


def test_subclass_with_the_constructor_of_model():
    class Mine(addax.Model):
        pass

    symbol = addax.Input((4,))
    model = Mine(symbol, layers.Dense(2)(symbol), name="mine")
    other = Mine.from_config(model.get_config())
    assert isinstance(other, Mine)
    assert other.name == "mine"
    assert other.output_shape == (None, 2)


def test_subclass_with_its_own_arguments():
    class Mine(addax.Model):
        def __init__(self, units, body=None):
            super().__init__()
            self.units = units
            self.body = body
            self.dense = layers.Dense(units)

        def call(self, x):
            return self.dense(self.body(x))

    model = Mine(3, body=layers.Dense(2, name="b"))
    model.trainable = False
    config = model.get_config()
    other = Mine.from_config(config)
    assert (other.units, other.body.name, other.name, other.trainable) == (
        3,
        "b",
        model.name,
        False,
    )


def test_subclass_without_a_config_says_so():
    class Mine(addax.Model):
        def __init__(self, thing):
            super().__init__()
            self.thing = thing

    with pytest.raises(NotImplementedError, match="`thing` of Mine.*get_config"):
        Mine({1, 2}).get_config()


@pytest.mark.parametrize("name", ["Model", "Functional"])
def test_both_class_names(name):
    config = {"class_name": name, "config": build(addax).get_config()}
    assert isinstance(addax.saving.deserialize_keras_object(config), addax.Model)


def test_custom_objects():
    class Twice(layers.Layer):
        def call(self, x):
            return 2 * x

    symbol = addax.Input((4,))
    model = addax.Model(symbol, Twice()(symbol))
    text = model.to_json()
    with pytest.raises(ValueError, match="Twice"):
        addax.models.model_from_json(text)
    other = addax.models.model_from_json(text, custom_objects={"Twice": Twice})
    assert isinstance(other.layers[1], Twice)


@pytest.mark.parametrize("stacked", [True, False])
def test_sequential(stacked):
    model = addax.Sequential(name="s")
    if stacked:
        model.add(addax.Input((4,), name="in"))
    model.add(layers.Dense(3, activation="relu", name="a"))
    model.add(layers.Dropout(0.5, name="b"))
    config = model.get_config()
    assert [entry["class_name"] for entry in config["layers"]] == (
        ["InputLayer"] * stacked + ["Dense", "Dropout"]
    )
    assert config.get("build_input_shape") == ([None, 4] if stacked else None)
    other = addax.Sequential.from_config(config)
    assert other.built is stacked
    assert other.get_config() == config


def test_sequential_is_the_config_of_keras():
    found = []
    for k in (keras, addax):
        model = k.Sequential([k.Input((4,), name="i"), k.layers.Dense(3, name="d")], name="s")
        found.append(as_json(without(model.get_config(), "shared_object_id")))
    assert found[0] == found[1]

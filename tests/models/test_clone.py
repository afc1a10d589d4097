"""`clone_model`."""

import numpy as np
import pytest

import addax
from addax import layers

x = np.random.default_rng(0).random((2, 4)).astype("float32")


def functional():
    a, b = addax.Input((4,), name="a"), addax.Input((4,), name="b")
    shared = layers.Dense(3, name="shared")
    joined = layers.Add(name="add")([shared(a), shared(b)])
    return addax.Model([a, b], {"y": layers.Dense(1, name="y")(joined * 2)}, name="m")


def sequential():
    stack = [layers.Dense(3, name="d"), layers.BatchNormalization(name="n")]
    return addax.Sequential([addax.Input((4,)), *stack], name="s")


@pytest.mark.parametrize("make", [functional, sequential])
def test_new_layers_of_the_same_kind(make):
    model = make()
    clone = addax.models.clone_model(model)
    assert type(clone) is type(model)
    assert clone.name == model.name
    assert [layer.name for layer in clone.layers] == [layer.name for layer in model.layers]
    assert not {id(v) for v in clone.variables} & {id(v) for v in model.variables}
    assert not np.array_equal(clone.get_weights()[0], model.get_weights()[0])
    clone.set_weights(model.get_weights())
    inputs = x if make is sequential else [x, 2 * x]
    expected, found = model(inputs), clone(inputs)
    if make is functional:
        expected, found = expected["y"], found["y"]
    np.testing.assert_array_equal(found.numpy(), expected.numpy())


def test_shared_layers_stay_shared():
    clone = addax.models.clone_model(functional())
    assert len(clone.get_layer("shared")._inbound_nodes) == 2
    assert len(clone.get_weights()) == 4


@pytest.mark.parametrize("make", [functional, sequential])
def test_clone_function(make):
    seen = []

    def wider(layer):
        seen.append(layer.name)
        config = layer.get_config()
        if layer.name in ("shared", "d"):
            config["units"] = 7
        return type(layer).from_config(config)

    clone = addax.models.clone_model(make(), clone_function=wider)
    assert not any("input" in name for name in seen)
    assert clone.get_weights()[0].shape == (4, 7)


def test_input_tensors():
    given = [addax.Input((4,), name="c"), addax.Input((4,), name="d")]
    clone = addax.models.clone_model(functional(), input_tensors=given)
    assert clone.inputs[0] is given[0]
    one = addax.Input((4,), batch_size=2, name="e")
    assert addax.models.clone_model(sequential(), input_tensors=one).output_shape == (2, 3)


def test_call_function():
    called = []

    def call(layer, *args, **kwargs):
        called.append(layer.name)
        return layer(*args, **kwargs)

    addax.models.clone_model(functional(), call_function=call)
    assert called == ["shared", "shared", "add", "y"]


def test_recursive():
    inner = sequential()
    model = addax.Sequential([addax.Input((4,)), inner, layers.Dense(1, name="o")])
    seen = []

    def note(layer):
        seen.append(layer.name)
        return type(layer).from_config(layer.get_config())

    addax.models.clone_model(model, clone_function=note)
    assert seen == ["s", "o"]
    seen.clear()
    clone = addax.models.clone_model(model, clone_function=note, recursive=True)
    assert seen == ["d", "n", "o"]
    assert clone.layers[0] is not inner


def test_unbuilt_sequential():
    clone = addax.models.clone_model(addax.Sequential([layers.Dense(2)]))
    assert not clone.built
    assert clone(x).shape == (2, 2)


def test_subclass():
    class Mine(addax.Model):
        def __init__(self, units):
            super().__init__()
            self.dense = layers.Dense(units)

        def call(self, inputs):
            return self.dense(inputs)

    assert addax.models.clone_model(Mine(3))(x).shape == (2, 3)
    with pytest.raises(ValueError, match="subclass with its own `call`"):
        addax.models.clone_model(Mine(3), clone_function=lambda layer: layer)


@pytest.mark.parametrize("bad", [None, layers.Dense(2), "model"])
def test_not_a_model(bad):
    with pytest.raises(ValueError, match="must be a Model"):
        addax.models.clone_model(bad)


def test_wrong_input_tensors():
    with pytest.raises(ValueError, match="must be 2 symbolic tensors"):
        addax.models.clone_model(functional(), input_tensors=[x])

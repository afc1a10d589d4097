"""Files as Keras 2 wrote them: configs and layouts by hand, since Keras 3 no longer writes them."""

import json

import h5py
import numpy as np
import pytest

import addax

rng = np.random.default_rng(0)


def dense(name, units, **more):
    config = {
        "name": name, "trainable": True, "dtype": "float32", "units": units,
        "activation": "linear", "use_bias": True,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "bias_initializer": {"class_name": "Zeros", "config": {"dtype": "float32"}},
        "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
        "kernel_constraint": None, "bias_constraint": None, **more,
    }  # fmt: skip
    return {"class_name": "Dense", "config": config}


def input_layer(name, shape):
    config = {"batch_input_shape": shape, "dtype": "float32", "sparse": False, "ragged": False}
    return {"class_name": "InputLayer", "config": {**config, "name": name}}


def write(path, config, weights, training=None, optimizer=()):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["model_config"] = json.dumps(config)
        if training:
            file.attrs["training_config"] = json.dumps(training)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array(list(weights), "S")
        for layer, arrays in weights.items():
            inside = group.create_group(layer)
            inside.attrs["weight_names"] = np.array(list(arrays), "S")
            for name, array in arrays.items():
                inside[name] = array
        if optimizer:
            inside = file.create_group("optimizer_weights")
            names = [f"Adam/{i}:0" for i in range(len(optimizer))]
            inside.attrs["weight_names"] = np.array(names, "S")
            for name, array in zip(names, optimizer, strict=True):
                inside[name] = array


@pytest.fixture
def arrays():
    shapes = {"a": [(3, 4), (4,)], "b": [(4, 2), (2,)]}
    return {
        name: {
            f"{name}/kernel:0": rng.random(kernel).astype("float32"),
            f"{name}/bias:0": rng.random(bias).astype("float32"),
        }
        for name, (kernel, bias) in shapes.items()
    }


def expected(x, arrays):
    for layer in ("a", "b"):
        kernel, bias = arrays[layer].values()
        x = x @ kernel + bias
    return x


def test_sequential(tmp_path, arrays):
    layers = [
        input_layer("i", [None, 3]),
        dense("a", 4, batch_input_shape=[None, 3]),
        dense("b", 2),
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    write(tmp_path / "m.h5", config, {"i": {}, **arrays})
    model = addax.models.load_model(tmp_path / "m.h5")
    x = rng.random((5, 3)).astype("float32")
    np.testing.assert_allclose(model.predict(x, verbose=0), expected(x, arrays), rtol=1e-5)


def functional_config():
    layers = [
        {**input_layer("i", [None, 3]), "name": "i", "inbound_nodes": []},
        {**dense("a", 4), "name": "a", "inbound_nodes": [[["i", 0, 0, {}]]]},
        {**dense("b", 2), "name": "b", "inbound_nodes": [[["a", 0, 0, {}]]]},
        {
            "class_name": "Concatenate", "name": "c",
            "config": {"name": "c", "trainable": True, "dtype": "float32", "axis": -1},
            "inbound_nodes": [[["b", 0, 0, {}], ["a", 0, 0, {}]]],
        },
    ]  # fmt: skip
    inner = {"name": "f", "layers": layers, "input_layers": [["i", 0, 0]]}
    return {"class_name": "Functional", "config": {**inner, "output_layers": [["c", 0, 0]]}}


def test_functional_with_compile_arguments(tmp_path, arrays):
    optimizer = {"class_name": "Adam", "config": {"name": "Adam", "lr": 0.5, "decay": 0.0}}
    training = {"loss": "mse", "metrics": ["mae"], "optimizer_config": optimizer}
    write(tmp_path / "m.h5", functional_config(), {"i": {}, **arrays, "c": {}}, training)
    model = addax.models.load_model(tmp_path / "m.h5")
    x = rng.random((5, 3)).astype("float32")
    out = model.predict(x, verbose=0)
    out = out[0] if isinstance(out, list) else out
    np.testing.assert_allclose(out[:, :2], expected(x, arrays), rtol=1e-5)
    assert float(model.optimizer.learning_rate) == 0.5
    assert model.loss == "mse"


def test_unknown_optimizer_state_starts_anew(tmp_path, arrays):
    training = {"loss": "mse", "optimizer_config": {"class_name": "Adam", "config": {}}}
    path = tmp_path / "m.h5"
    write(path, functional_config(), arrays, training, [np.int64(3), np.zeros((3, 4))])
    with pytest.warns(UserWarning, match="starts anew"):
        addax.models.load_model(path)


def test_unknown_loss_leaves_the_model_uncompiled(tmp_path, arrays):
    training = {"loss": "no_such_loss", "optimizer_config": {"class_name": "Adam", "config": {}}}
    write(tmp_path / "m.h5", functional_config(), arrays, training)
    with pytest.warns(UserWarning, match="without its `compile` arguments"):
        model = addax.models.load_model(tmp_path / "m.h5")
    assert not model.compiled


def test_weights_by_name(tmp_path, arrays):
    write(tmp_path / "m.h5", functional_config(), arrays)
    layers = addax.layers
    model = addax.Sequential([addax.Input((4,)), layers.Dense(3), layers.Dense(4, name="a")])
    first = model.layers[0].get_weights()[0]
    model.load_weights(tmp_path / "m.h5", by_name=True)
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], arrays["a"]["a/kernel:0"])
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], first)
    with pytest.raises(ValueError, match=r"\(4, 3\)"):
        model.load_weights(tmp_path / "m.h5")
    with pytest.warns(UserWarning, match="left as they are"):
        model.load_weights(tmp_path / "m.h5", skip_mismatch=True)


def test_weights_only_is_no_model(tmp_path):
    model = addax.Sequential([addax.Input((4,)), addax.layers.Dense(3)])
    model.save_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match="holds no model"):
        addax.models.load_model(tmp_path / "w.h5")


def test_json_of_keras2():
    model = addax.models.model_from_json(json.dumps(functional_config()))
    assert [layer.name for layer in model.layers] == ["i", "a", "b", "c"]

"""Files written by Addax are read by Keras 3 and the other way round."""

import functools
import importlib.util
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest

import addax

_spec = importlib.util.spec_from_file_location("io_models", Path(__file__).with_name("models.py"))
models = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(models)

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras' own
DIRECTIONS = [(addax, keras), (keras, addax), (addax, addax)]
IDS = ["to-keras", "from-keras", "addax"]
every_direction = pytest.mark.parametrize(("writer", "reader"), DIRECTIONS, ids=IDS)
every_model = pytest.mark.parametrize("make", models.ALL, ids=lambda make: make.__name__)


_folders = []  # removed when the process ends


@functools.cache
def written(make, writer):
    """Train a model, write it in all formats, and train it on."""
    _folders.append(tempfile.TemporaryDirectory())
    folder = Path(_folders[-1].name)
    model, x, y = models.trained(make, writer)
    for name in ("m.keras", "m.weights.h5", "m.h5"):
        save = model.save_weights if name == "m.weights.h5" else model.save
        save(str(folder / name))
    outputs = models.predicted(model, x)
    return folder, x, y, outputs, models.train_on(model, x, y)


def same_outputs(model, x, expected):
    for a, b in zip(models.predicted(model, x), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@every_direction
@every_model
def test_keras_file(make, writer, reader):
    folder, x, y, expected, losses = written(make, writer)
    again = reader.models.load_model(str(folder / "m.keras"))
    same_outputs(again, x, expected)
    assert int(np.asarray(again.optimizer.iterations)) == 4
    if make is models.cnn and writer is not reader:
        return  # dropout draws other numbers there
    np.testing.assert_allclose(models.train_on(again, x, y), losses, rtol=1e-4, atol=1e-6)


@every_direction
@every_model
def test_weights_file(make, writer, reader):
    folder, x, _, expected, _ = written(make, writer)
    again = make(reader)[0]
    again.load_weights(str(folder / "m.weights.h5"))
    same_outputs(again, x, expected)


@every_direction
@every_model
def test_keras2_layout(make, writer, reader):
    folder, x, _, expected, _ = written(make, writer)
    if reader is keras and make is models.shared:
        pytest.skip("Keras 3 does not read ops from its own .h5 files")
    again = reader.models.load_model(str(folder / "m.h5"), compile=False)
    same_outputs(again, x, expected)


def test_keras2_layout_restores_the_optimizer():
    folder, x, y, _, losses = written(models.mlp, addax)
    again = addax.models.load_model(folder / "m.h5")
    np.testing.assert_array_equal(models.train_on(again, x, y), losses)


OPTIMIZERS = [
    ("SGD", {"momentum": 0.9}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
    ("Adam", {"amsgrad": True, "use_ema": True, "gradient_accumulation_steps": 2}),
]


@pytest.mark.parametrize(("name", "arguments"), OPTIMIZERS)
def test_order_of_optimizer_state(name, arguments):
    from addax.io.snapshot import optimizer_variables

    found = []
    for package in (keras, addax):
        optimizer = getattr(package.optimizers, name)(**arguments)
        shapes = {"a": (2, 2), "b": (3,)}
        optimizer.build([package.Variable(np.ones(s), name=n) for n, s in shapes.items()])
        ordered = optimizer.variables if package is keras else optimizer_variables(optimizer)
        found.append([(v.path.split("/")[-1], tuple(v.shape)) for v in ordered])
    assert found[0] == found[1]


def test_optimizer_around_another(tmp_path):
    for writer, reader in DIRECTIONS[:2]:
        model = writer.Sequential([writer.Input((3,)), writer.layers.Dense(2)])
        inner = writer.optimizers.SGD(0.1, momentum=0.9)
        model.compile(writer.optimizers.LossScaleOptimizer(inner), "mse")
        x, y = models.floats(8, 3), models.floats(8, 2)
        model.fit(x, y, verbose=0)
        model.save(str(tmp_path / "m.keras"))
        again = reader.models.load_model(str(tmp_path / "m.keras"))
        theirs = [np.asarray(v) for v in again.optimizer.inner_optimizer.variables]
        ours = [np.asarray(v) for v in model.optimizer.inner_optimizer.variables]
        for a, b in zip(theirs, ours, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6)


def mask_ahead(k, x):
    return k.layers.LSTM(3)(k.layers.Masking(0.0)(x))


LAYERS = {
    "stacked cells": lambda k, x: k.layers.RNN([k.layers.LSTMCell(3), k.layers.GRUCell(2)])(x),
    "two directions": lambda k, x: k.layers.Bidirectional(
        k.layers.GRU(3), backward_layer=k.layers.GRU(3, go_backwards=True), merge_mode="ave"
    )(x),
    "in time": lambda k, x: k.layers.TimeDistributed(k.layers.Dense(3, activation="relu"))(x),
    "attention": lambda k, x: k.layers.MultiHeadAttention(2, 3)(x, x),
    "grouped attention": lambda k, x: k.layers.GroupQueryAttention(3, 2, 1)(x, x),
    "separable": lambda k, x: k.layers.SeparableConv1D(3, 2, depth_multiplier=2)(x),
    "normalized": lambda k, x: k.layers.LayerNormalization()(k.layers.BatchNormalization()(x)),
    "mask": mask_ahead,
    "arguments": lambda k, x: k.layers.Dense(
        3,
        kernel_initializer=k.initializers.HeNormal(seed=3),
        kernel_regularizer=k.regularizers.L1L2(0.1, 0.2),
        bias_constraint=k.constraints.MaxNorm(2),
        dtype="mixed_bfloat16",
    )(x),
}


@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS[:2], ids=IDS[:2])
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, writer, reader, tmp_path):
    symbol = writer.Input((5, 4))
    model = writer.Model(symbol, LAYERS[name](writer, symbol))
    x = np.random.default_rng(1).random((3, 5, 4)).astype("float32")
    model.save(str(tmp_path / "m.keras"))
    again = reader.models.load_model(str(tmp_path / "m.keras"))
    expected = np.asarray(model.predict(x, verbose=0), "float32")
    found = np.asarray(again.predict(x, verbose=0), "float32")
    tolerance = 0.02 if name == "arguments" else 1e-5
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)

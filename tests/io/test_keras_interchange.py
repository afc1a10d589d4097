"""Files written by Addax are read by Keras 3 and the other way round."""

import importlib.util
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


def same_outputs(one, other, x):
    for a, b in zip(models.predicted(one, x), models.predicted(other, x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS, ids=IDS)
@pytest.mark.parametrize("make", models.ALL, ids=lambda make: make.__name__)
def test_keras_file(make, writer, reader, tmp_path):
    model, x, y = models.trained(make, writer)
    path = str(tmp_path / "model.keras")
    model.save(path)
    again = reader.models.load_model(path)
    same_outputs(model, again, x)
    assert int(np.asarray(again.optimizer.iterations)) == 4
    if make is models.cnn and writer is not reader:
        return  # dropout draws other numbers there
    np.testing.assert_allclose(
        models.train_on(again, x, y), models.train_on(model, x, y), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS, ids=IDS)
@pytest.mark.parametrize("make", [models.cnn, models.recurrent, models.nested])
def test_weights_file(make, writer, reader, tmp_path):
    model, x, _ = models.trained(make, writer)
    path = str(tmp_path / "model.weights.h5")
    model.save_weights(path)
    again = make(reader)[0]
    again.load_weights(path)
    same_outputs(model, again, x)


@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS, ids=IDS)
@pytest.mark.parametrize("make", [models.mlp, models.cnn, models.several])
def test_keras2_layout(make, writer, reader, tmp_path):
    model, x, _ = models.trained(make, writer)
    path = str(tmp_path / "model.h5")
    model.save(path)
    again = reader.models.load_model(path, compile=reader is addax)
    same_outputs(model, again, x)


def test_keras_h5_with_ops(tmp_path):
    for make in (models.nested, models.shared, models.recurrent):
        model, x, _ = models.trained(make, keras)
        path = str(tmp_path / "model.h5")
        model.save(path)
        same_outputs(model, addax.models.load_model(path), x)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("SGD", {"momentum": 0.9, "learning_rate": 0.1}),
        ("RMSprop", {"momentum": 0.9, "centered": True}),
        ("Adam", {"amsgrad": True, "use_ema": True}),
    ],
)
@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS[:2], ids=IDS[:2])
def test_optimizer_state(name, arguments, writer, reader, tmp_path):
    optimizer = getattr(writer.optimizers, name)(**arguments)
    model, x, y = models.trained(models.mlp, writer, optimizer)
    path = str(tmp_path / "model.keras")
    model.save(path)
    again = reader.models.load_model(path)
    np.testing.assert_allclose(models.train_on(again, x, y), models.train_on(model, x, y), rtol=1e-4)

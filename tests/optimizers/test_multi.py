"""MultiOptimizer beside Keras, in `fit`, and in files."""

import keras
import numpy as np
import pytest

import addax
from addax import optimizers
from addax.core.variable import Variable
from tests.optimizers.compare import arrays

# Keras turns its Variables into floats through NumPy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def trajectory(library, make_variable):
    parts = library.Adam(0.1), library.SGD(0.5, momentum=0.9)
    optimizer = library.MultiOptimizer(library.OptimizerMap(parts[1], {"ker.*": parts[0]}))
    variables = [make_variable(np.ones(3, "float32"), name=n) for n in ("kernel", "bias")]
    optimizer.build(variables)
    rng = np.random.default_rng(0)
    for _ in range(5):
        optimizer.apply([rng.normal(size=3).astype("float32") for _ in variables], variables)
    return [*variables, *optimizer.variables], optimizer


def test_against_keras():
    ours, optimizer = trajectory(optimizers, Variable)
    theirs, _ = trajectory(keras.optimizers, keras.Variable)
    assert len(ours) == len(theirs)
    for one, two in zip(arrays(ours), arrays(theirs), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    with pytest.raises(AttributeError, match="no learning rate"):
        optimizer.learning_rate = 0.1


def test_in_fit(tmp_path):
    model = addax.Sequential(
        [addax.Input((2,)), addax.layers.Dense(4, name="first"), addax.layers.Dense(1)]
    )
    parts = optimizers.OptimizerMap(optimizers.Adam(0.05), {"first/.*": optimizers.SGD(0.0)})
    model.compile(optimizers.MultiOptimizer(parts), "mse")
    before = model.get_weights()
    x = np.random.default_rng(1).normal(size=(32, 2)).astype("float32")
    history = model.fit(x, x.sum(1), epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])
    model.save(tmp_path / "model.keras")
    loaded = addax.models.load_model(tmp_path / "model.keras")
    for one, two in zip(loaded.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy())


def test_bad_parts():
    sgd = optimizers.SGD()
    with pytest.raises(ValueError, match="neither a `LossScaleOptimizer`"):
        optimizers.OptimizerMap(optimizers.LossScaleOptimizer(sgd))
    found = optimizers.OptimizerMap(sgd, {"a.*": sgd, ".*b": sgd})
    with pytest.raises(ValueError, match="Several keys"):
        found["ab"]
    with pytest.raises(ValueError, match="already"):
        found["a.*"] = sgd
    del found["a.*"]
    assert list(found) == [".*b"]
    assert len(found) == 1
    with pytest.raises(ValueError, match="must be an optimizer"):
        optimizers.MultiOptimizer(lambda variable: "sgd").apply([1.0], [Variable(1.0)])

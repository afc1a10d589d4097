"""Other dtypes than float32: mixed bfloat16 and float64."""

import os
import subprocess
import sys

import numpy as np

import addax

_FLOAT64 = """
import numpy as np, addax
addax.config.set_floatx("float64")
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 3)); y = x @ np.array([[1.0], [2.0], [3.0]])
model = addax.Sequential([addax.Input(shape=(3,)), addax.layers.Dense(1)])
assert model.weights[0].dtype == "float64"
model.compile(addax.optimizers.SGD(0.3), "mse")
model.fit(x, y, epochs=300, batch_size=64, verbose=0)
assert np.abs(model.get_weights()[0].ravel() - [1, 2, 3]).max() < 1e-12, model.get_weights()
assert model.predict(x, verbose=0).dtype == np.float64
"""


def test_mixed_bfloat16_computes_in_16_bits_and_keeps_float32_weights():
    x = np.random.default_rng(0).normal(size=(256, 4)).astype("float32")
    y = x.sum(1, keepdims=True)
    layer = addax.layers.Dense(8, activation="relu", dtype="mixed_bfloat16")
    assert layer(x).dtype == "bfloat16"
    assert layer.kernel.dtype == "float32"
    model = addax.Sequential([addax.Input(shape=(4,)), layer, addax.layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert history[-1] < 0.5 * history[0]
    assert all(weight.dtype == np.float32 for weight in model.get_weights())


def test_float64_reaches_float64_accuracy():
    environment = dict(os.environ)
    done = subprocess.run(
        [sys.executable, "-c", _FLOAT64], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

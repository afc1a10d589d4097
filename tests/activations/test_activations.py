"""Values and gradients against Keras, names, and bad names."""

import keras
import numpy as np
import pytest

from addax import activations, ops
from addax.core.tape import GradientTape
from addax.core.variable import Variable

X = np.linspace(-4, 4, 24, dtype="float32").reshape(4, 6) + 0.01
NAMES = sorted(
    name
    for name in dir(keras.activations)
    if not name.startswith("_") and name not in ("get", "serialize", "deserialize", "threshold")
)


# sparsemax: that of Keras 3.15 does not sum to 1
@pytest.mark.parametrize("name", [n for n in NAMES if n != "sparsemax"])
def test_same_values_as_keras(name):
    ours = getattr(activations, name)(X)
    theirs = getattr(keras.activations, name)(X)
    np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("linear",)])
def test_gradient_is_the_slope(name):
    function = getattr(activations, name)
    v = Variable(X[:2])
    weights = np.arange(1, 7, dtype="float32")[: function(X[:2]).shape[-1]]
    with GradientTape() as tape:
        y = ops.sum(function(v) * weights)
    gradient = tape.gradient(y, v).numpy()
    step = 1e-2
    for i in (0, 3, 5):
        up, down = X[:2].copy(), X[:2].copy()
        up[1, i] += step
        down[1, i] -= step
        slope = ((function(up) - function(down)).numpy()[1] * weights).sum() / (2 * step)
        np.testing.assert_allclose(gradient[1, i], slope, rtol=2e-2, atol=2e-2)


@pytest.mark.parametrize(
    "arguments",
    [
        {"negative_slope": 0.3},
        {"max_value": 2.0},
        {"max_value": 6},
        {"threshold": 1.0},
        {"negative_slope": 0.1, "max_value": 2.5, "threshold": 0.5},
    ],
)
def test_relu_arguments(arguments):
    ours, theirs = activations.relu(X, **arguments), keras.activations.relu(X, **arguments)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, -2, (0, 1)])
def test_softmax_axis(axis):
    np.testing.assert_allclose(ops.sum(activations.softmax(X, axis=axis), axis=axis), 1, rtol=1e-6)
    np.testing.assert_allclose(
        activations.softmax(X, axis=axis), keras.activations.softmax(X, axis=axis), rtol=1e-5
    )


@pytest.mark.parametrize("axis", [0, -1])
def test_sparsemax_is_the_nearest_point_of_the_simplex(axis):
    p = activations.sparsemax(X, axis=axis).numpy()
    np.testing.assert_allclose(p.sum(axis), 1, rtol=1e-6)
    # p = max(x - tau, 0) with one tau per row is the projection
    rows, kept = (np.moveaxis(a, axis, -1) for a in (X, p))
    for row, projected in zip(rows, kept, strict=True):
        inside = projected > 0
        tau = (row - projected)[inside]
        np.testing.assert_allclose(tau, tau[0], rtol=1e-5)
        assert (row[~inside] <= tau[0] + 1e-6).all()


def test_threshold():
    np.testing.assert_array_equal(
        activations.threshold(X, 1.0, 20.0), keras.activations.threshold(X, 1.0, 20.0)
    )


def test_gelu_approximation_is_off():
    exact = activations.gelu(X)
    assert np.abs(exact.numpy() - activations.gelu(X, approximate=True).numpy()).max() > 1e-5
    np.testing.assert_allclose(exact, keras.activations.gelu(X), rtol=1e-5, atol=1e-6)


def test_names():
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    assert activations.get(len) is len
    for name in NAMES:
        assert activations.get(name).__name__ == keras.activations.get(name).__name__
        assert activations.serialize(activations.get(name)) == keras.activations.serialize(
            keras.activations.get(name)
        )


def test_config_of_an_own_function():
    def cube(x):
        return x**3

    config = activations.serialize(cube)
    assert activations.deserialize(config, custom_objects={"cube": cube}) is cube
    with pytest.raises(ValueError, match="cube"):
        activations.deserialize(config)


def test_unknown_name_suggests():
    with pytest.raises(ValueError, match=r"Unknown activation: 'rellu'.*'relu'"):
        activations.get("rellu")
    with pytest.raises(ValueError, match="must be a name, a config, a class or a callable"):
        activations.get(3)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_dtype_stays(dtype):
    x = ops.cast(X, dtype)
    for name in NAMES:
        assert getattr(activations, name)(x).dtype == dtype, name

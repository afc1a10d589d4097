"""Pooling against JAX's window functions, their derivatives, and Keras."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from addax.engine import pooling

_CASES = [
    (2, 2, "valid", (6, 8)),
    (2, 2, "same", (5, 7)),
    (2, 2, "valid", (5, 7)),
    (3, 2, "same", (6, 7)),
    (3, 1, "valid", (5, 6)),
    (2, 3, "same", (7, 7)),
    (6, 6, "same", (7, 13)),
    (2, 2, "same", (7,)),
    (2, 2, "valid", (4, 5, 6)),
]


def _with_ties(shape):
    """Return small integers, many of them equal to a neighbour, as after `relu`."""
    values = np.random.default_rng(len(shape)).normal(size=shape)
    return np.maximum(np.round(values * 2), 0).astype("float32")


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
@pytest.mark.parametrize(("size", "strides", "padding", "spatial"), _CASES)
def test_values_and_gradients_agree_with_keras(name, size, strides, padding, spatial):
    import keras

    x = _with_ties((2, *spatial, 3))
    functions = getattr(pooling, name), getattr(keras.ops, name)
    rest = size, strides, padding, "channels_last"

    def both(x):
        outputs = []
        for function in functions:
            y, pullback = jax.vjp(lambda x, function=function: function(x, *rest), x)
            weights = jnp.cos(jnp.arange(y.size, dtype="float32")).reshape(y.shape)
            outputs.append((y, pullback(weights)))
        return outputs

    ours, theirs = jax.jit(both)(x)
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_average_by_hand_leaves_out_padding():
    x = np.random.default_rng(0).normal(size=(2, 5, 4, 2)).astype("float32")
    expected = np.zeros((2, 3, 2, 2))
    for i, j in itertools.product(range(3), range(2)):
        expected[:, i, j] = x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean((1, 2))
    np.testing.assert_allclose(pooling.average_pool(x, 2, padding="same"), expected, atol=1e-6)


def test_gradient_goes_to_the_first_of_equals():
    gradient = jax.grad(lambda x: pooling.max_pool(x, 2).sum())(jnp.zeros((1, 4, 4, 1)))
    expected = np.zeros((4, 4))
    expected[::2, ::2] = 1
    np.testing.assert_array_equal(gradient[0, :, :, 0], expected)


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_channels_first_and_default_strides(name):
    function = getattr(pooling, name)
    x = _with_ties((2, 3, 6, 6))
    first = function(x, 2, data_format="channels_first")
    last = function(np.moveaxis(x, 1, -1), 2, 2)
    np.testing.assert_array_equal(first, np.moveaxis(last, -1, 1))


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_other_derivatives_and_vmap(name):
    function = getattr(pooling, name)
    x = _with_ties((3, 1, 4, 4, 2))

    def energy(x):
        return jnp.sum(function(x, 2) ** 2)

    @jax.jit
    def derivatives(x):
        hessian = jax.hessian(energy)(x[0]).sum()
        second = jax.grad(lambda x: jnp.sum(jax.grad(energy)(x) ** 2))(x[0])
        return hessian, second.sum(), jax.vmap(jax.grad(energy))(x), jax.grad(energy)(x[1])

    hessian, second, batched, alone = derivatives(x)
    assert np.isfinite(hessian)
    assert np.isfinite(second)
    np.testing.assert_allclose(batched[1], alone, atol=1e-6)


def test_no_window_primitive_remains_on_a_cpu():
    def loss(x):
        return pooling.max_pool(x, 3, 2, "same").sum() + pooling.max_pool(x, 2).sum()

    text = str(jax.make_jaxpr(jax.grad(loss))(jnp.ones((2, 8, 8, 3))))
    assert "window" not in text


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bfloat16"])
def test_dtypes(dtype):
    x = jnp.arange(16).reshape(1, 4, 4, 1).astype(dtype)
    outputs = pooling.max_pool(x, 2)
    assert outputs.dtype == dtype
    assert outputs.ravel().tolist() == [5, 7, 13, 15]
    assert pooling.average_pool(x, 2).ravel().tolist() == [2.5, 4.5, 10.5, 12.5]


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_unknown_sizes(name, padding, strides):
    b, h, w = jax.export.symbolic_shape("b,h,w", constraints=["b>=2", "h>=8", "w>=8"])

    def function(x):
        return getattr(pooling, name)(x, 2, strides, padding)

    def shape(*sizes):
        return jax.eval_shape(function, jax.ShapeDtypeStruct(sizes, "float32")).shape

    assert shape(b, 9, 9, 3)[1:] == jax.eval_shape(function, jnp.ones((2, 9, 9, 3))).shape[1:]
    assert shape(b, h, w, 3)[::3] == (b, 3)


def test_errors():
    x = jnp.ones((1, 4, 4, 1))
    with pytest.raises(ValueError, match="`padding` must be"):
        pooling.max_pool(x, 2, padding="full")
    with pytest.raises(ValueError, match="`pool_size` must be"):
        pooling.average_pool(x, (2, 2, 2))
    with pytest.raises(ValueError, match="1, 2 or 3 spatial"):
        pooling.max_pool(x[0, 0], 2)

"""`grad`, `value_and_grad`, and gradients of second order through layers."""

import numpy as np
import pytest

import addax
from addax import ops
from addax.compat import tensorflow as tf


def test_numbers_arrays_and_tensors():
    f = addax.value_and_grad(lambda x: ops.sum(x**3))
    for x in (2.0, np.float32(2), np.array(2.0), ops.convert_to_tensor(2.0)):
        value, slope = f(x)
        assert (float(value), float(slope)) == (8, 12)
    np.testing.assert_array_equal(
        addax.grad(lambda x: ops.sum(x * x))(np.array([1.0, 2.0])), [2, 4]
    )


def test_argnums():
    def f(x, y, scale=1.0):
        return scale * x * x * y["a"][0]

    y = {"a": [ops.convert_to_tensor(5.0)], "n": 3}
    assert float(addax.grad(f)(2.0, y)) == 20
    assert float(addax.grad(f)(2.0, y, scale=2.0)) == 40
    gradient = addax.grad(f, argnums=1)(2.0, y)
    assert float(gradient["a"][0]) == 4
    assert gradient["n"] is None
    dx, dy = addax.grad(f, argnums=(0, -1))(2.0, y)
    assert (float(dx), float(dy["a"][0])) == (20, 4)


def test_has_aux():
    def f(x):
        return x * x, {"twice": 2 * x}

    (value, aux), slope = addax.value_and_grad(f, has_aux=True)(3.0)
    assert (float(value), float(aux["twice"]), float(slope)) == (9, 6, 6)
    slope, aux = addax.grad(f, has_aux=True)(3.0)
    assert (float(slope), float(aux["twice"])) == (6, 6)


def test_variables():
    w, b, other = addax.Variable(2.0), addax.Variable(1.0), addax.Variable(7.0)

    def loss(x):
        return (w * x + b) ** 2

    value, gradients = addax.value_and_grad(loss, variables=[w, b, other])(3.0)
    assert float(value) == 49
    assert [float(g) for g in gradients] == [42, 14, 0]
    dx, dw = addax.grad(loss, argnums=0, variables=w)(3.0)
    assert (float(dx), float(dw)) == (28, 42)
    assert float(addax.grad(lambda v: v * v)(w)) == 4


def test_frozen_variables_and_assignments():
    frozen = addax.Variable(2.0, trainable=False)
    calls = addax.Variable(0.0, trainable=False)

    def loss():
        calls.assign_add(1.0)
        return frozen**2

    assert float(addax.grad(loss, variables=frozen)()) == 4
    assert float(calls) == 1


def test_compiled():
    w = addax.Variable(2.0)
    step = addax.function(addax.value_and_grad(lambda x: w * x * x, argnums=0, variables=w))
    for _ in range(2):
        value, (dx, dw) = step(np.float32(3))
        assert (float(value), float(dx), float(dw)) == (18, 12, 9)


def test_higher_orders():
    f = addax.grad(addax.grad(addax.grad(lambda x: x**4)))
    assert float(f(2.0)) == 48
    mixed = addax.grad(lambda x, y: addax.grad(lambda z: z * z * y)(x), argnums=1)
    assert float(mixed(3.0, 5.0)) == 6


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: addax.grad(3), TypeError, "callable"),
        (lambda: addax.grad(lambda x: x)(3), TypeError, "3.0 for 3"),
        (lambda: addax.grad(lambda x: x)([1.0, 2.0]), TypeError, "scalar"),
        (lambda: addax.grad(lambda x: ops.convert_to_tensor([1.0]))(2.0), TypeError, "scalar"),
        (lambda: addax.grad(lambda x: x, argnums=2)(1.0), ValueError, "argnums"),
    ],
)
def test_bad_use(use, error, message):
    with pytest.raises(error, match=message):
        use()


def layer_cases():
    layers = addax.layers
    return {
        "dense": (layers.Dense(2, activation="tanh"), (2, 3)),
        "conv": (layers.Conv2D(2, 3, activation="tanh", padding="same"), (1, 4, 4, 2)),
        "strided conv": (layers.Conv2D(2, 2, strides=2, activation="tanh"), (1, 4, 4, 1)),
        "conv1d": (layers.Conv1D(2, 3, activation="tanh"), (2, 6, 2)),
        "lstm": (layers.LSTM(2), (2, 4, 2)),
        "gru": (layers.GRU(2), (2, 4, 2)),
    }


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("name", layer_cases())
def test_second_order_through_layers(name, compiled):
    """The gradient of a gradient's norm is its slope."""
    addax.utils.set_random_seed(3)
    layer, shape = layer_cases()[name]
    x = ops.convert_to_tensor(np.random.default_rng(0).normal(size=shape).astype("float32"))
    layer(x)
    kernel = layer.trainable_variables[0]

    def penalty():
        with addax.GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(layer(x) ** 2)
        return ops.sum(tape.gradient(y, x) ** 2)

    def both():
        with addax.GradientTape() as tape:
            value = penalty()
        return value, tape.gradient(value, kernel)

    gradient = (addax.function(both) if compiled else both)()[1].numpy()
    start, direction = kernel.numpy(), gradient / np.linalg.norm(gradient)
    values = []
    for step in (0.01, -0.01):
        kernel.assign(start + step * direction)
        values.append(float(penalty()))
    np.testing.assert_allclose(
        (values[0] - values[1]) / 0.02, np.linalg.norm(gradient), rtol=0.02, atol=1e-3
    )


def test_hessian_of_a_convolution():
    layer = addax.layers.Conv2D(1, 2, use_bias=False)
    x = np.random.default_rng(0).normal(size=(1, 3, 3, 1)).astype("float32")
    layer(x)
    with addax.GradientTape() as outer:
        with addax.GradientTape() as inner:
            y = ops.sum(layer(x) ** 2)
        gradient = inner.gradient(y, layer.kernel)
    hessian = outer.jacobian(gradient, layer.kernel).numpy().reshape(4, 4)
    patches = np.stack([x[0, i : i + 2, j : j + 2, 0].ravel() for i in (0, 1) for j in (0, 1)])
    np.testing.assert_allclose(hessian, 2 * patches.T @ patches, rtol=1e-4, atol=1e-5)


def test_custom_gradient_with_variables():
    w, fixed = addax.Variable(2.0), addax.Variable(5.0, trainable=False)

    @tf.custom_gradient
    def f(x, power=1):
        def grad(upstream, variables=None):
            assert variables == [w]
            return upstream * w, [upstream * 100 * x * power]

        return x * w + fixed, grad

    x = ops.convert_to_tensor(3.0)

    def both():
        with addax.GradientTape() as tape:
            tape.watch(x)
            y = f(x, power=2) * 2
        return y, tape.gradient(y, [x, w])

    for run in (both, addax.function(both)):
        y, (dx, dw) = run()
        assert (float(y), float(dx), float(dw)) == (22, 4, 1200)


def test_loops_in_compiled_gradients():
    x = addax.Variable(2.0)

    @addax.function
    def slope(n):
        with addax.GradientTape() as tape:
            one = ops.convert_to_tensor(1.0)
            y = ops.fori_loop(0, 3, lambda i, c: c * x, one)
            z = ops.cond(n > 0, lambda: x * x, lambda: x)
            total = y + z
        return tape.gradient(total, x)

    assert float(slope(np.int32(1))) == 12 + 4
    assert float(slope(np.int32(-1))) == 12 + 1

"""LossScaleOptimizer against Keras: good steps, overflow, growth."""

import jax
import numpy as np
import pytest

from addax import optimizers
from addax.core.variable import Variable

GRADIENTS = [4.0, 4.0, 8.0, np.inf, 4.0, 4.0, np.nan, 4.0, 4.0, 4.0]


def trajectory(library, make_variable):
    inner = library.SGD(0.1, momentum=0.9)
    optimizer = library.LossScaleOptimizer(inner, initial_scale=4.0, dynamic_growth_steps=2)
    v = make_variable(1.0)
    optimizer.build([v])
    step = jax.jit(optimizer.stateless_apply)
    values, state, rows = [v.value], [w.value for w in optimizer.variables], []
    for gradient in GRADIENTS:
        values, state = step(state, [np.float32(gradient)], values)
        rows.append([float(x) for x in (*values, *state)])
    return np.array(rows)


def test_against_keras():
    import keras

    np.testing.assert_allclose(
        trajectory(optimizers, Variable), trajectory(keras.optimizers, keras.Variable), rtol=1e-5
    )


def test_eager_and_config():
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.5), initial_scale=4.0)
    v = Variable(1.0)
    assert float(optimizer.scale_loss(2.0)) == 8.0
    optimizer.apply_gradients([(4.0, v)])
    optimizer.apply_gradients([(np.inf, v)])
    assert (float(v), int(optimizer.iterations), float(optimizer.dynamic_scale)) == (0.5, 1, 2.0)
    optimizer.learning_rate = 0.25
    config = optimizers.serialize(optimizer)
    assert set(config["config"]) == {
        "inner_optimizer", "initial_scale", "dynamic_growth_steps", "name",
    }  # fmt: skip
    assert optimizers.deserialize(config).get_config() == optimizer.get_config()
    with pytest.raises(ValueError, match="inner_optimizer"):
        optimizers.LossScaleOptimizer("sgd")

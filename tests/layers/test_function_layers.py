"""Layers around functions of JAX, and those that Addax refuses."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import addax
from addax import layers


def init(rng, inputs):
    return {"kernel": jax.random.normal(rng, (inputs.shape[-1], 2)), "bias": jnp.zeros(2)}


def call(params, inputs):
    return inputs @ params["kernel"] + params["bias"]


def test_a_function_trains():
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    y = x[:, :2] * [1.0, -2.0]
    model = addax.Sequential([layers.Input((3,)), layers.JaxLayer(call, init, seed=1)])
    assert model.output_shape == (None, 2)
    assert model.count_params() == 8
    model.compile(addax.optimizers.SGD(0.2), "mse")
    losses = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 1e-2 * losses[0]


def test_state_changes_in_training():
    def count(params, state, inputs, training):
        steps = state["steps"] + (1.0 if training else 0.0)
        return inputs * params, {"steps": steps}

    layer = layers.JaxLayer(count, params=np.float32(2.0), state={"steps": np.float32(0.0)})
    assert len(layer.trainable_weights) == 1
    for training in (True, False, True):
        out = layer(np.ones(2), training=training)
    np.testing.assert_array_equal(out, [2.0, 2.0])
    assert float(layer.state["steps"].numpy()) == 2


def test_random_numbers_differ_from_call_to_call():
    layer = layers.JaxLayer(
        lambda rng, inputs: inputs + jax.random.normal(rng, inputs.shape), params={}, seed=1
    )
    one, two = np.asarray(layer(np.zeros(3))), np.asarray(layer(np.zeros(3)))
    assert np.abs(one - two).max() > 0


def test_bad_functions():
    with pytest.raises(ValueError, match="needs `init_fn`, or `params`"):
        layers.JaxLayer(call)
    with pytest.raises(ValueError, match=r"must have the argument `inputs`.*\('x',\)"):
        layers.JaxLayer(lambda x: x, params={})


def test_flax_module():
    linen = pytest.importorskip("flax.linen")

    class Net(linen.Module):
        @linen.compact
        def __call__(self, inputs, training=False):
            x = linen.Dense(4)(inputs)
            x = linen.BatchNorm(use_running_average=not training, momentum=0.5)(x)
            return linen.Dropout(0.5, deterministic=not training)(x)

    layer = layers.FlaxLayer(Net(), seed=1)
    x = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    assert layer(x, training=True).shape == (8, 4)
    assert layer.count_params() == 3 * 4 + 4 + 8 + 8
    before = [v.numpy() for v in layer.non_trainable_weights]
    layer(x, training=True)
    after = [v.numpy() for v in layer.non_trainable_weights]
    assert any(np.abs(a - b).max() > 0 for a, b in zip(before, after, strict=True))
    np.testing.assert_array_equal(layer(x, training=False), layer(x, training=False))


@pytest.mark.parametrize("make", [layers.TFSMLayer, layers.TorchModuleWrapper])
def test_refused_layers_say_what_to_do(make):
    with pytest.raises(NotImplementedError, match=f"`{make.__name__}` .*(load_model|set_weights)"):
        make("anything")

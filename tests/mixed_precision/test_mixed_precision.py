"""Policies by their public names, and the loss scale that `compile` adds."""

import numpy as np
import pytest

import addax
import addax.mixed_precision.experimental
from addax import dtype_policies, layers, mixed_precision, optimizers


@pytest.fixture
def float16():
    mixed_precision.set_global_policy("mixed_float16")
    yield
    mixed_precision.set_global_policy(None)


def model():
    return addax.Sequential(
        [layers.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1, dtype="float32")]
    )


def test_policies():
    policy = mixed_precision.Policy("mixed_bfloat16")
    assert (policy.compute_dtype, policy.variable_dtype) == ("bfloat16", "float32")
    assert mixed_precision.global_policy().name == "float32"
    assert dtype_policies.get("float16") == addax.DTypePolicy("float16")
    assert dtype_policies.get(None) is None
    assert dtype_policies.deserialize(dtype_policies.serialize(policy)) == policy
    mixed_precision.experimental.set_policy(policy)
    assert mixed_precision.experimental.global_policy() == policy
    mixed_precision.experimental.set_policy(None)


def test_compile_scales_the_loss(float16, tmp_path):
    trained = model()
    trained.compile("sgd", "mse")
    assert isinstance(trained.optimizer, optimizers.LossScaleOptimizer)
    assert trained.optimizer.name == "loss_scale_optimizer"
    x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
    history = trained.fit(x, x.sum(1), epochs=8, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert trained.layers[0].kernel.dtype == "float32"
    trained.save(tmp_path / "model.keras")
    loaded = addax.models.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.optimizer, optimizers.LossScaleOptimizer)
    assert int(loaded.optimizer.iterations) == int(trained.optimizer.iterations)


def test_who_is_not_wrapped(float16):
    plain = model()
    plain.compile("sgd", "mse", auto_scale_loss=False)
    assert type(plain.optimizer) is optimizers.SGD
    own = mixed_precision.LossScaleOptimizer(optimizers.SGD(0.1))
    plain.compile(own, "mse")
    assert plain.optimizer is own
    mixed_precision.set_global_policy(None)
    single = model()
    single.compile("sgd", "mse")
    assert type(single.optimizer) is optimizers.SGD


def test_settings_of_higher_layers():
    addax.config.set_dtype_policy("mixed_bfloat16")
    assert addax.config.dtype_policy().name == "mixed_bfloat16"
    assert layers.Dense(2).compute_dtype == "bfloat16"
    addax.config.set_dtype_policy(None)
    assert addax.config.backend() == "jax"
    assert addax.config.is_interactive_logging_enabled()
    assert "set_dtype_policy" in dir(addax.config)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        addax.config.nothing  # noqa: B018

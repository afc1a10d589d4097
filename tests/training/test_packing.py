"""Small parameters joined inside the compiled loop: nothing but the speed changes."""

import numpy as np
import pytest

import addax
from addax import optimizers
from addax.core.packing import PARAMETER
from addax.optimizers import Optimizer

MAKERS = {
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01, amsgrad=True, clipvalue=0.5),
    "rmsprop": lambda: optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": lambda: optimizers.Adagrad(0.05),
    "adadelta": lambda: optimizers.Adadelta(1.0),
    "adamax": lambda: optimizers.Adamax(0.01, global_clipnorm=0.5),
    "nadam": lambda: optimizers.Nadam(0.01),
    "ftrl": lambda: optimizers.Ftrl(0.05, l1_regularization_strength=0.01),
    "lion": lambda: optimizers.Lion(0.01),
}


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100, 5)).astype("float32")
    return x, np.tanh(x @ rng.normal(size=(5, 2))).astype("float32")


def model_of(optimizer, cls=addax.Sequential, constraint=None):
    addax.utils.set_random_seed(1)
    model = cls(
        [
            addax.Input((5,)),
            addax.layers.Dense(7, activation="relu", kernel_constraint=constraint),
            addax.layers.BatchNormalization(),
            addax.layers.Dense(2),
        ]
    )
    model.compile(optimizer, "mse")
    return model


def trained(model, **options):
    history = model.fit(*data(), batch_size=16, epochs=3, verbose=0, **options)
    return history.history["loss"], model.get_weights(), model.optimizer.get_weights()


def group_of(model):
    return model.optimizer.packing_group(model.trainable_variables)


@pytest.mark.parametrize("name", MAKERS)
def test_same_training_as_one_by_one(name, monkeypatch):
    packed = model_of(MAKERS[name]())
    packed_result = trained(packed)
    assert len(group_of(packed).columns[PARAMETER]) == 6
    monkeypatch.setattr(Optimizer, "packing_group", lambda self, variables: None)
    loss, weights, state = trained(model_of(MAKERS[name]()))
    np.testing.assert_allclose(packed_result[0], loss, rtol=1e-5)
    for kind, expected in zip(packed_result[1:], (weights, state), strict=True):
        for a, b in zip(kind, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_a_step_that_assigns_after_the_update():
    class Clipped(addax.Sequential):
        def train_step(self, data):
            logs = super().train_step(data)
            kernel = self.layers[0].kernel
            kernel.assign(addax.ops.clip(kernel, -0.1, 0.1))
            return logs

    model = model_of("adam", Clipped)
    loss, weights, _ = trained(model)
    assert group_of(model) is not None
    assert np.abs(weights[0]).max() == pytest.approx(0.1)
    assert loss[-1] < loss[0]


def test_a_step_that_updates_a_part():
    class LastLayer(addax.Sequential):
        def train_step(self, data):
            x, y = data
            with addax.GradientTape() as tape:
                loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            variables = self.layers[-1].trainable_variables
            self.optimizer.apply_gradients(
                zip(tape.gradient(loss, variables), variables, strict=True)
            )
            return {"loss": loss}

    model = model_of("adam", LastLayer)
    before = model.get_weights()
    _, weights, _ = trained(model)
    np.testing.assert_array_equal(weights[0], before[0])
    assert not np.array_equal(weights[-1], before[-1])


def test_what_is_never_joined():
    def group(optimizer, **options):
        model = model_of(optimizer, **options)
        trained(model)
        return group_of(model)

    class OwnRule(optimizers.Adam):
        def update(self, gradient, parameter, slots, learning_rate, step):
            return parameter - learning_rate * gradient / addax.ops.norm(gradient).raw, slots

    for optimizer in (
        OwnRule(),
        optimizers.SGD(),  # no slots: nothing to gain
        optimizers.Lamb(),
        optimizers.AdamW(),
        optimizers.Adam(use_ema=True),
        optimizers.Adam(gradient_accumulation_steps=2),
    ):
        assert group(optimizer) is None, optimizer
    constrained = group("adam", constraint="non_neg")
    assert len(constrained.columns[PARAMETER]) == 5


def test_freezing_between_fits():
    model = model_of("adam")
    trained(model)
    model.layers[0].trainable = False
    frozen = model.layers[0].get_weights()
    loss, _, _ = trained(model)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], frozen[0])
    assert len(group_of(model).columns[PARAMETER]) == 4
    assert loss[-1] < loss[0]

"""NaN and a loss that stands still: the cause is named, and nothing is done without need."""

import warnings

import numpy as np
import pytest

import addax
from addax import layers, ops
from addax.training.diagnostics import epochs
from addax.utils import TrainingWarning

RNG = np.random.Generator(np.random.Philox(5))
X = RNG.normal(size=(64, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


def compiled(*parts, loss="mse", optimizer="sgd"):
    model = addax.Sequential([addax.Input((4,)), *parts])
    model.compile(optimizer, loss)
    return model


def warning_of(model, x=X, y=Y, **options):
    with pytest.warns(TrainingWarning) as caught:
        model.fit(x, y, batch_size=16, verbose=0, **options)
    (only,) = caught
    assert only.filename == __file__
    return str(only.message)


def test_the_layer_that_makes_nan_is_named():
    model = compiled(
        layers.Dense(3, name="before"),
        layers.Lambda(lambda t: ops.log(t), name="logarithm"),
        layers.Dense(1, name="after"),
    )
    message = warning_of(model, epochs=3)
    assert "became NaN in epoch 1" in message
    assert "come out of layer 'logarithm' (Lambda), in step 1" in message
    assert "initial weights" in message


def test_training_that_runs_away_is_told_as_such():
    model = compiled(
        layers.Dense(8, name="a"), layers.Dense(1, name="b"), optimizer=addax.optimizers.SGD(100.0)
    )
    message = warning_of(model, epochs=4)
    assert "grew from step to step" in message
    assert "lower the learning rate" in message


def test_nan_in_the_inputs_is_found():
    x = X.copy()
    x[37, 2] = np.nan
    message = warning_of(compiled(layers.Dense(1)), x)
    assert "The inputs hold 1 values that are NaN or infinite, the first in row 37" in message


def test_nan_in_the_targets_of_a_stream_is_found():
    y = Y[:16].copy()
    y[3] = np.inf
    batches = (batch for batch in [(X[:16], y)] * 2)
    with pytest.warns(TrainingWarning, match="The targets hold 1 values.*row 3"):
        compiled(layers.Dense(1)).fit(batches, verbose=0, steps_per_epoch=2)


def test_a_loss_outside_of_its_domain_is_named():
    def logarithmic(y_true, y_pred):
        return ops.log(y_true) - ops.log(y_pred)

    model = compiled(layers.Dense(1, activation="sigmoid"), loss=logarithmic)
    message = warning_of(model)
    assert "the loss 'logarithmic' is not finite, first in step 1" in message


def test_without_copies_the_usual_causes_are_told(monkeypatch):
    monkeypatch.setattr(epochs, "_KEPT_BYTES", 0)
    model = compiled(layers.Dense(1), optimizer=addax.optimizers.SGD(1e20))
    message = warning_of(model, epochs=5)
    assert "Common causes" in message


def test_looking_for_the_cause_leaves_the_model_as_it_is():
    def weights(look):
        addax.utils.set_random_seed(1)
        model = compiled(layers.Dense(2), layers.Lambda(ops.log), layers.Dense(1))
        if not look:
            model.__dict__["_checked_loss"] = model._compile_loss
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X, Y, verbose=0)
        return [*model.get_weights(), int(model.optimizer.iterations)]

    for one, other in zip(weights(True), weights(False), strict=True):
        np.testing.assert_array_equal(one, other)


def test_dead_units_are_found_when_the_loss_stands_still():
    dead = layers.Dense(8, activation="relu", bias_initializer=lambda s, dtype: -100 * ops.ones(s))
    dead.name = "dead"
    model = compiled(dead, layers.Dense(1))
    message = warning_of(model, epochs=6)
    assert "most ReLU units are dead" in message
    assert "'dead' (100%)" in message


def test_a_loss_that_moves_costs_no_look(monkeypatch):
    def never(*args):
        raise AssertionError

    monkeypatch.setattr(epochs, "_warn_of_dead_units", never)
    monkeypatch.setattr(epochs, "explain", never)
    model = compiled(layers.Dense(8, activation="relu"), layers.Dense(1))
    model.fit(X, Y, epochs=3, verbose=0)
    assert model._counts.compilations == 1


def test_a_loss_that_stands_still_for_other_reasons_is_no_alarm():
    model = compiled(layers.Dense(8, activation="relu"), layers.Dense(1))
    model.optimizer.learning_rate = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, Y, epochs=4, verbose=0)


def test_a_stream_of_batches_is_not_read_again():
    def batches():
        for _ in range(4):
            yield X[:16], Y[:16]

    model = compiled(layers.Dense(2), layers.Lambda(ops.log, name="log"), layers.Dense(1))
    with pytest.warns(TrainingWarning, match="layer 'log'"):
        model.fit(batches(), verbose=0, steps_per_epoch=2, epochs=2)

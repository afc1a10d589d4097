"""Addax and Keras 3, with the same weights and data, compute the same numbers."""

import functools
import importlib.util
from pathlib import Path

import jax
import keras
import numpy as np
import pytest

import addax
from addax.core.differentiate import value_and_grad
from addax.core.variable import functionalize
from tests.quick import QUICK

_spec = importlib.util.spec_from_file_location("parity_cases", Path(__file__).with_name("cases.py"))
models = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(models)

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras' own
every_model = pytest.mark.parametrize("row", models.ALL, ids=lambda row: row.name)
BY_TAPE = [r for r in models.ALL if r.name in ("several_outputs", "subclassed", "regularized")]
close = functools.partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-5)


def arrays(outputs):
    return [np.asarray(leaf) for leaf in addax.tree.flatten(outputs)]


def call(model, x):
    """Return the outputs, op by op, as a list of arrays; builds a subclassed model too."""
    return arrays(model(addax.tree.map_structure(np.asarray, x), training=False))


def compiled(model, run, x):
    """Return `run(x)` of Addax, by one compiled program that changes the model's variables."""
    variables = model.variables
    step = jax.jit(functionalize(run, variables), compiler_options=QUICK)
    result, after = step([v.raw for v in variables], x)
    for variable, value in zip(variables, after, strict=True):
        variable.assign(value)
    return result


def their_outputs(model, x, training):
    """Return the outputs of Keras, by one compiled program that changes the variables."""
    step = jax.jit(
        functools.partial(model.stateless_call, training=training), compiler_options=QUICK
    )
    trainable, others = (
        [v.value for v in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables)
    )
    outputs, after = step(trainable, others, x)
    for variable, value in zip(model.non_trainable_variables, after, strict=True):
        variable.assign(value)
    return arrays(outputs)


def pair(row):
    """Return the model of Addax and that of Keras, with the same weights."""
    keras.utils.set_random_seed(1)
    theirs, ours = row.build(keras), row.build(addax)
    for model in (theirs, ours):
        if not model.built:  # subclassed
            call(model, row.x)
    weights = theirs.get_weights()
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in weights]
    ours.set_weights(weights)
    return ours, theirs


@functools.cache
def trained(name):
    """Train both models of a row for three epochs; done once for all tests."""
    row = next(row for row in models.ALL if row.name == name)
    ours, theirs = pair(row)
    fit = {"epochs": 3, "batch_size": 16, "validation_split": 0.2, "shuffle": False, "verbose": 0}
    histories = [m.fit(row.x, row.y, **fit, **row.fit).history for m in (ours, theirs)]
    return ours, theirs, *histories


def same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        close(a, np.asarray(b))


@every_model
@pytest.mark.parametrize("training", [False, True])
def test_outputs(row, training):
    ours, theirs = pair(row)
    if training:
        found = arrays(compiled(ours, lambda x: ours(x, training=True), row.x))
    else:
        found = call(ours, row.x)
    same(found, their_outputs(theirs, row.x, training))
    same(ours.get_weights(), theirs.get_weights())  # moving averages too


@every_model
def test_gradients_of_the_loss(row):
    ours, theirs = pair(row)
    theirs._symbolic_build(data_batch=(row.x, row.y))

    def their_loss(trainable):
        rest = [v.value for v in theirs.non_trainable_variables]
        metrics = [v.value for v in theirs.metrics_variables]
        state = [v.value for v in theirs.optimizer.variables]
        return theirs.compute_loss_and_updates(
            trainable, rest, metrics, row.x, row.y, None, training=True, optimizer_variables=state
        )[0]

    expected_loss, expected = jax.jit(jax.value_and_grad(their_loss), compiler_options=QUICK)(
        [v.value for v in theirs.trainable_variables]
    )

    def step(x):
        def our_loss():
            return ours.compute_loss(x, row.y, ours(x, training=True)), None

        loss, _, gradients = value_and_grad(our_loss, ours.trainable_variables)
        return loss, gradients

    loss, gradients = compiled(ours, step, row.x)
    close(loss, expected_loss)
    same(gradients, expected)


@pytest.mark.parametrize("row", BY_TAPE, ids=lambda row: row.name)
def test_gradients_by_tape(row):
    ours, _ = pair(row)
    start = ours.get_weights()
    with addax.GradientTape() as tape:
        loss = ours.compute_loss(row.x, row.y, ours(row.x, training=True))
    by_tape = tape.gradient(loss, ours.trainable_variables)
    ours.set_weights(start)

    def our_loss():
        return ours.compute_loss(row.x, row.y, ours(row.x, training=True)), None

    _, _, gradients = value_and_grad(our_loss, ours.trainable_variables)
    same(by_tape, gradients)


@every_model
def test_training(row):
    ours, theirs, history, expected = trained(row.name)
    assert list(history) == list(expected)
    for key, values in expected.items():
        close(history[key], values, err_msg=key)
    same(ours.get_weights(), theirs.get_weights())


@every_model
def test_evaluate(row):
    ours, theirs, *_ = trained(row.name)
    weight = row.fit.get("sample_weight")
    results = [
        m.evaluate(row.x, row.y, batch_size=16, sample_weight=weight, verbose=0, return_dict=True)
        for m in (ours, theirs)
    ]
    assert set(results[0]) == set(results[1])
    for key, value in results[1].items():
        close(results[0][key], value, err_msg=key)


@every_model
@pytest.mark.parametrize("to_keras", [True, False], ids=["to-keras", "from-keras"])
def test_files(row, to_keras, tmp_path):
    if not row.in_files:
        pytest.skip("a local class cannot be found when the file is read")
    ours, theirs, *_ = trained(row.name)
    writer, reader = (ours, keras) if to_keras else (theirs, addax)
    writer.save(str(tmp_path / "model.keras"))
    again = reader.models.load_model(str(tmp_path / "model.keras"))
    same(call(again, row.x), call(writer, row.x))
    same(again.get_weights(), writer.get_weights())


def decisions(k, weights):
    """Train on noise and return what the callbacks decided."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(40, 4)).astype("float32"), rng.normal(size=(40, 1)).astype("float32")
    model = k.Sequential([k.Input((4,)), k.layers.Dense(16, activation="relu"), k.layers.Dense(1)])
    model.set_weights(weights)
    model.compile(k.optimizers.Adam(0.1), "mse")
    stop = k.callbacks.EarlyStopping(patience=6, min_delta=0.001, restore_best_weights=True)
    slower = k.callbacks.ReduceLROnPlateau(factor=0.3, patience=2, cooldown=1, min_lr=1e-3)
    warm = k.callbacks.LearningRateScheduler(lambda epoch, lr: lr if epoch else lr * 0.5)
    history = model.fit(
        x,
        y,
        epochs=40,
        batch_size=16,
        validation_split=0.3,
        shuffle=False,
        verbose=0,
        callbacks=[warm, slower, stop],
    )
    return history, stop, model


def test_callbacks_decide_alike():
    rng = np.random.default_rng(4)
    shapes = [(4, 16), (16,), (16, 1), (1,)]
    weights = [rng.normal(size=shape).astype("float32") for shape in shapes]
    (ours, our_stop, our_model), (theirs, their_stop, their_model) = (
        decisions(k, weights) for k in (addax, keras)
    )
    rates = theirs.history["learning_rate"]
    assert 6 < len(rates) < 40
    assert len(set(rates)) > 2
    assert list(ours.history) == list(theirs.history)
    assert our_stop.stopped_epoch == their_stop.stopped_epoch
    assert our_stop.best_epoch == their_stop.best_epoch
    for key, values in theirs.history.items():
        np.testing.assert_allclose(ours.history[key], values, rtol=1e-3, err_msg=key)
    for a, b in zip(our_model.get_weights(), their_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)

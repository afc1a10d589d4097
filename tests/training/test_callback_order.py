"""Hooks, their arguments and `params`, call by call as in Keras."""

import keras
import numpy as np
import pytest

import addax

X = np.linspace(-1, 1, 60).reshape(20, 3).astype("float32")
Y = X.sum(axis=1, keepdims=True)
HOOKS = [
    f"on_{what}_{end}"
    for what in ("epoch", "train", "test", "predict", "train_batch", "test_batch", "predict_batch")
    for end in ("begin", "end")
]


def recorder(library, events, stop=None):
    """Return a callback that notes all calls, and may stop the training at one of them."""

    def hook(name):
        def call(self, *args, **kwargs):
            values = [*args, *kwargs.values()]
            number = [value for value in values if isinstance(value, int)]
            logs = next((value for value in values if isinstance(value, dict)), None)
            events.append((name, *number, sorted(logs or {})))
            if stop == (name, *number):
                self.model.stop_training = True

        return call

    return type("Recorder", (library.callbacks.Callback,), {name: hook(name) for name in HOOKS})()


def model(library):
    network = library.Sequential([library.Input((3,)), library.layers.Dense(1)])
    network.compile(library.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return network


def both(run, **options):
    """Return what is noted with Addax and with Keras."""
    found = []
    for library in (addax, keras):
        events = []
        callback = recorder(library, events, **options)
        run(model(library), callback)
        found.append((events, {k: v for k, v in callback.params.items() if k != "verbose"}))
    return found


FITS = {
    "plain": {},
    "validated": {"validation_split": 0.25},
    "sometimes": {"validation_split": 0.25, "validation_freq": 2},
    "chosen epochs": {"validation_split": 0.25, "validation_freq": [1, 3]},
    "later": {"initial_epoch": 1},
    "steps": {"steps_per_epoch": 2, "batch_size": 10},
    "validation steps": {"validation_data": (X, Y), "validation_steps": 2},
}


@pytest.mark.parametrize("name", list(FITS))
@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_fit(name):
    arguments = {"batch_size": 8, "epochs": 3, "verbose": 0, **FITS[name]}
    ours, theirs = both(lambda m, c: m.fit(X, Y, callbacks=[c], **arguments))
    assert ours == theirs


@pytest.mark.parametrize(
    "stop",
    [
        ("on_epoch_end", 1),
        ("on_train_batch_end", 1),
        ("on_test_batch_end", 0),
        ("on_epoch_begin", 1),
        ("on_train_begin",),
    ],
)
@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_stopped(stop):
    arguments = {"batch_size": 8, "epochs": 4, "verbose": 0, "validation_data": (X, Y)}
    ours, theirs = both(lambda m, c: m.fit(X, Y, callbacks=[c], **arguments), stop=stop)
    assert ours == theirs


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_evaluate_and_predict():
    def run(network, callback):
        network.evaluate(X, Y, batch_size=8, verbose=0, callbacks=[callback])
        network.predict(X, batch_size=8, verbose=0, callbacks=[callback])
        network.evaluate(X, Y, batch_size=8, steps=1, verbose=0, callbacks=[callback])

    ours, theirs = both(run)
    assert ours == theirs


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_validation_steps_take_the_same_samples_each_time():
    """As documented; the weights stand still, so each epoch must give the same values."""
    x = np.arange(60, dtype="float32").reshape(20, 3)
    arguments = {"batch_size": 4, "epochs": 4, "verbose": 0, "validation_steps": 2}

    def run(library):
        network = model(library)
        network.set_weights([np.ones((3, 1), "float32"), np.zeros(1, "float32")])
        network.compile(library.optimizers.SGD(0.0), "mse")
        return network.fit(X, Y, validation_data=(x, Y), **arguments).history["val_loss"]

    ours, theirs = run(addax), run(keras)
    assert ours == [ours[0]] * 4
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)

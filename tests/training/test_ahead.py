"""Epochs that nobody takes part in start before the one before is looked at."""

import warnings

import numpy as np
import pytest

import addax
from addax import layers
from addax.training.diagnostics import Watch
from addax.training.loop import Epochs
from addax.training.runner import Runner

ROWS, BATCH, STEPS = 70, 16, 5  # the last batch is smaller


class Onlooker(addax.callbacks.Callback):
    """A callback of a user, who wants every epoch to be over before the next one begins."""


def model_and_data():
    addax.utils.set_random_seed(7)
    rng = np.random.default_rng(7)
    x = rng.normal(size=(ROWS, 3)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    model = addax.Sequential(
        [layers.Dense(8, activation="relu"), layers.Dropout(0.2), layers.Dense(1, "sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model, x, y


def trained(epochs, callbacks=None, warm=True, **options):
    model, x, y = model_and_data()
    options = {"batch_size": BATCH, "verbose": 0, "callbacks": callbacks, **options}
    if warm:  # calls are compiled, and take whole epochs
        model.fit(x, y, epochs=3, **options)
    history = model.fit(x, y, epochs=epochs, **options)
    return model, history


def assert_same(one, other):
    for mine, theirs in zip(
        [*one.get_weights(), *one.optimizer.variables],
        [*other.get_weights(), *other.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("warm", [True, False])
def test_same_bits_as_one_epoch_after_the_other(shuffle, warm):
    ahead, history = trained(6, warm=warm, shuffle=shuffle)
    watched, expected = trained(6, [Onlooker()], warm=warm, shuffle=shuffle)
    assert history.history == expected.history
    assert history.epoch == expected.epoch
    assert_same(ahead, watched)


def test_the_next_epoch_starts_before_the_last_is_read(monkeypatch):
    events = []

    def told(owner, name, event):
        original = getattr(owner, name)

        def call(self, *args, **kwargs):
            events.append(event)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, call)

    model, x, y = model_and_data()
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    told(Runner, "__call__", "call")
    told(Epochs, "_chunk", "read")
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    epoch = ["call", "call"]
    assert events == [*epoch, *epoch, "read", "read", *epoch, *["read"] * 4]


def test_the_bar_tells_the_epochs_in_order(capsys):
    trained(3, verbose=1)
    text = capsys.readouterr().out.split("Epoch 1/3")[2]
    places = [text.index(part) for part in ("Epoch 2/3", "Epoch 3/3")]
    assert places == sorted(places)
    assert text.count("accuracy:") >= 3
    assert text[: places[0]].count(f"{STEPS}/{STEPS}") >= 1


def test_validation_sees_the_weights_of_its_epoch():
    model, x, y = model_and_data()
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    history = model.fit(
        x, y, batch_size=BATCH, epochs=2, verbose=0, validation_data=(x, y), validation_freq=2
    )
    found = model.evaluate(x, y, verbose=0)[0]
    assert history.history["val_loss"] == [pytest.approx(found, rel=1e-5)]


def test_stop_training_reports_all_that_was_trained(monkeypatch):
    model, x, y = model_and_data()
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    before = int(model.optimizer.iterations)

    def stop(self, epoch, logs):  # as a signal handler would
        model.stop_training = epoch == 1

    monkeypatch.setattr(Watch, "after_epoch", stop)
    history = model.fit(x, y, batch_size=BATCH, epochs=9, verbose=0)
    assert 2 <= len(history.epoch) < 9
    assert int(model.optimizer.iterations) - before == STEPS * len(history.epoch)


def test_an_interrupt_leaves_a_model_that_goes_on(monkeypatch):
    model, x, y = model_and_data()
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)

    def interrupt(self, epoch, logs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Watch, "after_epoch", interrupt)
        with pytest.raises(KeyboardInterrupt):
            model.fit(x, y, batch_size=BATCH, epochs=9, verbose=0)
    assert int(model.optimizer.iterations) % STEPS == 0
    assert np.isfinite(model.fit(x, y, batch_size=BATCH, verbose=0).history["loss"][0])


def test_a_loss_that_becomes_nan_is_still_told():
    model, x, y = model_and_data()
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    model.optimizer.learning_rate = np.inf
    with pytest.warns(addax.utils.TrainingWarning, match="The loss became NaN in epoch"):
        model.fit(x, y, batch_size=BATCH, epochs=4, verbose=0)


def test_changed_data_are_seen_in_the_next_fit():
    model, x, y = model_and_data()
    model.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    model.optimizer.learning_rate = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = model.fit(x, y, batch_size=BATCH, epochs=3, shuffle=False, verbose=0)
        other = model.fit(x, 1 - y, batch_size=BATCH, epochs=3, shuffle=False, verbose=0)
    assert one.history["accuracy"][-1] != other.history["accuracy"][-1]

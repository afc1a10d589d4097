"""The compiled epoch: same bits for every chunk size, exact batches, few dispatches."""

import queue
import threading
import time

import numpy as np
import pytest

import addax
from addax.engine import rows as engine_rows
from addax.training import fitting
from addax.training.loop import Chunker

ROWS, BATCH = 203, 16  # 12 full batches and one of 11 rows


def data(count=ROWS):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, 6)).astype("float32")
    return x, (x @ rng.normal(size=(6, 1))).astype("float32")


def small_model(seed=3):
    addax.utils.set_random_seed(seed)
    model = addax.Sequential(
        [
            addax.Input(shape=(6,)),
            addax.layers.Dense(8, activation="tanh"),
            addax.layers.BatchNormalization(),
            addax.layers.Dropout(0.3),
            addax.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


def fixed_chunks(monkeypatch, size):
    class Fixed(Chunker):
        def measured(self, ran, seconds):
            self.size = 1 if self.exact else size

    def make(exact, seconds, first):
        return Fixed(exact, seconds, size=1 if exact else size)

    monkeypatch.setattr(fitting, "Chunker", make)


def trained(monkeypatch, size, **options):
    fixed_chunks(monkeypatch, size)
    model = small_model()
    history = model.fit(*data(), batch_size=BATCH, epochs=3, verbose=0, **options)
    return model.get_weights(), history.history


@pytest.mark.parametrize("size", [7, 50])
def test_chunk_size_does_not_change_a_bit(monkeypatch, size):
    one_weights, one_history = trained(monkeypatch, 1)
    weights, history = trained(monkeypatch, size)
    assert history == one_history
    for a, b in zip(weights, one_weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_per_batch_callback_does_not_change_a_bit(monkeypatch):
    seen = []

    class Watch(addax.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append((batch, logs["loss"]))

    weights, history = trained(monkeypatch, 50)
    watched, watched_history = trained(monkeypatch, 50, callbacks=[Watch()])
    assert [batch for batch, _ in seen] == list(range(13)) * 3
    assert watched_history == history
    for a, b in zip(weights, watched, strict=True):
        np.testing.assert_array_equal(a, b)


def test_streamed_data_give_the_same_bits_as_arrays(monkeypatch):
    x, y = data(192)
    results = []
    for streamed in (False, True):
        fixed_chunks(monkeypatch, 50)
        model = small_model()
        if streamed:
            batches = [(x[i : i + BATCH], y[i : i + BATCH]) for i in range(0, 192, BATCH)]
            generator = (batches[i % 12] for i in range(10_000))
            model.fit(generator, steps_per_epoch=12, epochs=2, verbose=0)
        else:
            model.fit(x, y, batch_size=BATCH, epochs=2, shuffle=False, verbose=0)
        results.append(model.get_weights())
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_generator_runs_on_the_thread_of_fit_and_sees_its_model():
    x, y = data(64)
    model = small_model()
    threads, counts = set(), []

    def batches():
        while True:
            threads.add(threading.current_thread())
            counts.append(int(model.optimizer.iterations.numpy()))
            yield x[:16], y[:16]

    model.fit(batches(), steps_per_epoch=5, epochs=2, verbose=0)
    assert threads == {threading.current_thread()}
    assert counts == sorted(counts)
    assert len(counts) == 10  # nothing is read that is not trained on
    assert int(model.optimizer.iterations.numpy()) == 10


def test_a_generator_may_wait_for_a_callback_after_the_step_before():
    x, y = data(64)
    waiting = queue.Queue()
    waiting.put(0)

    def batches():
        while True:
            first = waiting.get(timeout=60)
            yield x[first : first + 16], y[first : first + 16]

    class Feed(addax.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            waiting.put(batch % 4)

    model = small_model()
    model.fit(batches(), steps_per_epoch=5, epochs=2, callbacks=[Feed()], verbose=0)
    assert int(model.optimizer.iterations.numpy()) == 10


def test_the_time_that_data_take_is_not_taken_for_computing(monkeypatch):
    x, y = data(64)
    measured = []
    monkeypatch.setattr(Chunker, "measured", lambda self, ran, seconds: measured.append(seconds))
    model = small_model()
    model.fit(x, y, batch_size=16, verbose=0)  # compiles
    measured.clear()

    def batches():
        for first in (0, 16, 32):
            time.sleep(0.3)
            yield x[first : first + 16], y[first : first + 16]

    model.fit(batches(), verbose=0)
    assert all(seconds < 0.3 for seconds in measured[1:])  # the first call compiles


@pytest.mark.parametrize("window_bytes", [1, 300, 2**20])
@pytest.mark.parametrize("shuffle", [True, "batch", False])
def test_large_arrays_give_the_same_bits_window_by_window(monkeypatch, window_bytes, shuffle):
    weights, history = trained(monkeypatch, 50, shuffle=shuffle)
    monkeypatch.setattr("addax.training.loop._PLACED_BYTES", 0)
    monkeypatch.setattr("addax.training.loop._ROW_WINDOW_BYTES", window_bytes)
    streamed, streamed_history = trained(monkeypatch, 50, shuffle=shuffle)
    assert streamed_history == history
    for a, b in zip(weights, streamed, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("shuffle", [True, "batch", False])
def test_arrays_read_where_they_are_give_the_same_bits(monkeypatch, shuffle):
    weights, history = trained(monkeypatch, 50, shuffle=shuffle)
    monkeypatch.setattr(engine_rows, "LARGE_BYTES", 100)
    monkeypatch.setattr(engine_rows, "_LEAST_ROW_BYTES", 0)
    monkeypatch.setattr(engine_rows, "_skipped", lambda array: 2 if array.shape[1:] == (6,) else 0)
    adopted, adopted_history = trained(monkeypatch, 50, shuffle=shuffle)
    assert adopted_history == history
    for a, b in zip(weights, adopted, strict=True):
        np.testing.assert_array_equal(a, b)


def test_rows_of_a_file_give_the_same_bits_as_arrays(monkeypatch, tmp_path):
    x, y = data()
    np.save(tmp_path / "x.npy", x)
    results = []
    for given in (x, np.load(tmp_path / "x.npy", mmap_mode="r")):
        model = small_model()
        model.fit(given, y, batch_size=BATCH, epochs=2, verbose=0)
        results.append([*model.get_weights(), *model.evaluate(given, y, verbose=0)])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


def test_last_batch_is_exact():
    """Full-batch gradient descent in batches of 4 and 3 rows, by hand."""
    x = np.arange(7, dtype="float32").reshape(7, 1) / 7
    y = 2 * x + 1
    model = addax.Sequential([addax.Input(shape=(1,)), addax.layers.Dense(1)])
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    model.compile(addax.optimizers.SGD(0.1), "mse")
    history = model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    w = b = 0.0
    losses = []
    for rows in (slice(0, 4), slice(4, 7)):
        error = w * x[rows] + b - y[rows]
        losses.append((np.mean(error**2), len(error)))
        w, b = w - 0.1 * np.mean(2 * error * x[rows]), b - 0.1 * np.mean(2 * error)
    np.testing.assert_allclose(model.get_weights()[0], [[w]], rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[1], [b], rtol=1e-5)
    mean = sum(loss * n for loss, n in losses) / 7
    assert history.history["loss"][0] == pytest.approx(mean, rel=1e-5)


def test_two_compilations_and_two_dispatches_an_epoch(monkeypatch):
    fixed_chunks(monkeypatch, 1000)
    model = small_model()
    model.fit(*data(), batch_size=BATCH, epochs=1, verbose=0)
    first = (model._counts.compilations, model._counts.dispatches)
    assert first == (2, 2)  # full batches, and the last one
    model.fit(*data(), batch_size=BATCH, epochs=4, verbose=0)
    assert model._counts.compilations == 2
    assert model._counts.dispatches == 2 + 2 * 4


def test_learning_rate_change_does_not_compile_again():
    model = small_model()
    rates = []

    class Slower(addax.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.1 / (epoch + 1)
            rates.append(float(self.model.optimizer.learning_rate))

    model.fit(*data(), batch_size=BATCH, epochs=3, verbose=0, callbacks=[Slower()])
    assert rates == pytest.approx([0.1, 0.05, 0.1 / 3])
    assert model._counts.compilations == 2


def test_weights_handed_out_before_training_stay_valid():
    model = small_model()
    kept = model.layers[0].kernel.value
    before = kept.numpy().copy()
    model.fit(*data(), batch_size=BATCH, epochs=2, verbose=0)
    np.testing.assert_array_equal(kept.numpy(), before)
    assert not np.array_equal(model.layers[0].kernel.numpy(), before)


def test_frozen_layer_stays_as_it_is():
    model = small_model()
    model.layers[0].trainable = False
    before = model.layers[0].get_weights()
    model.fit(*data(), batch_size=BATCH, verbose=0)
    for a, b in zip(before, model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_interrupt_leaves_a_consistent_model():
    class Stop(addax.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 5:
                raise KeyboardInterrupt

    model = small_model()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data(), batch_size=BATCH, epochs=2, verbose=0, callbacks=[Stop()])
    assert int(model.optimizer.iterations) == 6
    assert np.isfinite(model.predict(data()[0], verbose=0)).all()
    model.fit(*data(), batch_size=BATCH, verbose=0)
    assert int(model.optimizer.iterations) == 19


def test_run_eagerly_agrees_with_compiled():
    results = []
    for eager in (False, True):
        model = small_model()
        model.run_eagerly = eager
        history = model.fit(*data(64), batch_size=BATCH, epochs=2, verbose=0)
        results.append((model.get_weights(), history.history["loss"]))
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-4)
    for a, b in zip(results[0][0], results[1][0], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)

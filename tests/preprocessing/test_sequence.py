"""Windows and pairs of words, beside Keras."""

import numpy as np
import pytest

import addax
from addax.preprocessing.sequence import TimeseriesGenerator, make_sampling_table, skipgrams

DATA = np.arange(60.0).reshape(30, 2)


def keras_sequence():
    return pytest.importorskip("keras.src.legacy.preprocessing.sequence")


@pytest.mark.parametrize(
    "arguments",
    [
        {"length": 4},
        {"length": 6, "sampling_rate": 2, "batch_size": 4},
        {"length": 3, "stride": 3, "batch_size": 2},
        {"length": 3, "start_index": 5, "end_index": 20, "batch_size": 7, "reverse": True},
    ],
)
def test_windows_as_keras(arguments):
    ours = TimeseriesGenerator(DATA, np.arange(30), **arguments)
    theirs = keras_sequence().TimeseriesGenerator(DATA, np.arange(30), **arguments)
    assert len(ours) == len(theirs)
    for index in range(len(ours)):
        for mine, other in zip(ours[index], theirs[index], strict=True):
            np.testing.assert_array_equal(mine, other)
    assert '"length"' in ours.to_json()


def test_shuffled_windows_follow_the_seed_and_the_epoch():
    make = lambda: TimeseriesGenerator(DATA, DATA, 4, shuffle=True, batch_size=5, seed=3)  # noqa: E731
    first, second = make(), make()
    np.testing.assert_array_equal(first[1][0], second[1][0])
    second.on_epoch_end()
    assert not np.array_equal(first[1][0], second[1][0])
    x, y = first[0]
    np.testing.assert_array_equal(x[:, -1, 0] + 2, y[:, 0])


def test_fit_streams_windows():
    model = addax.Sequential([addax.layers.Flatten(), addax.layers.Dense(1)])
    model.compile("sgd", "mse")
    windows = TimeseriesGenerator(DATA / 60, DATA[:, :1] / 60, 3, batch_size=8)
    history = model.fit(windows, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2


def test_sampling_table_as_keras():
    for size, factor in ((1, 1e-5), (50, 1e-5), (1000, 1e-3)):
        np.testing.assert_allclose(
            make_sampling_table(size, factor), keras_sequence().make_sampling_table(size, factor)
        )


@pytest.mark.parametrize("categorical", [False, True])
def test_real_pairs_as_keras(categorical):
    arguments = {"window_size": 2, "negative_samples": 0, "shuffle": False}
    words = [1, 0, 3, 2, 4, 0, 1]
    assert skipgrams(words, 5, categorical=categorical, **arguments) == (
        keras_sequence().skipgrams(words, 5, categorical=categorical, **arguments)
    )


def test_random_pairs():
    pairs, labels = skipgrams(range(1, 20), 20, negative_samples=2.0, seed=1)
    real = skipgrams(range(1, 20), 20, negative_samples=0, shuffle=False)[0]
    assert labels.count(0) == 2 * labels.count(1) == 2 * len(real)
    taken = [pair for pair, label in zip(pairs, labels, strict=True) if label == 1]
    assert sorted(taken) == sorted(real)
    others = [other for (_, other), label in zip(pairs, labels, strict=True) if label == 0]
    assert min(others) >= 1
    assert max(others) < 20
    assert skipgrams(range(1, 20), 20, negative_samples=2.0, seed=1) == (pairs, labels)
    assert skipgrams(range(1, 20), 20, negative_samples=2.0, seed=2) != (pairs, labels)


def test_sampling_table_leaves_words_out():
    table = np.array([0, 0.0, 1.0, 1.0])
    pairs, _ = skipgrams([1, 2, 3], 4, negative_samples=0, sampling_table=table, shuffle=False)
    assert {first for first, _ in pairs} == {2, 3}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((DATA, DATA[1:], 3), "one length"),
        ((DATA, DATA, 30), "shorter `length`"),
        ((DATA, DATA, 0), "length"),
        ((DATA, DATA, 3, 0), "sampling_rate"),
    ],
)
def test_bad_windows(arguments, words):
    with pytest.raises(ValueError, match=words):
        TimeseriesGenerator(*arguments)

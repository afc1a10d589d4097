"""`timeseries_dataset_from_array` and `split_dataset`."""

import numpy as np
import pytest

import addax
from addax.data.pipeline import Dataset
from addax.utils import split_dataset, timeseries_dataset_from_array

DATA = np.arange(40.0).reshape(20, 2)


@pytest.mark.parametrize("length", [1, 4])
@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("rate", [1, 2])
@pytest.mark.parametrize(("start", "end"), [(None, None), (3, None), (None, 15), (2, 17)])
def test_windows(length, stride, rate, start, end):
    data = timeseries_dataset_from_array(
        DATA, DATA[:, 0], length, stride, rate, batch_size=4, start_index=start, end_index=end
    )
    part = DATA[start:end]
    starts = range(0, len(part) - (length - 1) * rate, stride)
    batches = list(data.as_numpy_iterator())
    assert len(batches) == len(data) == -(-len(starts) // 4)
    x, y = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    np.testing.assert_array_equal(x, [part[s : s + length * rate : rate] for s in starts])
    np.testing.assert_array_equal(y, [part[s, 0] for s in starts])


def test_short_targets_end_it():
    data = timeseries_dataset_from_array(DATA, np.arange(5), 3, batch_size=None)
    assert [int(y) for _, y in data] == [0, 1, 2, 3, 4]


def test_shuffled_windows():
    def passes():
        data = timeseries_dataset_from_array(np.arange(30), None, 2, shuffle=True, seed=4)
        return [next(data.as_numpy_iterator()) for _ in range(2)]

    (a, b), (c, d) = passes(), passes()
    np.testing.assert_array_equal(a, c)
    np.testing.assert_array_equal(b, d)
    assert not np.array_equal(a, b)
    assert sorted(a[:, 0]) == list(range(29))


def test_fit_streams_windows():
    model = addax.Sequential([addax.layers.Flatten(), addax.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = timeseries_dataset_from_array(DATA / 40, DATA[:, :1] / 40, 3, batch_size=5, shuffle=True)
    assert len(model.fit(data, epochs=2, verbose=0).history["loss"]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sequence_length": 0}, "sequence_length"),
        ({"sequence_length": 21}, "must not exceed"),
        ({"sequence_length": 2, "sampling_rate": 0}, "sampling_rate"),
        ({"sequence_length": 2, "sequence_stride": 1.5}, "sequence_stride"),
        ({"sequence_length": 2, "start_index": 20}, "start_index"),
        ({"sequence_length": 2, "end_index": 21}, "end_index"),
        ({"sequence_length": 2, "start_index": 5, "end_index": 5}, "end_index"),
        ({"sequence_length": 2, "batch_size": 0}, "batch_size"),
    ],
)
def test_bad_windows(arguments, words):
    with pytest.raises(ValueError, match=words):
        timeseries_dataset_from_array(DATA, None, **arguments)


SIZES = [(0.8, None), (None, 0.25), (0.5, 0.2), (3, None), (None, 4), (0.5, 3), (2, 5)]


def rows(dataset):
    return [np.asarray(row).tolist() for row in dataset.as_numpy_iterator()]


@pytest.mark.parametrize(("left", "right"), SIZES)
def test_sizes_as_keras(left, right):
    tools = pytest.importorskip("keras.src.utils.dataset_utils")
    expected = tools._rescale_dataset_split_sizes(left, right, 10)
    first, last = split_dataset(np.arange(10), left, right)
    assert (len(first), len(last)) == expected
    assert rows(first) == list(range(10))[: expected[0]]
    assert rows(last) == list(range(10))[10 - expected[1] :]


def test_shuffled_parts():
    first, last = split_dataset(np.arange(50), 0.6, shuffle=True, seed=2)
    again, _ = split_dataset(np.arange(50), 0.6, shuffle=True, seed=2)
    assert sorted(rows(first) + rows(last)) == list(range(50))
    assert rows(first) == rows(again) != sorted(rows(first))


class Batches(addax.utils.PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        numbers = np.arange(3 * index, min(3 * index + 3, 10))
        return numbers, numbers**2


class Items:
    def __len__(self):
        return 10

    def __getitem__(self, index):
        return index, index**2


PAIR = (np.arange(10), np.arange(10) ** 2)


@pytest.mark.parametrize(
    ("dataset", "batch_size"),
    [
        (PAIR, None),
        (list(PAIR), None),
        (Items(), None),
        (Batches(), 3),
        (Dataset.from_tensor_slices(PAIR), None),
        (Dataset.from_tensor_slices(PAIR).batch(4), 4),
    ],
)
def test_every_kind_of_data(dataset, batch_size):
    parts = split_dataset(dataset, 6)
    for part, expected in zip(parts, (range(6), range(6, 10)), strict=True):
        sizes = {np.shape(x) for x, _ in part.as_numpy_iterator()}
        assert max(sizes, default=()) == (
            () if batch_size is None else (min(batch_size, len(expected)),)
        )
        x, y = (np.hstack(arrays) for arrays in zip(*part.as_numpy_iterator(), strict=True))
        np.testing.assert_array_equal(x, expected)
        np.testing.assert_array_equal(y, np.square(expected))


def test_dicts():
    first, _ = split_dataset({"a": np.arange(4), "b": np.ones((4, 2))}, 0.5)
    assert {key: value.shape for key, value in next(iter(first)).items()} == {"a": (), "b": (2,)}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((PAIR,), ValueError, "needs"),
        ((PAIR, 0), ValueError, "left_size"),
        ((PAIR, None, 1.0), ValueError, "right_size"),
        ((PAIR, 10), ValueError, "left_size"),
        ((PAIR, 0.6, 0.6), ValueError, "exceed"),
        ((PAIR, 0.01), ValueError, "must have samples"),
        ((PAIR, "half"), TypeError, "must be a number"),
        (((np.arange(3), np.arange(4)), 0.5), ValueError, "one length"),
        ((3, 0.5), TypeError, "known kind"),
    ],
)
def test_bad_splits(arguments, error, words):
    with pytest.raises(error, match=words):
        split_dataset(*arguments)

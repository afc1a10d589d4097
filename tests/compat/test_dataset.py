"""`tf.data.Dataset` over NumPy."""

import numpy as np
import pytest

from addax.compat.tensorflow.data import Dataset


def values(dataset):
    return [np.asarray(element).tolist() for element in dataset.as_numpy_iterator()]


def test_slices_of_tuples_and_dicts():
    rows = list(Dataset.from_tensor_slices(({"a": [1, 2]}, np.eye(2))).as_numpy_iterator())
    assert rows[1][0]["a"] == 2
    np.testing.assert_array_equal(rows[1][1], [0, 1])


def test_lengths_must_agree():
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]"):
        Dataset.from_tensor_slices(([1, 2], [1, 2, 3]))


@pytest.mark.parametrize(
    ("drop", "expected"), [(False, [[0, 1], [2, 3], [4]]), (True, [[0, 1], [2, 3]])]
)
def test_batch(drop, expected):
    data = Dataset.range(5).batch(2, drop_remainder=drop)
    assert values(data) == expected
    assert len(data) == len(expected)


def test_batches_can_be_taken_apart():
    assert values(Dataset.range(5).batch(2).unbatch()) == list(range(5))


def test_map_gets_the_parts_of_a_tuple_as_tensors():
    data = Dataset.from_tensor_slices(([1.0, 2.0], [3.0, 4.0])).map(lambda x, y: (x * y, y))
    assert [(float(x), float(y)) for x, y in data] == [(3, 3), (8, 4)]


def test_filter_take_skip_concatenate_enumerate():
    data = Dataset.range(10).filter(lambda n: int(n) % 2 == 0)
    assert values(data.take(3)) == [0, 2, 4]
    assert values(data.skip(3)) == [6, 8]
    assert values(Dataset.range(2).concatenate(Dataset.range(1))) == [0, 1, 0]
    assert [(int(n), int(e)) for n, e in Dataset.range(5, 7).enumerate()] == [(0, 5), (1, 6)]


def test_repeat():
    assert values(Dataset.range(2).repeat(2)) == [0, 1, 0, 1]
    assert values(Dataset.range(2).repeat().take(5)) == [0, 1, 0, 1, 0]
    assert list(Dataset.range(0).repeat()) == []


def test_lengths():
    data = Dataset.range(10)
    assert len(data.repeat(3).batch(4)) == 8
    assert data.repeat().batch(4).cardinality() == -1
    assert data.filter(bool).cardinality() == -2
    assert len(data.repeat().take(7)) == 7
    assert data.filter(bool).take(7).cardinality() == -2
    with pytest.raises(TypeError, match="endless"):
        len(data.repeat())


def test_shuffle_keeps_all_and_is_seeded():
    data = Dataset.range(20).shuffle(5, seed=3)
    first, second = values(data), values(data)
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second
    assert values(Dataset.range(20).shuffle(5, seed=3)) == first
    assert all(value <= index + 5 for index, value in enumerate(first))
    fixed = Dataset.range(20).shuffle(20, seed=3, reshuffle_each_iteration=False)
    assert values(fixed) == values(fixed)


def test_zip_cache_window_reduce():
    pairs = Dataset.zip((Dataset.range(3), Dataset.range(5, 9)))
    assert [tuple(map(int, pair)) for pair in pairs] == [(0, 5), (1, 6), (2, 7)]
    assert len(pairs) == 3
    calls = []
    cached = Dataset.range(2).map(lambda n: calls.append(1) or n).cache()
    assert values(cached) == values(cached) == [0, 1]
    assert len(calls) == 2
    windows = Dataset.range(5).window(3, shift=1, drop_remainder=True)
    assert values(windows.flat_map(lambda window: window.batch(3))) == [
        [0, 1, 2], [1, 2, 3], [2, 3, 4],
    ]  # fmt: skip
    assert int(Dataset.range(5).reduce(0, lambda total, n: total + n)) == 10


def test_from_generator_is_made_anew():
    data = Dataset.from_generator(lambda: iter([([1, 2], 3)]), output_signature=None)
    assert [len(list(data)), len(list(data))] == [1, 1]
    assert data.element_spec[0].shape == (2,)

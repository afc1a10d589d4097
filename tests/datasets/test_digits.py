"""The digits that ship with the package."""

import numpy as np

from addax.datasets import digits


def test_shapes_types_and_range():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1437, 8, 8)
    assert x_test.shape == (360, 8, 8)
    assert y_train.shape == (1437,)
    assert y_test.shape == (360,)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    assert x_train.min() == 0
    assert x_train.max() == 16


def test_all_classes_in_both_parts():
    (_, y_train), (_, y_test) = digits.load_data()
    assert set(y_train) == set(y_test) == set(range(10))
    counts = np.bincount(np.concatenate([y_train, y_test]))
    np.testing.assert_array_equal(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


def test_same_as_the_copy_in_scikit_learn():
    import pytest

    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    bunch = sklearn_datasets.load_digits()
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    np.testing.assert_array_equal(np.concatenate([x_train, x_test]), bunch.images)
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), bunch.target)


def test_calls_give_fresh_arrays():
    digits.load_data()[0][0][:] = 0
    assert digits.load_data()[0][0].max() == 16

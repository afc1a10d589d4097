"""The same loaders on a folder of real files, and against Keras' own order of rows."""

import os
from pathlib import Path

import numpy as np
import pytest

from addax import datasets

DATA = Path(os.environ.get("ADDAX_DATA", ""))
needs_data = pytest.mark.skipif(
    not (os.environ.get("ADDAX_DATA") and (DATA / "mnist.npz").exists()),
    reason="ADDAX_DATA names no folder with data",
)


@needs_data
def test_images():
    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    assert x.shape == (len(y), 28, 28)
    assert x_test.shape == (len(y_test), 28, 28)
    assert set(y.tolist()) == set(range(10))
    (x, y), (x_test, y_test) = datasets.cifar10.load_data()
    assert x.shape == (len(y), 32, 32, 3)
    assert x.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(y.ravel()), [len(y) // 10] * 10)


@needs_data
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("imdb", {}),
        ("imdb", {"num_words": 1000, "skip_top": 20, "maxlen": 300}),
        ("imdb", {"start_char": None, "oov_char": None, "num_words": 500}),
        ("reuters", {}),
        ("reuters", {"num_words": 1000, "test_split": 0.1, "maxlen": 100, "seed": 1}),
        ("boston_housing", {}),
        ("california_housing", {"version": "small", "test_split": 0.3}),
    ],
)
def test_same_rows_as_keras(name, arguments, monkeypatch):
    keras = pytest.importorskip("keras")
    module = __import__("sys").modules[getattr(keras.datasets, name).load_data.__module__]
    monkeypatch.setattr(module, "get_file", lambda *a, **k: str(DATA / f"{name}.npz"))
    expected = getattr(keras.datasets, name).load_data(**arguments)
    got = getattr(datasets, name).load_data(**arguments)
    for (x, y), (x_expected, y_expected) in zip(got, expected, strict=True):
        assert [list(row) for row in x] == [list(row) for row in x_expected]
        np.testing.assert_array_equal(y, y_expected)
        assert y.dtype == y_expected.dtype


@needs_data
def test_flat_files_hold_the_same_sequences():
    flat = np.load(DATA / "imdb_flat.npz")
    values, offsets = flat["x_train_values"], flat["x_train_offsets"]
    expected = {tuple(values[a:b]) for a, b in zip(offsets, offsets[1:], strict=False)}
    (x, _), _ = datasets.imdb.load_data(start_char=None, index_from=0, num_words=10**9)
    assert {tuple(row) for row in x} == expected

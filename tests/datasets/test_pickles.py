"""The restricted reader of pickled arrays."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest

from addax.datasets._pickles import load_arrays, load_npz


def stream(value, protocol=3):
    return io.BytesIO(pickle.dumps(value, protocol=protocol))


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="uint8").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3, dtype=">i4"),
        np.zeros((0, 4), "float32"),
        np.array(["a", "bcd"]),
    ],
)
def test_arrays_survive(array, protocol):
    loaded = load_arrays(stream({"x": array, "n": [1, 2]}, protocol))
    np.testing.assert_array_equal(loaded["x"], array)
    assert loaded["x"].dtype == array.dtype
    assert loaded["n"] == [1, 2]


def test_object_arrays_of_lists(tmp_path):
    ragged = np.empty(2, dtype=object)
    ragged[:] = [[1, 2, 3], [4]]
    np.savez(tmp_path / "a.npz", x=ragged, y=np.arange(2))
    loaded = load_npz(tmp_path / "a.npz")
    assert loaded["x"].tolist() == [[1, 2, 3], [4]]
    np.testing.assert_array_equal(loaded["y"], [0, 1])


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


@pytest.mark.parametrize("value", [Evil(), {"x": Evil()}, np.random.Generator, print, np.load])
def test_other_objects_are_refused(value):
    with pytest.raises(pickle.UnpicklingError, match="could run code"):
        load_arrays(stream(value))


def test_refused_inside_npz(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([Evil()], dtype=object))
    with pytest.raises(pickle.UnpicklingError):
        load_npz(tmp_path / "a.npz")


def forged(shape, code, flags, data):
    """Pickle an array whose parts do not fit each other."""

    class Type:
        def __reduce__(self):
            return np.dtype, (code,), (3, "|", None, None, None, -1, -1, flags)

    class Array:
        def __reduce__(self):
            rebuild = np.array([0]).__reduce__()[0]
            return rebuild, (np.ndarray, (0,), b"b"), (1, shape, Type(), False, data)

    return stream(Array())


def test_raw_bytes_are_never_taken_for_object_pointers():
    with pytest.raises(pickle.UnpicklingError, match="need a list"):
        load_arrays(forged((1,), "O8", 0, b"A" * 8))


def test_wrong_sizes_are_refused():
    with pytest.raises(pickle.UnpicklingError, match="4 values"):
        load_arrays(forged((5,), "u1", 0, b"abcd"))


def test_npz_that_is_no_zip(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"not a zip")
    with pytest.raises(zipfile.BadZipFile):
        load_npz(tmp_path / "a.npz")

import itertools

import numpy as np
import pytest

from addax import config
from addax.data import as_source, convert, epoch_order


def batches(source):
    return list(source)


class Tensorlike:
    """Stands for the tensors of other libraries, which NumPy can read."""

    def __init__(self, value):
        self.value = np.asarray(value)
        self.shape = self.value.shape

    def __array__(self, dtype=None, copy=None):
        return self.value


def test_batches_cover_the_rows_in_order():
    x = np.arange(70, dtype="float32").reshape(70, 1)
    source = as_source(x, x[:, 0])
    assert source.num_batches == 3
    assert source.batch_size == 32
    assert [len(b[0]) for b in source] == [32, 32, 6]
    np.testing.assert_array_equal(np.concatenate([b[1] for b in source]), x[:, 0])
    assert all(b[2] is None for b in source)


def test_arrays_are_not_copied():
    x = np.zeros((4, 2), "float32")
    assert as_source(x).arrays[0] is x


def test_batch_size_larger_than_the_data_is_one_batch():
    source = as_source(np.zeros((5, 2)), batch_size=100)
    assert source.num_batches == 1
    assert source.batch_size == 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("float64", "float32"),
        ("float16", "float32"),
        (">f4", "float32"),
        ("int64", "int32"),
        ("uint64", "uint32"),
        ("uint8", "uint8"),
        ("int16", "int16"),
        ("bool", "bool"),
    ],
)
def test_types(given, expected):
    assert as_source(np.zeros((3, 2), given)).arrays[0].dtype == expected


def test_floats_follow_floatx():
    config.set_floatx("float64")
    try:
        assert as_source(np.zeros((3, 2), "float32")).arrays[0].dtype == "float64"
    finally:
        config.set_floatx("float32")


def test_lists_of_numbers_are_one_array():
    x, y, _ = as_source([[1, 2], [3, 4], [5, 6]], [0.0, 1.0, 0.0]).arrays
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((3, 2), "int32", (3,), "float32")


def test_lists_of_numpy_scalars_are_one_array():
    assert as_source(list(np.arange(4.0))).arrays[0].shape == (4,)


@pytest.mark.parametrize("kind", [list, tuple])
def test_several_inputs_keep_their_structure(kind):
    x = kind([np.zeros((4, 2)), np.ones((4, 3))])
    source = as_source(x, {"a": np.zeros(4), "b": [1, 2, 3, 4]}, batch_size=3)
    first = source.peek()
    assert isinstance(first[0], kind)
    assert first[0][1].shape == (3, 3)
    assert first[1]["b"].tolist() == [1, 2, 3]


def test_none_is_kept_in_structures():
    x, _, _ = as_source([np.zeros((4, 2)), None]).arrays
    assert x[1] is None


def test_tensors_of_other_libraries():
    x, _, _ = as_source([Tensorlike(np.zeros((4, 2)))], Tensorlike(np.zeros(4))).arrays
    assert x[0].shape == (4, 2)
    assert as_source(Tensorlike(np.zeros((4, 2)))).arrays[0].dtype == "float32"


def test_jax_arrays():
    jnp = pytest.importorskip("jax.numpy")
    x, y, _ = as_source(jnp.ones((4, 2), "bfloat16"), jnp.zeros(4, "int32")).arrays
    assert type(x) is np.ndarray
    assert (x.dtype, y.dtype) == ("float32", "int32")


def test_object_array_of_equal_rows_is_stacked():
    rows = np.empty(3, object)
    rows[:] = [np.arange(2.0)] * 3
    assert as_source(rows).arrays[0].shape == (3, 2)


def test_large_memory_maps_are_read_batch_by_batch(tmp_path, monkeypatch):
    monkeypatch.setattr(convert, "IN_MEMORY_LIMIT", 16)
    values = np.random.Generator(np.random.Philox(1)).normal(size=(10, 3))
    np.save(tmp_path / "x.npy", values)
    x = np.load(tmp_path / "x.npy", mmap_mode="r")
    source = as_source(x, np.arange(10), batch_size=4, shuffle=True, class_weight={1: 2.0})
    assert source.arrays is None
    found = batches(source)
    assert all(b[0].dtype == "float32" and not isinstance(b[0], np.memmap) for b in found)
    order = np.concatenate([b[1] for b in found])
    assert sorted(order) == list(range(10))
    np.testing.assert_allclose(np.concatenate([b[0] for b in found]), values[order], rtol=1e-6)
    assert np.concatenate([b[2] for b in found])[order == 1].tolist() == [2.0]


def test_small_memory_maps_are_read_at_once(tmp_path):
    np.save(tmp_path / "x.npy", np.ones((10, 3)))
    assert as_source(np.load(tmp_path / "x.npy", mmap_mode="r")).arrays[0].shape == (10, 3)


def test_hdf5(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    monkeypatch.setattr(convert, "IN_MEMORY_LIMIT", 16)
    values = np.arange(20.0).reshape(10, 2)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = values
        source = as_source(file["x"], np.arange(10), batch_size=4, shuffle=True)
        assert source.arrays is None
        for x, y, _ in source:
            np.testing.assert_array_equal(x, values[y])


def test_scipy_sparse(monkeypatch):
    sparse = pytest.importorskip("scipy.sparse")
    dense = np.eye(6)[:, :4]
    np.testing.assert_array_equal(as_source(sparse.csr_matrix(dense)).arrays[0], dense)
    monkeypatch.setattr(convert, "IN_MEMORY_LIMIT", 16)
    source = as_source(sparse.coo_array(dense), np.arange(6), batch_size=4, shuffle="batch")
    assert source.arrays is None
    for x, y, _ in source:
        np.testing.assert_array_equal(x, dense[y])
        assert x.dtype == "float32"


def test_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"age": [1, 2, 3], "old": [True, False, True], "size": [0.5, 1.0, 2.0]})
    x, y, _ = as_source(frame, frame["age"]).arrays
    assert x.dtype == "float32"
    np.testing.assert_array_equal(x[2], [3, 1, 2])
    assert (y.shape, y.dtype) == ((3,), "int32")
    assert as_source(dict(frame)).arrays[0]["size"].shape == (3,)
    missing = as_source(pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})).arrays[0]
    assert np.isnan(missing[1, 0])
    assert as_source(pd.Series([[1, 2], [3, 4]])).arrays[0].shape == (2, 2)


def test_pandas_text_columns_are_named():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"age": [1, 2], "city": ["Oslo", "Rome"], "kind": ["a", "b"]})
    frame["kind"] = frame["kind"].astype("category")
    with pytest.raises(ValueError, match=r"`x` of `fit` must hold numbers.*'city'.*'kind'"):
        as_source(frame)
    with pytest.raises(ValueError, match=r"`y` of `fit` must hold numbers.*'city'"):
        as_source(frame[["age"]], frame["city"])
    with pytest.raises(ValueError, match="'day'"):
        as_source(pd.DataFrame({"day": pd.to_datetime(["2020-01-01"])}))


def test_polars():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    assert as_source(frame, frame["a"]).arrays[0].tolist() == [[1, 0.5], [2, 1.5]]
    with pytest.raises(ValueError, match="'c'"):
        as_source(pl.DataFrame({"c": ["x", "y"]}))


def test_torch_tensors():
    torch = pytest.importorskip("torch")
    x = torch.ones(4, 2, requires_grad=True)
    assert as_source(x, torch.ones(4, dtype=torch.bfloat16)).arrays[0].shape == (4, 2)


def test_shuffle_changes_with_the_epoch_and_can_be_repeated():
    x = np.arange(100)
    source = as_source(x, shuffle=True, seed=7)
    first = np.concatenate([b[0] for b in source])
    np.testing.assert_array_equal(first, source.order())
    source.on_epoch_end()
    second = np.concatenate([b[0] for b in source])
    assert first.tolist() != second.tolist()
    assert sorted(first) == sorted(second) == x.tolist()
    again = as_source(x, shuffle=True, seed=7)
    again.epoch = 1
    np.testing.assert_array_equal(np.concatenate([b[0] for b in again]), second)


def test_epoch_order():
    assert epoch_order(10, 0, 0, False) is None
    order = epoch_order(10, 0, 0, "batch", batch_size=3)
    assert order.dtype == np.int32
    assert order[-1] == 9
    assert sorted(order[:9:3]) == [0, 3, 6]
    assert (np.diff(order[:9].reshape(3, 3)) == 1).all()
    orders = {tuple(epoch_order(10, s, e, True)) for s, e in itertools.product((1, -1), (0, 1))}
    assert len(orders) == 4


def test_peek_is_not_lost():
    source = as_source(np.arange(5), batch_size=2)
    assert source.peek()[0].tolist() == [0, 1]
    assert [b[0].tolist() for b in source] == [[0, 1], [2, 3], [4]]


def test_steps_set_the_batch_size_of_arrays():
    source = as_source(np.zeros((10, 1)), steps=4)
    assert [len(b[0]) for b in source] == [3, 3, 3, 1]


def test_fewer_steps_than_batches_go_on_in_the_next_epoch():
    source = as_source(np.arange(8), batch_size=2, steps=2)
    assert source.num_batches == 2
    epochs = [[b[0][0] for b in source] for _ in range(3)]
    assert epochs == [[0, 2], [4, 6], [0, 2]]


def test_more_steps_than_batches_warn():
    source = as_source(np.arange(8), batch_size=4, steps=5)
    with pytest.warns(UserWarning, match=r"2 of 5 batches came.*steps_per_epoch"):
        assert len(batches(source)) == 2
    with pytest.warns(UserWarning, match="2 of 5"):
        assert len(batches(source)) == 2


def test_a_source_is_returned_as_it_is():
    source = as_source(np.zeros((3, 1)))
    assert as_source(source) is source

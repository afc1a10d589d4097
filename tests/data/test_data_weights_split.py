import numpy as np
import pytest

from addax.data import (
    as_source,
    convert,
    pack_x_y_sample_weight,
    split_validation,
    unpack_x_y_sample_weight,
)

X = np.zeros((3, 2))
TABLE = {0: 2.0, 1: 10.0}


@pytest.mark.parametrize(
    "y",
    [
        np.array([0, 1, 2]),
        np.array([[0], [1], [2]]),
        np.array([0.0, 1.0, 2.0]),
        np.eye(3),
        np.eye(3, dtype=bool),
    ],
)
def test_class_weights(y):
    weight = as_source(X, y, class_weight=TABLE).arrays[2]
    assert weight.dtype == "float32"
    assert weight.tolist() == [2.0, 10.0, 1.0]


def test_class_weights_are_multiplied_with_sample_weights():
    w = np.array([1.0, 0.5, 3.0])
    assert as_source(X, [0, 1, 2], w, class_weight=TABLE).arrays[2].tolist() == [2.0, 5.0, 3.0]
    steps = as_source(X, [0, 1, 2], np.ones((3, 4)), class_weight=TABLE).arrays[2]
    np.testing.assert_array_equal(steps, np.array([[2.0], [10.0], [1.0]]) * np.ones((3, 4)))


def test_integer_weights_with_class_weights():
    weight = as_source(X, [0, 1, 2], [1, 2, 0], class_weight=TABLE).arrays[2]
    assert weight.tolist() == [2.0, 20.0, 0.0]


def test_class_weights_by_output():
    y = {"a": np.array([0, 1, 2]), "b": np.zeros(3)}
    weight = as_source(X, y, class_weight={"a": TABLE}).arrays[2]
    assert weight["a"].tolist() == [2.0, 10.0, 1.0]
    assert weight["b"] is None
    weight = as_source(X, [y["a"], y["b"]], np.full(3, 0.5), class_weight={0: TABLE}).arrays[2]
    assert [part.tolist() for part in weight] == [[1.0, 5.0, 0.5], [0.5, 0.5, 0.5]]


def test_class_weights_of_streamed_batches():
    def generate():
        yield X, np.array([0, 1, 2])
        yield X, np.array([0, 1, 2]), np.array([0.5, 0.5, 0.5])

    weights = [w.tolist() for _, _, w in as_source(generate(), class_weight=TABLE)]
    assert weights == [[2.0, 10.0, 1.0], [1.0, 5.0, 0.5]]


def test_sample_weights_of_several_outputs():
    y = {"a": np.zeros(3), "b": np.zeros(3)}
    w = np.ones(3)
    assert set(as_source(X, y, w).arrays[2]) == {"a", "b"}
    assert as_source(X, y, {"a": w}).arrays[2]["b"] is None
    assert as_source(X, list(y.values()), [None, w]).arrays[2][0] is None


def test_split_takes_the_last_rows():
    x = np.arange(10)
    train, validation = split_validation([x, {"a": x}], x, None, 0.25)
    assert train[1].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert validation[0][1]["a"].tolist() == [7, 8, 9]
    assert train[2] is None


def test_split_of_frames_and_lists():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.arange(4.0)}, index=[3, 2, 1, 0])
    train, validation = split_validation(frame, [0, 1, 2, 3], np.ones(4), 0.5)
    assert validation[0].tolist() == [[2.0], [3.0]]
    assert validation[1].tolist() == [2, 3]
    assert train[2].tolist() == [1.0, 1.0]


def test_split_of_unread_data(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    monkeypatch.setattr(convert, "IN_MEMORY_LIMIT", 8)
    values = np.arange(20.0).reshape(10, 2)
    np.save(tmp_path / "x.npy", values)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = values
        for x in (file["x"], np.load(tmp_path / "x.npy", mmap_mode="r")):
            train, validation = split_validation(x, None, None, 0.3)
            assert not isinstance(train[0], np.ndarray)
            source = as_source(*validation, shuffle=True, batch_size=2)
            found = np.concatenate([b[0] for b in source])
            assert sorted(map(tuple, found)) == list(map(tuple, values[7:]))
            first = as_source(*train, batch_size=4).peek()[0]
            np.testing.assert_array_equal(first, values[:4])


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, "0.2", None])
def test_split_fraction(fraction):
    with pytest.raises(ValueError, match="`validation_split` of `fit` must be a number between"):
        split_validation(X, None, None, fraction)


def test_split_of_streams():
    with pytest.raises(ValueError, match=r"needs arrays.*generator.*`validation_data`"):
        split_validation((i for i in range(3)), None, None, 0.2)


def test_split_that_leaves_nothing():
    with pytest.raises(ValueError, match=r"rows on both sides.*0\.1 for 1 rows"):
        split_validation(X[:1], None, None, 0.1)


def test_split_checks_lengths():
    with pytest.raises(ValueError, match="x: 3, y: 2"):
        split_validation(X, X[:2], None, 0.5)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("x", ("x", None, None)),
        (("x",), ("x", None, None)),
        (["x", "y"], ("x", "y", None)),
        (("x", "y", "w"), ("x", "y", "w")),
        ({"a": 1}, ({"a": 1}, None, None)),
    ],
)
def test_unpack(data, expected):
    assert unpack_x_y_sample_weight(data) == expected


def test_pack():
    assert pack_x_y_sample_weight("x") == "x"
    assert pack_x_y_sample_weight(["x"]) == (["x"],)
    assert pack_x_y_sample_weight("x", "y") == ("x", "y")
    assert pack_x_y_sample_weight("x", "y", "w") == ("x", "y", "w")

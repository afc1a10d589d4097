"""Datasets that read local files, on small files made here in the official formats."""

import gzip
import io
import pickle
import struct
import tarfile

import numpy as np
import pytest

import addax.config
from addax import datasets

NAMES = [
    "boston_housing", "california_housing", "cifar10", "cifar100", "fashion_mnist", "imdb",
    "mnist", "reuters",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty data folder, with an empty home."""
    monkeypatch.setenv("ADDAX_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def ragged(*rows):
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array


@pytest.fixture
def reviews(folder):
    rows = [list(range(1, n + 2)) for n in range(1, 21)]
    y = np.arange(20) % 2
    np.savez(folder / "imdb.npz", x_train=ragged(*rows), y_train=y, x_test=ragged(*rows), y_test=y)
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_missing_file_names_the_places_and_the_source(name, folder):
    with pytest.raises(FileNotFoundError) as caught:
        getattr(datasets, name).load_data()
    message = str(caught.value)
    assert f"`{name}`" in message
    assert str(folder) in message
    assert str(folder.parent / "keras" / "datasets") in message
    assert "https://" in message


def test_keras_home_is_searched_too(folder):
    home = folder.parent / "keras" / "datasets"
    home.mkdir(parents=True)
    np.savez(home / "boston_housing.npz", x=np.zeros((10, 13)), y=np.zeros(10))
    (x_train, _), (x_test, y_test) = datasets.boston_housing.load_data(test_split=0.3)
    assert (x_train.shape, x_test.shape, y_test.shape) == ((7, 13), (3, 13), (3,))


def test_full_path(folder):
    file = folder.parent / "other.npz"
    np.savez(file, x_train=[1], y_train=[2], x_test=[3], y_test=[4])
    assert datasets.mnist.load_data(path=str(file))[1][1].tolist() == [4]


@pytest.mark.parametrize("name", ["boston_housing", "california_housing", "reuters"])
@pytest.mark.parametrize("share", [1.0, -0.1, 2])
def test_bad_test_split(name, share):
    with pytest.raises(ValueError, match=r"fraction in \[0, 1\)"):
        getattr(datasets, name).load_data(test_split=share)


def test_california_versions(folder):
    np.savez(folder / "california_housing.npz", x=np.zeros((1000, 8)), y=np.arange(1000.0))
    (_, y), _ = datasets.california_housing.load_data(version="small")
    assert len(y) == 480
    assert y.max() < 600
    with pytest.raises(ValueError, match="'small', 'large'"):
        datasets.california_housing.load_data(version="medium")


def test_fashion_mnist_idx_files(folder):
    (folder / "fashion-mnist").mkdir()
    for part, n in (("train", 6), ("t10k", 2)):
        for kind, shape in (("images-idx3", (n, 28, 28)), ("labels-idx1", (n,))):
            values = (np.arange(np.prod(shape)) % 250).astype("uint8")
            head = struct.pack(">HBB", 0, 8, len(shape)) + struct.pack(f">{len(shape)}I", *shape)
            file = folder / "fashion-mnist" / f"{part}-{kind}-ubyte.gz"
            file.write_bytes(gzip.compress(head + values.tobytes()))
    (x_train, y_train), (x_test, y_test) = datasets.fashion_mnist.load_data()
    assert x_train.shape == (6, 28, 28)
    assert x_test.shape == (2, 28, 28)
    assert y_train.tolist() == list(range(6))
    assert y_test.tolist() == [0, 1]
    assert x_train[0, 0, :4].tolist() == [0, 1, 2, 3]


def cifar_batch(n, keys):
    data = (np.arange(n * 3072) % 256).astype("uint8").reshape(n, 3072)
    return pickle.dumps({b"data": data, **{key: list(range(n)) for key in keys}}, protocol=3)


@pytest.mark.parametrize("packed", [True, False])
def test_cifar10(folder, packed):
    members = {f"data_batch_{i}": cifar_batch(4, [b"labels"]) for i in range(1, 6)}
    members["test_batch"] = cifar_batch(3, [b"labels"])
    if packed:
        with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz") as archive:
            for name, content in members.items():
                info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    else:
        (folder / "cifar-10-batches-py").mkdir()
        for name, content in members.items():
            (folder / "cifar-10-batches-py" / name).write_bytes(content)
    (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    assert x_train.shape == (20, 32, 32, 3)
    assert x_test.shape == (3, 32, 32, 3)
    assert y_train.shape == (20, 1)
    assert y_test.ravel().tolist() == [0, 1, 2]
    assert x_test[0, 0, 1].tolist() == [1, 1024 % 256 + 1, 2048 % 256 + 1]


def test_cifar100_label_modes_and_layout(folder, monkeypatch):
    (folder / "cifar-100-python").mkdir()
    for name in ("train", "test"):
        content = cifar_batch(2, [b"fine_labels", b"coarse_labels"])
        (folder / "cifar-100-python" / name).write_bytes(content)
    monkeypatch.setattr(addax.config, "_image_data_format", "channels_first")
    for mode in ("fine", "coarse"):
        (x, y), _ = datasets.cifar100.load_data(label_mode=mode)
        assert x.shape == (2, 3, 32, 32)
        assert y.shape == (2, 1)
    with pytest.raises(ValueError, match="label_mode"):
        datasets.cifar100.load_data(label_mode="medium")


def test_imdb_defaults(reviews):
    (x_train, y_train), (x_test, _) = datasets.imdb.load_data()
    assert len(x_train) == len(x_test) == len(y_train) == 20
    assert {len(x) for x in x_train} == {len(row) + 1 for row in reviews}
    assert all(x[0] == 1 for x in x_train)
    assert sorted(x_train[0])[:3] == [1, 4, 5]


def test_imdb_limits(reviews):
    (x, _), _ = datasets.imdb.load_data(num_words=10, skip_top=5)
    assert {word for row in x for word in row} == {2, 5, 6, 7, 8, 9}
    (x, _), _ = datasets.imdb.load_data(num_words=10, oov_char=None)
    assert {word for row in x for word in row} == {1, *range(4, 10)}
    (x, y), _ = datasets.imdb.load_data(maxlen=6)
    assert len(x) == len(y) == 3
    (x, _), _ = datasets.imdb.load_data(start_char=None, index_from=0, num_words=10**6)
    assert sorted(x.tolist(), key=len) == reviews


def test_imdb_maxlen_too_small(reviews):
    with pytest.raises(ValueError, match="maxlen=2"):
        datasets.imdb.load_data(maxlen=2)


def test_word_index(folder):
    (folder / "imdb_word_index.json").write_text('{"the": 1}', encoding="utf-8")
    assert datasets.imdb.get_word_index() == {"the": 1}


def test_reuters(folder):
    rows = [[n, n + 1] for n in range(1, 11)]
    np.savez(folder / "reuters.npz", x=ragged(*rows), y=np.arange(10))
    (x_train, y_train), (x_test, y_test) = datasets.reuters.load_data(test_split=0.3)
    assert len(x_train) == len(y_train) == 7
    assert len(x_test) == len(y_test) == 3
    assert sorted([*y_train, *y_test]) == list(range(10))
    assert len(datasets.reuters.get_label_names()) == 46

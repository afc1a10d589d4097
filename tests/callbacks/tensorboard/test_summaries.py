"""What is written, read back with TensorBoard's reader."""

import io
import struct

import numpy as np
import pytest

pytest.importorskip("tensorboard")
from addax.callbacks.tensorboard import SummaryWriter, summaries
from addax.callbacks.tensorboard.png import encode_png
from tests.callbacks import boards


@pytest.fixture
def writer(tmp_path):
    with SummaryWriter(tmp_path) as found:
        yield found


def test_scalars_come_back(writer, tmp_path):
    for step, value in enumerate([3.0, 1.5, np.float32(0.75)]):
        writer.scalar("loss", value, step, description="how wrong")
    writer.flush()
    assert boards.curve(tmp_path, "loss") == ([0, 1, 2], [3.0, 1.5, 0.75])
    assert boards.plugin(tmp_path, "loss").plugin_name == "scalars"


def test_nothing_written_makes_no_file(tmp_path):
    with SummaryWriter(tmp_path / "empty"):
        pass
    assert not (tmp_path / "empty").exists()


def test_histogram_is_numpys(writer, tmp_path):
    values = np.random.Generator(np.random.Philox(0)).normal(size=(50, 4)).astype("float32")
    writer.histogram("w", values, 3, buckets=7)
    writer.flush()
    counts, edges = np.histogram(values.astype("float64"), 7)
    found = boards.table(tmp_path, "w")
    np.testing.assert_allclose(found[:, 2], counts)
    np.testing.assert_allclose(found[:, 0], edges[:-1], rtol=1e-6)
    np.testing.assert_allclose(found[:, 1], edges[1:], rtol=1e-6)
    assert boards.plugin(tmp_path, "w").plugin_name == "histograms"


@pytest.mark.parametrize(
    ("values", "counts", "value"),
    [([2.5] * 4, [0, 0, 4], 2.5), ([], [0, 0, 0], 0), ([np.nan, 1.0, np.inf], [0, 0, 1], 1.0)],
)
def test_histograms_of_one_value_or_none(values, counts, value):
    found = summaries.bucket_table(values, 3)
    assert found[:, 2].tolist() == counts
    assert (found[:, :2] == value).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_is_read_by_pillow(channels):
    image_module = pytest.importorskip("PIL.Image")
    pixels = np.random.Generator(np.random.Philox(1)).integers(0, 256, (5, 7, channels), "uint8")
    read = np.asarray(image_module.open(io.BytesIO(encode_png(pixels))))
    np.testing.assert_array_equal(read.reshape(5, 7, channels), pixels)


def test_images_come_back(writer, tmp_path):
    writer.image("picture", np.full((5, 2, 4, 1), 0.5), 0, max_outputs=2)
    writer.flush()
    width, height, *pictures = boards.texts(tmp_path, "picture")
    assert (width, height, len(pictures)) == (b"4", b"2", 2)
    assert struct.unpack(">II", pictures[0][16:24]) == (4, 2)


def test_images_of_another_shape_are_refused(writer):
    with pytest.raises(ValueError, match=r"\(batch, height, width, channels\).*shape \(3, 3\)"):
        writer.image("picture", np.zeros((3, 3)), 0)


def test_texts_come_back(writer, tmp_path):
    writer.text("note", "**bold** é", 0)
    writer.text("table", [["a", "b"], ["c", "d"]], 0)
    writer.flush()
    assert boards.texts(tmp_path, "note") == ["**bold** é".encode()]
    assert boards.texts(tmp_path, "table") == [b"a", b"b", b"c", b"d"]
    shape = boards.run(tmp_path).Tensors("table")[0].tensor_proto.tensor_shape
    assert [d.size for d in shape.dim] == [2, 2]


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'addax\[tensorboard\]'"):
        SummaryWriter("logs")

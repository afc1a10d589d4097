"""Files of the projector, read back as its plugin does."""

import numpy as np
import pytest

pytest.importorskip("tensorboard")
from google.protobuf import text_format
from tensorboard.plugins.projector import ProjectorConfig

import addax
from addax.callbacks import TensorBoard
from addax.callbacks.tensorboard import write_projector


def read(folder):
    text = (folder / "projector_config.pbtxt").read_text()
    return text_format.Parse(text, ProjectorConfig()).embeddings


def vectors(folder, entry):
    return np.loadtxt(folder / entry.tensor_path, delimiter="\t", ndmin=2)


def text_model():
    model = addax.Sequential(
        [
            addax.Input((3,), dtype="int32"),
            addax.layers.Embedding(10, 4, name="words"),
            addax.layers.Flatten(name="flat"),
            addax.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    return model


X = np.arange(24).reshape(8, 3) % 10
Y = np.ones((8, 1))


def test_weights_of_embedding_layers(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "labels.tsv").write_text("\n".join("abcdefghij"))
    model = text_model()
    board = TensorBoard(
        tmp_path / "logs", embeddings_freq=1, embeddings_metadata=str(tmp_path / "labels.tsv")
    )
    model.fit(X, Y, epochs=2, callbacks=[board], verbose=0)
    (entry,) = read(tmp_path / "logs")
    assert (entry.tensor_name, list(entry.tensor_shape)) == ("words", [10, 4])
    assert entry.tensor_path.endswith("-1.tsv")
    assert entry.metadata_path == "labels.tsv"  # TensorBoard reads nothing outside of the folder
    assert (tmp_path / "logs" / "labels.tsv").read_text().startswith("a\nb")
    found = vectors(tmp_path / "logs", entry)
    np.testing.assert_allclose(found, np.asarray(model.layers[0].embeddings), rtol=1e-6)


def test_outputs_of_a_layer_for_data(tmp_path):
    model = text_model()
    board = TensorBoard(
        tmp_path, embeddings_freq=1, embeddings_layer_names=["flat"], embeddings_data=X,
        batch_size=3,
    )  # fmt: skip
    model.fit(X, Y, callbacks=[board], verbose=0)
    (entry,) = read(tmp_path)
    expected = np.asarray(model.layers[0](X)).reshape(8, 12)
    np.testing.assert_allclose(vectors(tmp_path, entry), expected, rtol=1e-6)


def test_unknown_names_are_told(tmp_path):
    board = TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"wrods": "a.tsv"})
    with pytest.raises(ValueError, match="embedding layers of the model.*'wrods'"):
        text_model().fit(X, Y, callbacks=[board], verbose=0)
    board = TensorBoard(tmp_path, embeddings_freq=1, embeddings_layer_names=["wrods"])
    with pytest.raises(ValueError, match="Did you mean 'words'"):
        text_model().fit(X, Y, callbacks=[board], verbose=0)


def test_only_tables_are_shown(tmp_path):
    with pytest.raises(ValueError, match=r"\(rows, size\).*shape \(3,\)"):
        write_projector(tmp_path, {"a": np.zeros(3)})

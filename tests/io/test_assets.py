"""Arrays and files that layers write themselves."""

import io
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import addax
from addax import layers
from addax.io.assets import checked

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras' own


def table_class(module):
    """Return a layer with an array and a file of its own, of `addax` or `keras`."""

    class Table(module.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.words = None

        def build(self, input_shape):
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
            self.offset = np.zeros(2, "float32")

        def call(self, inputs):
            return inputs * self.scale

        def save_own_variables(self, store):
            super().save_own_variables(store)
            store["offset"] = self.offset

        def load_own_variables(self, store):
            self.offset = np.array(store["offset"])
            self.scale.assign(np.array(store["0"]))

        def save_assets(self, dir_path):
            Path(dir_path, "words.txt").write_text("\n".join(self.words))

        def load_assets(self, dir_path):
            self.words = Path(dir_path, "words.txt").read_text().split("\n")

    return Table


DIRECTIONS = [(addax, keras), (keras, addax), (addax, addax)]


@pytest.mark.parametrize("name", ["m.keras", "folder"])
@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS, ids=["to-keras", "from-keras", "addax"])
def test_own_arrays_and_files(writer, reader, name, tmp_path):
    if name == "folder" and keras in (writer, reader):
        pytest.skip("Keras writes folders with another name")
    layer = table_class(writer)(name="table")
    model = writer.Sequential([writer.layers.Input((2,)), layer])
    layer.words, layer.offset = ["eins", "zwei"], np.array([3.0, 4.0], "float32")
    layer.scale.assign(5.0)
    model.save(str(tmp_path / name))
    objects = {"Table": table_class(reader)}
    again = reader.models.load_model(str(tmp_path / name), custom_objects=objects)
    table = again.layers[-1]
    assert table.words == ["eins", "zwei"]
    np.testing.assert_array_equal(table.offset, [3, 4])
    assert float(np.asarray(table.scale)) == 5


def text_model():
    lookup = layers.StringLookup(output_mode="tf_idf", name="lookup")
    lookup.adapt(np.array([["a", "b", "b"], ["b", "c", "q"]]))
    return addax.Sequential([layers.Dense(1, input_shape=(2,)), Holder(lookup)])


@addax.saving.register_keras_serializable("test_assets")
class Holder(layers.Layer):
    """Keeps a layer of strings in a model of numbers."""

    def __init__(self, lookup, **kwargs):
        super().__init__(**kwargs)
        self.lookup = lookup

    def call(self, inputs):
        return inputs


def edited(path, change):
    """Return a copy of a `.keras` file with its members changed by `change(dict)`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    target = path.with_name("edited.keras")
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def without_vocabulary(members):
    """Take the vocabulary out of the config: Keras writes an adapted one as a file only."""

    def strip(value):
        if isinstance(value, dict):
            for name in ("vocabulary", "idf_weights"):
                if name in value:
                    value[name] = None
            for item in value.values():
                strip(item)
        elif isinstance(value, list):
            for item in value:
                strip(item)

    config = json.loads(members["config.json"])
    strip(config)
    members["config.json"] = json.dumps(config).encode()


def test_a_vocabulary_of_a_file_only(tmp_path):
    model = text_model()
    model.save(tmp_path / "m.keras")
    path = edited(tmp_path / "m.keras", without_vocabulary)
    lookup, again = model.layers[-1].lookup, addax.models.load_model(path).layers[-1].lookup
    assert again.get_vocabulary() == lookup.get_vocabulary() == ["[UNK]", "b", "q", "c", "a"]
    words = np.array([["b", "a", "z"]])
    np.testing.assert_allclose(again(words), lookup(words), rtol=1e-6)


def test_integers_come_back_as_integers(tmp_path):
    lookup = layers.IntegerLookup()
    lookup.adapt([5, 5, 7])
    lookup.save_assets(str(tmp_path))
    again = layers.IntegerLookup()
    again.load_assets(str(tmp_path))
    assert again.get_vocabulary() == [-1, 5, 7]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "a//..", "c:\\x", "..", ""])
def test_names_that_lead_elsewhere(name):
    with pytest.raises(ValueError, match="no name for a file of a layer"):
        checked(name)


def test_a_file_that_leads_elsewhere_is_not_written(tmp_path):
    text_model().save(tmp_path / "m.keras")

    def add(members):
        without_vocabulary(members)
        folder = next(n for n in members if n.startswith("assets/")).rpartition("/")[0]
        members[f"{folder}/../../../../../../{tmp_path}/evil.txt"] = b"x"

    with pytest.raises(ValueError, match="Such files are not read"):
        addax.models.load_model(edited(tmp_path / "m.keras", add))
    assert not (tmp_path / "evil.txt").exists()


def test_an_array_that_says_to_be_huge(tmp_path):
    h5py = pytest.importorskip("h5py")
    text_model().save(tmp_path / "m.keras")

    def grow(members):
        buffer = io.BytesIO(members["model.weights.h5"])
        with h5py.File(buffer, "r+") as file:
            found = []
            file.visit(lambda n: found.append(n) if n.endswith("idf_weights") else None)
            del file[found[0]]
            file.create_dataset(found[0], shape=(2**33,), dtype="float32", chunks=(2**20,))
        members["model.weights.h5"] = buffer.getvalue()

    with pytest.raises(ValueError, match="says it is .* bytes large"):
        addax.models.load_model(edited(tmp_path / "m.keras", grow))


@pytest.mark.parametrize("output_mode", ["int", "tf_idf"])
@pytest.mark.parametrize(("writer", "reader"), DIRECTIONS, ids=["to-keras", "from-keras", "addax"])
def test_text_vectorization_with_keras(writer, reader, output_mode, tmp_path):
    if keras in (writer, reader):
        pytest.importorskip("tensorflow")
    layer = writer.layers.TextVectorization(output_mode=output_mode, name="text")
    layer.adapt(["a b b", "b c, Q"])
    layer.save_assets(str(tmp_path))
    store = {}
    layer.save_own_variables(store)
    config = {k: v for k, v in layer.get_config().items() if k not in ("vocabulary",)}
    again = reader.layers.TextVectorization.from_config({**config, "idf_weights": None})
    again.load_own_variables({name: np.asarray(value) for name, value in store.items()})
    again.load_assets(str(tmp_path))
    texts = ["b a zzz", "q"]
    np.testing.assert_allclose(np.asarray(again(texts)), np.asarray(layer(texts)), rtol=1e-5)

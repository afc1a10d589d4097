"""Batches of images out of arrays, folders and tables."""

import json

import numpy as np
import pytest

import addax
from addax.preprocessing.image import (
    DirectoryIterator,
    ImageDataGenerator,
    Iterator,
    load_img,
    save_img,
)

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 3)).astype("float32")
LABELS = np.arange(10) % 2


def keras_image():
    return pytest.importorskip("keras.src.legacy.preprocessing.image")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three images of `cat`, five of `dog`; one of them in a folder below; and other files."""
    home = tmp_path_factory.mktemp("images")
    for name, count in (("cat", 3), ("dog", 5)):
        (home / name / "more").mkdir(parents=True)
        for i in range(count):
            place = home / name / ("more" if i == 1 else ".") / f"{i}.png"
            save_img(place, IMAGES[i if name == "cat" else 4 + i], scale=False)
        (home / name / "notes.txt").write_text("")
    (home / "readme.txt").write_text("")
    return home


class Rows(Iterator):
    def _get_batches_of_transformed_samples(self, index_array):
        return index_array


def test_an_iterator_goes_round():
    rows = Rows(7, 3, shuffle=True, seed=0)
    first = [next(rows).tolist() for _ in range(3)]
    second = [next(rows).tolist() for _ in range(3)]
    assert [len(batch) for batch in first] == [3, 3, 1]
    assert sorted(sum(first, [])) == sorted(sum(second, [])) == list(range(7))
    assert first != second
    assert rows.total_batches_seen == 6
    again = Rows(7, 3, shuffle=True, seed=0)
    assert [again[i].tolist() for i in range(3)] == first
    again.on_epoch_end()
    assert [again[i].tolist() for i in range(3)] == second


def test_reset_and_numbers_out_of_range():
    rows = Rows(4, 3, shuffle=False, seed=None)
    next(rows)
    rows.reset()
    assert next(rows).tolist() == [0, 1, 2]
    with pytest.raises(IndexError, match="2 batches"):
        rows[2]
    assert len(Rows(4, None, False, None)) == 1


def test_no_samples_end_at_once():
    assert list(Rows(0, 3, shuffle=True, seed=None)) == []


def test_random_batches_do_not_depend_on_who_asks_first():
    def flow():
        return ImageDataGenerator(rotation_range=90, horizontal_flip=True).flow(
            IMAGES, LABELS, 4, seed=5
        )

    forwards, backwards = flow(), flow()
    expected = [forwards[i] for i in range(3)]
    found = [backwards[i] for i in (2, 1, 0)][::-1]
    for (x, y), (u, v) in zip(expected, found, strict=True):
        np.testing.assert_array_equal(x, u)
        np.testing.assert_array_equal(y, v)
    forwards.on_epoch_end()
    assert not np.array_equal(forwards[0][0], expected[0][0])


def test_the_global_seed_decides_without_one():
    def batch():
        addax.utils.set_random_seed(3)
        return next(ImageDataGenerator(rotation_range=90).flow(IMAGES, batch_size=10))

    np.testing.assert_array_equal(batch(), batch())


def test_workers_give_the_same_epochs():
    def train(workers):
        addax.utils.set_random_seed(0)
        model = addax.Sequential([addax.layers.Flatten(), addax.layers.Dense(2)])
        model.compile("sgd", addax.losses.SparseCategoricalCrossentropy(from_logits=True))
        flow = ImageDataGenerator(rescale=1 / 255, rotation_range=30).flow(
            IMAGES, LABELS, 3, seed=1
        )
        flow.workers = workers
        return model.fit(flow, epochs=3, verbose=0).history["loss"]

    assert train(1) == train(4)


def test_an_epoch_may_be_longer_or_shorter_than_a_pass():
    seen = []

    def keep(image):
        seen.append(float(image[0, 0, 0]))
        return image / 255

    model = addax.Sequential([addax.layers.Flatten(), addax.layers.Dense(2)])
    model.compile("sgd", addax.losses.SparseCategoricalCrossentropy(from_logits=True))
    flow = ImageDataGenerator(preprocessing_function=keep).flow(IMAGES, LABELS, 5, seed=1)
    model.fit(flow, steps_per_epoch=5, epochs=2, verbose=0)
    passes = np.array(seen[:50]).reshape(5, 10)
    for one in passes:
        assert sorted(one) == sorted(IMAGES[:, 0, 0, 0])
    assert len({tuple(one) for one in passes}) == 5
    model.fit(flow, steps_per_epoch=1, epochs=3, verbose=0)
    assert model.predict(flow, steps=4, verbose=0).shape == (20, 2)


def test_arrays_with_weights_and_other_inputs():
    others = [np.arange(10.0), np.arange(20.0).reshape(10, 2)]
    flow = ImageDataGenerator().flow(
        [IMAGES, others], LABELS, 4, shuffle=False, sample_weight=np.arange(10.0)
    )
    (x, a, b), y, weight = flow[1]
    np.testing.assert_array_equal(x, IMAGES[4:8])
    np.testing.assert_array_equal(a, [4, 5, 6, 7])
    np.testing.assert_array_equal(b, others[1][4:8])
    np.testing.assert_array_equal(y, LABELS[4:8])
    np.testing.assert_array_equal(weight, [4, 5, 6, 7])


@pytest.mark.parametrize("subset", ["training", "validation"])
def test_subsets_of_arrays_as_keras(subset):
    arguments = {"batch_size": 10, "shuffle": False, "subset": subset}
    ours = ImageDataGenerator(validation_split=0.35).flow(IMAGES, LABELS, **arguments)
    theirs = keras_image().ImageDataGenerator(validation_split=0.35)
    x, y = next(theirs.flow(IMAGES, LABELS, **arguments))
    np.testing.assert_array_equal(next(ours)[0], x)
    np.testing.assert_array_equal(ours[0][1], y)


def test_subsets_must_have_the_same_classes():
    generator = ImageDataGenerator(validation_split=0.5)
    with pytest.raises(ValueError, match="ignore_class_split"):
        generator.flow(IMAGES, np.sort(LABELS), subset="training")
    generator.flow(IMAGES, np.sort(LABELS), subset="training", ignore_class_split=True)
    assert generator.flow(IMAGES, np.arange(10), subset="training").n == 5


def test_changed_images_can_be_looked_at(tmp_path):
    flow = ImageDataGenerator().flow(
        IMAGES, batch_size=3, seed=1, save_to_dir=tmp_path, save_prefix="x", save_format="png"
    )
    next(flow)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    assert load_img(files[0]).size == (4, 4)


MODES = ["categorical", "binary", "sparse", "input", None]


@pytest.mark.parametrize("class_mode", MODES)
@pytest.mark.parametrize("color_mode", ["rgb", "grayscale", "rgba"])
def test_folders_as_keras(folder, class_mode, color_mode, capsys):
    arguments = {
        "target_size": (5, 3), "class_mode": class_mode, "color_mode": color_mode,
        "batch_size": 6, "shuffle": False, "interpolation": "bilinear",
    }  # fmt: skip
    ours = ImageDataGenerator(rescale=0.5).flow_from_directory(folder, **arguments)
    assert "Found 8 images belonging to 2 classes." in capsys.readouterr().out
    theirs = keras_image().ImageDataGenerator(rescale=0.5)
    theirs = theirs.flow_from_directory(folder, **arguments)
    assert ours.filenames == theirs.filenames
    assert ours.class_indices == theirs.class_indices == {"cat": 0, "dog": 1}
    assert ours.image_shape == theirs.image_shape
    for index in range(2):
        mine, other = ours[index], theirs[index]
        pairs = zip(mine, other, strict=True) if isinstance(other, tuple) else [(mine, other)]
        for a, b in pairs:
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("subset", ["training", "validation"])
def test_subsets_of_folders_as_keras(folder, subset):
    def files(generator):
        return generator(validation_split=0.4).flow_from_directory(folder, subset=subset).filenames

    assert files(ImageDataGenerator) == files(keras_image().ImageDataGenerator)


def test_chosen_classes(folder):
    flow = ImageDataGenerator().flow_from_directory(folder, classes=["dog"], seed=1)
    assert (flow.n, flow.class_indices, set(flow.labels)) == (5, {"dog": 0}, {0})


def frame(folder):
    rows = ["dog/0.png", "cat/0.png", "none.png", "dog/2.png", "cat/2.png", "dog/readme.txt"]
    return {
        "file": rows,
        "kind": ["dog", "cat", "cat", "dog", "cat", "dog"],
        "kinds": [["dog"], ["cat", "dog"], "cat", "dog", ["cat"], []],
        "size": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "age": [1, 2, 3, 4, 5, 6],
    }


@pytest.mark.filterwarnings("ignore:Found 2 invalid")
@pytest.mark.parametrize(
    "arguments",
    [
        {"y_col": "kind"},
        {"y_col": "kinds"},
        {"y_col": "kind", "class_mode": "binary"},
        {"y_col": "kind", "class_mode": "sparse", "weight_col": "size"},
        {"y_col": "kind", "classes": ["dog"]},
        {"y_col": "size", "class_mode": "raw"},
        {"y_col": ["size", "age"], "class_mode": "raw"},
        {"y_col": ["size", "age"], "class_mode": "multi_output"},
        {"class_mode": "input"},
        {"class_mode": None},
    ],
    ids=json.dumps,
)
def test_tables_as_keras(folder, arguments):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(frame(folder))
    arguments = {"x_col": "file", "target_size": (4, 4), "shuffle": False, **arguments}
    with pytest.warns(UserWarning, match="left out"):
        ours = ImageDataGenerator().flow_from_dataframe(table, folder, **arguments)
    theirs = keras_image().ImageDataGenerator().flow_from_dataframe(table, folder, **arguments)
    assert ours.filenames == list(theirs.filenames)
    mine, other = addax.tree.flatten(ours[0]), addax.tree.flatten(theirs[0])
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_table_without_pandas_and_its_subsets(folder):
    rows = {"filename": ["cat/0.png", "dog/0.png", "dog/2.png"], "class": ["cat", "dog", "dog"]}
    generator = ImageDataGenerator(validation_split=0.34)
    kept = generator.flow_from_dataframe(rows, folder, subset="validation")
    assert kept.filenames == ["cat/0.png"]
    assert generator.flow_from_dataframe(rows, folder, subset="training").n == 2


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda g, f: g.flow(IMAGES[0]), ValueError, "rank 4"),
        (lambda g, f: g.flow(IMAGES, LABELS[1:]), ValueError, "as long as"),
        (lambda g, f: g.flow(IMAGES, subset="test"), ValueError, "subset"),
        (lambda g, f: g.flow(IMAGES, batch_size=0), ValueError, "batch_size"),
        (lambda g, f: g.flow_from_directory(f, class_mode="int"), ValueError, "class_mode"),
        (lambda g, f: g.flow_from_directory(f, color_mode="bgr"), ValueError, "color_mode"),
        (lambda g, f: g.flow_from_directory(f, target_size=5), ValueError, "target_size"),
        (lambda g, f: g.flow_from_directory(f / "none"), FileNotFoundError, "none"),
        (lambda g, f: g.flow_from_dataframe({"filename": [1], "class": ["a"]}, f), TypeError,
         "x_col"),
        (lambda g, f: g.flow_from_dataframe({"filename": ["cat/0.png"], "class": [1]}, f),
         TypeError, "astype"),
        (lambda g, f: g.flow_from_dataframe({"filename": ["cat/0.png"], "class": ["a"]}, f,
                                            class_mode="binary"), ValueError, "2 classes"),
        (lambda g, f: g.flow_from_dataframe({}, f, y="a"), TypeError, "no argument 'y'"),
    ],
)  # fmt: skip
def test_bad_arguments(folder, call, error, words):
    with pytest.raises(error, match=words):
        call(ImageDataGenerator(), folder)


def test_a_strange_number_of_channels_warns():
    with pytest.warns(UserWarning, match="7 channels"):
        ImageDataGenerator().flow(np.zeros((2, 4, 4, 7)))


def test_directory_iterator_alone(folder):
    flow = DirectoryIterator(folder, None, target_size=(4, 4), class_mode=None, shuffle=False)
    np.testing.assert_array_equal(flow[0][0], IMAGES[0])

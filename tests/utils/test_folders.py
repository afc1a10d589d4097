"""Data sets out of folders: files, labels and parts as Keras has them."""

import wave

import numpy as np
import pytest

import addax
from addax import utils

IMAGES = np.random.default_rng(0).integers(0, 256, (9, 6, 4, 3))
CLASSES = {"ant": 4, "bee": 3, "cow": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("files")
    number = 0
    for name, count in CLASSES.items():
        (home / name / "below").mkdir(parents=True)
        for i in range(count):
            place = home / name / ("below" if i == 1 else ".")
            utils.save_img(place / f"{i}.png", IMAGES[number], scale=False)
            (place / f"{i}.txt").write_text(f"{name} {i} é", encoding="utf-8")
            number += 1
    (home / ".hidden").mkdir()
    return home


def images(folder, **arguments):
    defaults = {"image_size": (6, 4), "shuffle": False, "verbose": False}
    return utils.image_dataset_from_directory(folder, **{**defaults, **arguments})


def collected(dataset):
    parts = list(dataset.as_numpy_iterator())
    return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]


def test_images_and_labels_in_order(folder, capsys):
    data = images(folder, batch_size=4, verbose=True)
    assert "Found 9 files belonging to 3 classes." in capsys.readouterr().out
    x, y = collected(data)
    order = [0, 2, 3, 1, 4, 6, 5, 7, 8]  # folders below come last
    np.testing.assert_array_equal(x, IMAGES[order])
    np.testing.assert_array_equal(y, np.repeat([0, 1, 2], [4, 3, 2]))
    assert (x.dtype, y.dtype, len(data)) == ("float32", "int32", 3)
    assert data.class_names == ["ant", "bee", "cow"]
    assert [path[-5:] for path in data.file_paths[:2]] == ["0.png", "2.png"]


@pytest.mark.parametrize(
    ("label_mode", "expected"),
    [("categorical", np.eye(2, dtype="float32")), ("binary", np.float32([[0], [1]]))],
)
def test_label_modes(folder, label_mode, expected):
    _, y = collected(images(folder, label_mode=label_mode, class_names=["bee", "ant"]))
    np.testing.assert_array_equal(y, expected[np.repeat([0, 1], [3, 4])])
    assert y.dtype == "float32"


def test_without_labels_and_with_own_ones(folder):
    bare = images(folder, labels=None, batch_size=None)
    assert (len(bare), next(iter(bare)).shape, bare.class_names) == (9, (6, 4, 3), None)
    _, y = collected(images(folder, labels=list(range(9))))
    np.testing.assert_array_equal(y, np.arange(9))


def keras_files(folder, seed, subset):
    tools = pytest.importorskip("keras.src.utils.dataset_utils")
    paths, labels, _ = tools.index_directory(
        str(folder), "inferred", (".png",), seed=seed, verbose=False
    )
    return tools.get_training_or_validation_split(paths, labels, 0.4, subset)


@pytest.mark.parametrize("subset", ["training", "validation"])
def test_parts_are_those_of_keras(folder, subset):
    paths, labels = keras_files(folder, 5, subset)
    data = images(folder, shuffle=True, seed=5, validation_split=0.4, subset=subset)
    assert data.file_paths == list(paths)
    assert sorted(collected(data)[1]) == sorted(labels)


def test_both_parts(folder):
    train, held_out = images(folder, shuffle=True, seed=5, validation_split=0.4, subset="both")
    assert train.file_paths == list(keras_files(folder, 5, "training")[0])
    first, again = collected(held_out), collected(held_out)
    np.testing.assert_array_equal(first[1], keras_files(folder, 5, "validation")[1])
    np.testing.assert_array_equal(first[0], again[0])


def test_each_pass_has_an_order_of_its_own(folder):
    def passes():
        data = images(folder, shuffle=True, seed=1)
        return [collected(data)[0] for _ in range(2)]

    (a, b), (c, d) = passes(), passes()
    np.testing.assert_array_equal(a, c)
    np.testing.assert_array_equal(b, d)
    assert not np.array_equal(a, b)


def test_aspect_ratio(folder):
    plain = images(folder, image_size=(4, 4), crop_to_aspect_ratio=True)
    np.testing.assert_array_equal(collected(plain)[0][0], IMAGES[0, 1:5])
    padded = collected(images(folder, image_size=6, pad_to_aspect_ratio=True))[0]
    np.testing.assert_array_equal(padded[0, :, 1:5], IMAGES[0])
    assert padded[:, :, [0, 5]].max() == 0


def test_layout_and_colours(folder):
    x, _ = collected(images(folder, data_format="channels_first", color_mode="rgba"))
    np.testing.assert_array_equal(x[0, :3], IMAGES[0].transpose(2, 0, 1))
    assert (x[:, 3] == 255).all()


def test_steps_of_tf_data(folder):
    data = images(folder, batch_size=3).map(lambda x, y: (x / 255, y)).cache().take(2)
    x, y = next(iter(data))
    assert float(addax.ops.max(x)) <= 1
    assert isinstance(y, addax.Tensor)


def test_fit_streams_images(folder):
    model = addax.Sequential([addax.layers.Flatten(), addax.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    data = images(folder, shuffle=True, batch_size=4).map(lambda x, y: (x / 255, y))
    history = model.fit(data, epochs=2, verbose=0, validation_data=data)
    assert len(history.history["val_accuracy"]) == 2


def test_texts(folder):
    data = utils.text_dataset_from_directory(
        folder, shuffle=False, batch_size=3, max_length=5, verbose=False
    )
    texts, labels = next(iter(data))
    assert texts.numpy().tolist() == ["ant 0", "ant 2", "ant 3"]
    assert labels.numpy().tolist() == [0, 0, 0]
    whole = utils.text_dataset_from_directory(folder, labels=None, shuffle=False, verbose=False)
    assert next(iter(whole))[0] == "ant 0 é"


def test_texts_teach_a_layer(folder):
    data = utils.text_dataset_from_directory(folder, verbose=False)
    layer = addax.layers.TextVectorization(output_sequence_length=3)
    layer.adapt(data.map(lambda text, label: text))
    columns = data.map(lambda text, label: (layer(np.expand_dims(text, -1)), label))
    assert next(iter(columns))[0].shape == (9, 3)
    assert {"ant", "bee", "cow"} < set(layer.get_vocabulary())


def write_wave(path, samples, width, rate=8000):
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[1], width, rate, 0, "NONE", ""))
        scaled = np.round(samples * (2 ** (8 * width - 1) - 1)).astype("<i4")
        raw = scaled.astype("uint8") + 128 if width == 1 else scaled
        file.writeframes(
            raw.reshape(-1, 1).view("uint8").reshape(samples.size, -1)[:, :width].tobytes()
        )


@pytest.fixture
def sounds(tmp_path):
    time = np.arange(400)[:, None] / 8000
    wanted = np.concatenate([np.sin(300 * time), np.cos(500 * time)], 1)
    for name, width in (("a", 1), ("b", 2), ("c", 3), ("d", 4)):
        (tmp_path / name).mkdir()
        write_wave(tmp_path / name / "x.wav", wanted[: 400 - 10 * width], width)
    return tmp_path, wanted


def test_sounds_of_every_width(sounds):
    home, wanted = sounds
    data = utils.audio_dataset_from_directory(home, shuffle=False, verbose=False)
    x, y = next(data.as_numpy_iterator())
    assert (x.shape, x.dtype, y.tolist()) == ((4, 390, 2), "float32", [0, 1, 2, 3])
    for width, tolerance in ((1, 0.02), (2, 1e-4), (3, 1e-6), (4, 1e-6)):
        length = 400 - 10 * width
        np.testing.assert_allclose(x[width - 1, :length], wanted[:length], atol=tolerance)
        assert not x[width - 1, length:].any()


def test_sounds_of_another_length_and_rate(sounds):
    home, wanted = sounds
    data = utils.audio_dataset_from_directory(
        home, labels=None, output_sequence_length=500, sampling_rate=4000, batch_size=3,
        shuffle=False, verbose=False,
    )  # fmt: skip
    x = next(data.as_numpy_iterator())
    assert (x.shape, len(data)) == ((3, 500, 2), 2)
    np.testing.assert_allclose(x[1, 20:150], wanted[40:300:2], atol=0.01)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"labels": "none"}, "labels"),
        ({"labels": [1, 2]}, "one number per file"),
        ({"labels": None, "class_names": ["ant"]}, "no use"),
        ({"labels": [0] * 9, "class_names": ["ant"]}, "inferred"),
        ({"class_names": ["ant", "wasp"]}, "wasp"),
        ({"label_mode": "float"}, "label_mode"),
        ({"label_mode": "binary"}, "2 classes"),
        ({"color_mode": "bgr"}, "color_mode"),
        ({"batch_size": 0}, "batch_size"),
        ({"image_size": (3,)}, "image_size"),
        ({"interpolation": "cubic"}, "interpolation"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "exclude"),
        ({"validation_split": 2.0, "subset": "training"}, "in \\(0, 1\\)"),
        ({"validation_split": 0.2}, "belong together"),
        ({"subset": "training"}, "belong together"),
        ({"subset": "test", "validation_split": 0.2}, "subset"),
        ({"validation_split": 0.2, "subset": "training", "shuffle": True}, "seed"),
        ({"format": "numpy"}, "format"),
    ],
)
def test_bad_arguments(folder, arguments, words):
    with pytest.raises(ValueError, match=words):
        images(folder, **arguments)


def test_no_files(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match="finds no files"):
        images(tmp_path)
    with pytest.raises(ValueError, match="ragged"):
        utils.audio_dataset_from_directory(tmp_path, ragged=True)

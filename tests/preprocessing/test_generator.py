"""`ImageDataGenerator`: its numbers beside Keras, its random changes, and `fit`."""

import numpy as np
import pytest

import addax
from addax.preprocessing.image import ImageDataGenerator

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (12, 6, 6, 3)).astype("float32")
LABELS = np.arange(12)

SCALINGS = [
    {"rescale": 1 / 255},
    {"featurewise_center": True},
    {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 0.1},
    {"samplewise_center": True},
    {"samplewise_center": True, "samplewise_std_normalization": True},
    {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 0.1},
    {"preprocessing_function": lambda x: x - 3, "rescale": 2},
]


def keras_image():
    return pytest.importorskip("keras.src.legacy.preprocessing.image")


@pytest.mark.parametrize("arguments", SCALINGS, ids=lambda a: "-".join(a))
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_scaling_as_keras(arguments, data_format):
    images = IMAGES if data_format == "channels_last" else IMAGES.transpose(0, 3, 1, 2)
    ours = ImageDataGenerator(**arguments, data_format=data_format)
    theirs = keras_image().ImageDataGenerator(**arguments, data_format=data_format)
    for generator in (ours, theirs):
        generator.fit(images)
    for x in (images[0], images[:5]):
        np.testing.assert_allclose(
            ours.standardize(x.copy()), theirs.standardize(x.copy()), rtol=1e-3, atol=1e-3
        )
    mine = next(ours.flow(images, LABELS, 5, shuffle=False))
    other = next(theirs.flow(images, LABELS, 5, shuffle=False))
    np.testing.assert_allclose(mine[0], other[0], rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(mine[1], other[1])


def test_standardize_changes_floats_in_place_and_copies_integers():
    x = np.full((2, 2, 1), 4.0, "float32")
    generator = ImageDataGenerator(rescale=0.5)
    assert generator.standardize(x) is x
    numbers = np.full((2, 2, 1), 4, "uint8")
    np.testing.assert_array_equal(generator.standardize(numbers), x)
    assert numbers.max() == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"flip_horizontal": True},
        {"flip_vertical": True},
        {"channel_shift_intensity": 30.0},
        {"brightness": 0.5},
        {"flip_horizontal": True, "flip_vertical": True, "brightness": 1.2},
    ],
)
def test_given_changes_as_keras(changes):
    expected = keras_image().ImageDataGenerator().apply_transform(IMAGES[0], changes)
    ours = ImageDataGenerator().apply_transform(IMAGES[0], changes)
    np.testing.assert_allclose(ours, expected, rtol=1e-6)


def test_brightness_in_another_layout_than_that_of_the_process():
    expected = ImageDataGenerator().apply_transform(IMAGES[0], {"brightness": 0.5})
    first = ImageDataGenerator(data_format="channels_first")
    found = first.apply_transform(IMAGES[0].transpose(2, 0, 1), {"brightness": 0.5})
    np.testing.assert_array_equal(found.transpose(1, 2, 0), expected)


def test_random_changes_stay_in_their_ranges():
    generator = ImageDataGenerator(
        rotation_range=20, width_shift_range=0.5, height_shift_range=3, shear_range=5,
        zoom_range=(0.8, 1.1), channel_shift_range=9, brightness_range=(0.5, 1.5),
        horizontal_flip=True,
    )  # fmt: skip
    drawn = [generator.get_random_transform((10, 40, 3), seed) for seed in range(200)]
    column = lambda name: np.array([changes[name] for changes in drawn])  # noqa: E731
    assert np.abs(column("theta")).max() <= 20
    assert set(column("tx")) == {-2, -1, 0, 1, 2}
    assert 15 < np.abs(column("ty")).max() <= 20
    assert np.abs(column("shear")).max() <= 5
    assert 0.8 <= column("zx").min() < column("zy").max() <= 1.1
    assert np.abs(column("channel_shift_intensity")).max() <= 9
    assert 0.5 <= column("brightness").min() < column("brightness").max() <= 1.5
    assert 60 < column("flip_horizontal").sum() < 140
    assert not column("flip_vertical").any()
    assert generator.get_random_transform((10, 40, 3), 7) == drawn[7]


def test_a_list_of_shifts():
    generator = ImageDataGenerator(width_shift_range=[0.25, 0.5], height_shift_range=[2, 5])
    drawn = [generator.get_random_transform((8, 8, 3), seed) for seed in range(60)]
    assert {changes["ty"] for changes in drawn} == {-4, -2, 2, 4}
    assert {changes["tx"] for changes in drawn} == {-5, -2, 2, 5}


def test_fit_on_changed_images():
    generator = ImageDataGenerator(featurewise_center=True, horizontal_flip=True)
    generator.fit(IMAGES, augment=True, rounds=2, seed=1)
    np.testing.assert_allclose(generator.mean[0, 0], IMAGES.mean((0, 1, 2)), rtol=1e-4)


def test_zca_whitens():
    x = RNG.normal(size=(400, 2, 2, 1)).astype("float32")
    x[:, 0] += x[:, 1]
    generator = ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    generator.fit(x)
    white = generator.standardize(x.copy()).reshape(400, 4)
    np.testing.assert_allclose(white.T @ white / 400, np.eye(4), atol=1e-2)


def test_fit_trains_a_model():
    model = addax.Sequential([addax.layers.Flatten(), addax.layers.Dense(12)])
    model.compile("adam", addax.losses.SparseCategoricalCrossentropy(from_logits=True))
    generator = ImageDataGenerator(rescale=1 / 255, rotation_range=10)
    flow = generator.flow(IMAGES, LABELS, batch_size=5, seed=1)
    history = model.fit(flow, epochs=3, verbose=0, validation_data=flow)
    assert len(history.history["val_loss"]) == 3
    assert model.predict(generator.flow(IMAGES, batch_size=5, shuffle=False), verbose=0).shape == (
        12, 12,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "change"),
    [
        ({"zca_whitening": True}, {"featurewise_center": True}),
        ({"featurewise_std_normalization": True}, {"featurewise_center": True}),
        ({"samplewise_std_normalization": True}, {"samplewise_center": True}),
        (
            {"zca_whitening": True, "featurewise_center": True,
             "featurewise_std_normalization": True},
            {"featurewise_std_normalization": False},
        ),
    ],
)  # fmt: skip
def test_arguments_switch_on_what_they_need(arguments, change):
    with pytest.warns(UserWarning, match="sets"):
        generator = ImageDataGenerator(**arguments)
    assert {name: getattr(generator, name) for name in change} == change


def test_unfitted_generator_warns():
    with pytest.warns(UserWarning, match="Call `fit`"):
        ImageDataGenerator(featurewise_center=True).standardize(IMAGES[0].copy())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"zoom_range": (1, 2, 3)}, "zoom_range"),
        ({"brightness_range": 2}, "brightness_range"),
        ({"validation_split": 1.5}, "validation_split"),
        ({"data_format": "last"}, "data_format"),
        ({"fill_mode": "mirror"}, "fill_mode"),
    ],
)
def test_bad_arguments(arguments, words):
    with pytest.raises(ValueError, match=words):
        ImageDataGenerator(**arguments)


def test_fit_needs_images():
    with pytest.raises(ValueError, match="rank 4"):
        ImageDataGenerator().fit(IMAGES[0])

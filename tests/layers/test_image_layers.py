"""Layers that change images: against Keras where they are fixed, else what must hold."""

import json

import jax
import keras
import numpy as np
import pytest

import addax
from addax import layers
from addax.core.variable import functionalize
from tests.quick import QUICK

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (4, 8, 10, 3)).astype("float32")

# name, arguments that leave nothing to chance
FIXED = [
    ("AutoContrast", {}),
    ("AutoContrast", {"value_range": (-1, 300)}),
    ("Equalization", {}),
    ("Equalization", {"bins": 16}),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (2, 3)}),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"clip_limit": 0, "tile_grid_size": (3, 3)}),
    ("Solarization", {}),
    ("Solarization", {"value_range": (-300, 300)}),
    ("RandomInvert", {"factor": (1.0, 1.0)}),
    ("RandomGrayscale", {"factor": 1.0}),
    ("RandomColorDegeneration", {"factor": (0.4, 0.4)}),
    ("RandomHue", {"factor": (1.0, 1.0)}),
    ("RandomSaturation", {"factor": (0.3, 0.3)}),
    ("RandomSharpness", {"factor": (0.9, 0.9)}),
    ("RandomPosterization", {"factor": (3, 3)}),
    ("RandomGaussianBlur", {"factor": (1.0, 1.0), "sigma": (0.8, 0.8), "kernel_size": (3, 5)}),
    ("RandomColorJitter", {"brightness_factor": (0.1, 0.1), "contrast_factor": (0.0, 0.0)}),
]


@pytest.mark.parametrize(("name", "options"), FIXED, ids=lambda value: str(value))
def test_without_chance_like_keras(name, options):
    ours, theirs = getattr(layers, name)(**options), getattr(keras.layers, name)(**options)
    expected = np.asarray(by_keras(theirs, IMAGES))
    np.testing.assert_allclose(compiled(ours)(IMAGES), expected, atol=0.01)
    first = getattr(layers, name)(**options, data_format="channels_first")
    turned = np.asarray(compiled(first)(IMAGES.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(turned.transpose(0, 2, 3, 1), expected, atol=0.01)


RANDOM = [
    layers.RandomFlip(seed=1),
    layers.RandomRotation(0.2, seed=1),
    layers.RandomTranslation(0.2, 0.3, seed=1),
    layers.RandomZoom(0.3, seed=1),
    layers.RandomContrast(0.3, seed=1),
    layers.RandomBrightness(0.3, seed=1),
    layers.RandomShear(0.2, 0.3, seed=1),
    layers.RandomPerspective((1.0, 1.0), scale=0.3, seed=1),
    layers.RandomElasticTransform((1.0, 1.0), (0.5, 1.0), seed=1),
    layers.RandomErasing((1.0, 1.0), seed=1),
    layers.RandomErasing((1.0, 1.0), fill_value=[1.0, 2.0, 3.0], seed=1),
    layers.RandomInvert(seed=1),
    layers.RandomGrayscale(seed=1),
    layers.RandomColorDegeneration(0.5, seed=1),
    layers.RandomHue(0.5, seed=1),
    layers.RandomSaturation(1.0, seed=1),
    layers.RandomSharpness(1.0, seed=1),
    layers.RandomPosterization(5, seed=1),
    layers.RandomGaussianBlur((1.0, 1.0), 5, (0.5, 1.0), seed=1),
    layers.RandomColorJitter((0, 255), 0.2, 0.2, 0.7, 0.2, seed=1),
    layers.Solarization(0.1, 0.8, seed=1),
    layers.CutMix((1.0, 1.0), seed=1),
    layers.MixUp(2.0, seed=1),
    layers.RandAugment(num_ops=2, factor=0.5, seed=1),
    layers.AugMix(seed=1),
]


def again(layer):
    """Return a copy made from the config as JSON would hold it."""
    return type(layer).from_config(json.loads(json.dumps(layer.get_config())))


def compiled(layer):
    """Return the layer's training call, compiled as a whole, which is quicker than op by op."""
    variables = layer.variables

    def call(images):
        return layer(images, training=True)

    step = jax.jit(functionalize(call, variables), compiler_options=QUICK)
    return lambda images: step([v.raw for v in variables], images)[0]


def by_keras(layer, images):
    """Return what Keras' layer returns in training, by one compiled program."""
    if isinstance(layer, keras.layers.Equalization):  # slow to compile as a whole
        return layer(images, training=True)
    layer.build(images.shape)
    state = [variable.value for variable in layer.non_trainable_variables]

    def call(state, images):
        return layer.stateless_call([], state, images, training=True)[0]

    return jax.jit(call, compiler_options=QUICK)(state, images)


@pytest.mark.parametrize("layer", RANDOM, ids=lambda layer: layer.name)
def test_random_layers(layer):
    np.testing.assert_array_equal(layer(IMAGES, training=False), IMAGES)
    one, two = (np.asarray(compiled(again(layer))(IMAGES)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.shape == IMAGES.shape
    assert np.abs(one - IMAGES).max() > 1
    assert one.min() >= -1e-3
    assert one.max() <= 255.001
    assert layer.compute_output_shape((None, 8, 10, 3)) == (None, 8, 10, 3)
    assert layer.compute_output_shape((8, 10, 3)) == (8, 10, 3)


@pytest.mark.parametrize("layer", RANDOM, ids=lambda layer: layer.name)
def test_configs_of_random_layers(layer):
    name = type(layer).__name__
    if name != "RandomShear":  # Keras refuses the ranges that it writes
        theirs = getattr(keras.layers, name).from_config(layer.get_config())
        missing = {*theirs.get_config()} - {*layer.get_config()}
        assert not missing
        type(layer).from_config(theirs.get_config())


def test_random_layers_compile_and_train():
    model = addax.Sequential(
        [
            layers.Input((8, 10, 3)),
            layers.RandAugment(seed=1),
            layers.RandomCrop(6, 6, seed=1),
            layers.RandomElasticTransform(seed=1),
            layers.RandomGaussianBlur(seed=1),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    model.fit(IMAGES / 255, np.zeros((4, 1)), epochs=2, batch_size=2, verbose=0)
    assert model.predict(IMAGES, verbose=0).shape == (4, 1)


def test_random_crop_takes_one_place_for_the_batch():
    layer = layers.RandomCrop(3, 4, seed=1)
    places = set()
    for _ in range(30):
        out = np.asarray(layer(IMAGES, training=True))
        found = [
            (i, j)
            for i in range(6)
            for j in range(7)
            if np.array_equal(out, IMAGES[:, i : i + 3, j : j + 4])
        ]
        places.update(found)
        assert len(found) == 1
    assert len(places) > 10
    assert max(i for i, _ in places) == 5
    assert layer(IMAGES, training=False).shape == (4, 3, 4, 3)
    assert layer.compute_output_shape((None, 8, 10, 3)) == (None, 3, 4, 3)


def test_random_erasing_fills_a_rectangle_of_the_given_area():
    images = np.ones((50, 20, 20, 1), "float32")
    out = np.asarray(layers.RandomErasing(1.0, (0.2, 0.3), 9.0, seed=2)(images, training=True))
    shares = (out == 9).mean(axis=(1, 2, 3))
    assert 0.3 < (shares > 0).mean() < 0.7  # the probability is itself uniform in [0, 1]
    assert np.all((shares == 0) | (np.abs(shares - 0.25) < 0.13))


@pytest.mark.parametrize("name", ["CutMix", "MixUp"])
def test_mixing_mixes_labels_like_images(name):
    options = {"factor": (1.0, 1.0)} if name == "CutMix" else {"alpha": 1.0}
    layer = getattr(layers, name)(**options, seed=3)
    labels = np.eye(6, dtype="float32")
    images = np.ones((6, 16, 16, 6), "float32") * labels[:, None, None]
    out = layer({"images": images, "labels": labels}, training=True)
    shares = np.asarray(out["images"]).mean(axis=(1, 2))
    np.testing.assert_allclose(np.asarray(out["labels"]), shares, atol=0.13)
    np.testing.assert_allclose(np.asarray(out["labels"]).sum(1), 1, rtol=1e-5)
    with pytest.raises(ValueError, match=f"{name} mixes labels, so they must be one-hot"):
        layer({"images": images, "labels": np.arange(6)}, training=True)


def test_segmentation_masks_move_with_their_images():
    masks = IMAGES[..., :1]
    for layer in (layers.RandomFlip(seed=1), layers.RandomCrop(5, 5, seed=1)):
        data = layer({"images": IMAGES, "segmentation_masks": masks}, training=True)
        np.testing.assert_array_equal(
            np.asarray(data["images"])[..., :1], np.asarray(data["segmentation_masks"])
        )
    layer = layers.RandomRotation(0.2, seed=1)
    data = layer({"images": IMAGES, "segmentation_masks": np.round(masks)}, training=True)
    assert set(np.unique(data["segmentation_masks"])) <= set(np.unique(np.round(masks)))
    with pytest.raises(NotImplementedError, match="cannot change bounding boxes"):
        layer({"images": IMAGES, "bounding_boxes": {}}, training=True)


def test_max_num_bounding_boxes():
    options = {"max_number": 3, "bounding_box_format": "xyxy"}
    ours, theirs = (m.MaxNumBoundingBoxes(**options) for m in (layers, keras.layers))
    for count in (2, 5):
        boxes = {"boxes": RNG.uniform(size=(4, count, 4)), "labels": np.ones((4, count))}
        left = ours({"images": IMAGES, "bounding_boxes": dict(boxes)})["bounding_boxes"]
        right = theirs({"images": IMAGES, "bounding_boxes": dict(boxes)})["bounding_boxes"]
        for name in boxes:
            np.testing.assert_allclose(left[name], right[name], rtol=1e-6)
    assert ours.get_config()["max_number"] == theirs.get_config()["max_number"]


def test_pipeline():
    ours = layers.Pipeline([layers.Rescaling(2.0), layers.RandomFlip(seed=1)])
    np.testing.assert_array_equal(ours(IMAGES, training=False), 2 * IMAGES)
    theirs = keras.layers.Pipeline.from_config(ours.get_config())
    back = layers.Pipeline.from_config(theirs.get_config())
    np.testing.assert_array_equal(back(IMAGES, training=True), ours(IMAGES, training=True))
    with pytest.raises(ValueError, match="must be a list of layers"):
        layers.Pipeline(["flip"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RandomHue(2.0), r"`factor` of `RandomHue` must be .* in \[0, 1\]"),
        (lambda: layers.RandomPosterization(9), "from 1 to 8.* Received: factor=9"),
        (lambda: layers.RandomGaussianBlur(kernel_size=4), "`kernel_size` .* must be odd"),
        (lambda: layers.RandomInvert(value_range=3), "`value_range` of `RandomInvert`"),
        (lambda: layers.RandomCrop(0, 3), "`height` of `RandomCrop`"),
        (lambda: layers.MixUp(-1.0), "`alpha` of `MixUp` must be positive"),
        (lambda: layers.RandomInvert()(np.ones((2, 3))), "rank 3 or 4. Received: shape"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()

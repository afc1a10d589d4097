"""Preprocessing layers, and those that Keras 3 does not have."""

import keras
import numpy as np
import pytest

from addax import layers

RNG = np.random.default_rng(0)


def both(name, *args, **kwargs):
    return getattr(layers, name)(*args, **kwargs), getattr(keras.layers, name)(*args, **kwargs)


@pytest.mark.parametrize(
    "options", [{}, {"crop_to_aspect_ratio": True}, {"interpolation": "nearest"}]
)
def test_resizing(options):
    ours, theirs = both("Resizing", 4, 7, **options)
    x = RNG.normal(size=(2, 8, 6, 3)).astype("float32")
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-4, atol=1e-4)


def test_rescaling():
    ours, theirs = both("Rescaling", 1 / 255, offset=-0.5)
    x = RNG.integers(0, 255, (2, 4, 4, 3)).astype("uint8")
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5)
    assert layers.Rescaling.from_config(ours.get_config()).scale == ours.scale


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
def test_category_encoding(mode):
    ours, theirs = both("CategoryEncoding", 5, output_mode=mode)
    x = RNG.integers(0, 5, (4, 1 if mode == "one_hot" else 3))
    np.testing.assert_array_equal(ours(x), theirs(x))


def test_discretization_with_bounds():
    ours, theirs = both("Discretization", [-0.5, 0.0, 1.0])
    x = np.array([[-1.0, -0.5, 0.0], [0.3, 1.0, 9.0]], "float32")
    np.testing.assert_array_equal(ours(x), theirs(x))


def test_discretization_adapts_to_equal_shares():
    layer = layers.Discretization(num_bins=4)
    layer.adapt(np.arange(100.0))
    again = layers.Discretization.from_config(layer.get_config())
    assert again.bin_boundaries == layer.bin_boundaries
    keras.layers.Discretization.from_config(layer.get_config())
    np.testing.assert_array_equal(np.bincount(np.asarray(layer(np.arange(100.0)))), 25)


def test_locally_connected_has_a_kernel_for_each_place():
    layer = layers.LocallyConnected2D(3, (2, 3), strides=(1, 2))
    x = RNG.normal(size=(2, 4, 7, 2)).astype("float32")
    out = np.asarray(layer(x))
    kernel = np.asarray(layer.kernel)
    assert kernel.shape == (9, 12, 3)
    assert layer.bias.shape == (3, 3, 3)
    for place, (row, column) in enumerate(np.ndindex(3, 3)):
        window = x[:, row : row + 2, 2 * column : 2 * column + 3].reshape(2, -1)
        np.testing.assert_allclose(
            out[:, row, column], window @ kernel[place], rtol=1e-4, atol=1e-5
        )


def test_locally_connected_with_channels_first():
    layer = layers.LocallyConnected1D(3, 2, data_format="channels_first")
    assert layer(np.ones((2, 4, 6), "float32")).shape == (2, 3, 5)
    with pytest.raises(
        ValueError, match="`padding` of `LocallyConnected1D` must be one of 'valid'"
    ):
        layers.LocallyConnected1D(3, 2, padding="same")


IMAGES = RNG.uniform(0, 255, (64, 6, 8, 3)).astype("float32")


def test_random_flip_flips_each_image_by_itself():
    out = np.asarray(layers.RandomFlip("horizontal", seed=1)(IMAGES, training=True))
    same = np.array([np.array_equal(a, b) for a, b in zip(out, IMAGES, strict=True)])
    np.testing.assert_array_equal(out[~same], IMAGES[~same][:, :, ::-1])
    assert 0.25 < same.mean() < 0.75


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("RandomRotation", ((0.125, 0.125),)),
        ("RandomTranslation", ((0.25, 0.25), (-0.125, -0.125))),
        ("RandomZoom", ((0.3, 0.3), (-0.2, -0.2))),
    ],
)
@pytest.mark.parametrize("fill_mode", ["constant", "reflect", "nearest"])
def test_fixed_warps_match_keras(name, arguments, fill_mode):
    ours, theirs = both(name, *arguments, fill_mode=fill_mode)
    x = IMAGES[:2]
    np.testing.assert_allclose(ours(x, training=True), theirs(x, training=True), atol=0.05)


@pytest.mark.parametrize("size", [(4, 4), (3, 7), (9, 5)])
def test_center_crop(size):
    ours, theirs = both("CenterCrop", *size)
    np.testing.assert_allclose(ours(IMAGES[:2]), theirs(IMAGES[:2]), rtol=1e-4, atol=1e-2)

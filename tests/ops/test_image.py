"""Resizing against Keras."""

import keras
import numpy as np
import pytest

from addax import ops
from addax.core.tensor import Symbolic

IMAGES = np.random.default_rng(0).random((2, 7, 9, 3)).astype("float32")


@pytest.mark.parametrize("method", ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"])
@pytest.mark.parametrize("antialias", [False, True])
def test_same_as_keras(method, antialias):
    for size in ((14, 5), (3, 9)):
        ours = ops.image.resize(IMAGES, size, method, antialias)
        theirs = keras.ops.image.resize(IMAGES, size, method, antialias)
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("keep", ["crop_to_aspect_ratio", "pad_to_aspect_ratio"])
@pytest.mark.parametrize("size", [(4, 12), (12, 4), (5, 5)])
def test_aspect_ratio(keep, size):
    ours = ops.image.resize(IMAGES, size, **{keep: True})
    theirs = keras.ops.image.resize(IMAGES, size, **{keep: True})
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_formats_and_dtypes():
    first = np.moveaxis(IMAGES, -1, 1)
    ours = ops.image.resize(first, (4, 4), data_format="channels_first").numpy()
    np.testing.assert_allclose(
        np.moveaxis(ours, 1, -1), ops.image.resize(IMAGES, (4, 4)), rtol=1e-5
    )
    np.testing.assert_allclose(
        ops.image.resize(IMAGES[0], (4, 4)), np.moveaxis(ours[0], 0, -1), rtol=1e-5
    )
    assert ops.image.resize((IMAGES * 255).astype("uint8"), (4, 4)).dtype == "uint8"
    assert ops.image.resize(Symbolic((None, 7, 9, 3)), (4, 4)).shape == (None, 4, 4, 3)


def test_grayscale():
    gray = ops.image.rgb_to_grayscale(IMAGES)
    np.testing.assert_allclose(gray, keras.ops.image.rgb_to_grayscale(IMAGES), rtol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (4, 4), "interpolation": "cubic"}, "`interpolation` of `resize`"),
        ({"size": (4, 4), "fill_mode": "reflect"}, "`fill_mode`"),
        ({"size": (4,)}, "`size`"),
        (
            {"size": (4, 4), "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
            "Only one of",
        ),
    ],
)
def test_bad_values(options, message):
    with pytest.raises(ValueError, match=message):
        ops.image.resize(IMAGES, **options)
    with pytest.raises(ValueError, match="one image or a batch"):
        ops.image.resize(IMAGES[0, 0], (2, 2))

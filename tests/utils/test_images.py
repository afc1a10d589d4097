"""Images between files, Pillow and arrays, beside Keras."""

import io
import sys

import numpy as np
import pytest

from addax import Tensor, config, ops, utils
from addax.preprocessing.image import smart_resize
from addax.utils.resizing import INTERPOLATIONS, resize

RNG = np.random.default_rng(0)
IMAGE = RNG.uniform(0, 255, (6, 9, 3)).astype("float32")


def keras_utils():
    return pytest.importorskip("keras").utils


@pytest.mark.filterwarnings("ignore:.*mode.*parameter:DeprecationWarning")
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_arrays_and_images_as_keras(channels, scale, data_format):
    x = RNG.uniform(
        0, 250, (5, 4, channels) if data_format == "channels_last" else (channels, 5, 4)
    )
    ours = utils.array_to_img(x, data_format, scale)
    theirs = keras_utils().array_to_img(x, data_format, scale)
    assert (ours.mode, ours.size) == (theirs.mode, theirs.size) == (ours.mode, (4, 5))
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    for layout in (None, "channels_first"):
        mine, other = utils.img_to_array(ours, layout), keras_utils().img_to_array(theirs, layout)
        assert mine.dtype == other.dtype
        np.testing.assert_array_equal(mine, other)


def test_wide_grey_values_are_kept():
    image = utils.array_to_img(np.full((2, 2, 1), 1000.0), scale=False)
    assert image.mode == "I"
    assert utils.img_to_array(image, dtype="int32").max() == 1000


def test_an_even_image_is_black():
    assert utils.img_to_array(utils.array_to_img(np.full((2, 2, 3), 7.0))).max() == 0


def test_default_layout_is_that_of_the_process():
    config.set_image_data_format("channels_first")
    try:
        assert utils.img_to_array(np.zeros((2, 3))).shape == (1, 2, 3)
    finally:
        config.set_image_data_format("channels_last")


@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize("arguments", [
    {}, {"target_size": (3, 5)},
    {"target_size": (3, 3), "interpolation": "bicubic", "keep_aspect_ratio": True},
    {"target_size": (12, 4), "interpolation": "lanczos", "keep_aspect_ratio": True},
])  # fmt: skip
def test_loaded_images_as_keras(tmp_path, color_mode, arguments):
    path = tmp_path / "image.png"
    utils.save_img(path, IMAGE, scale=False)
    ours = utils.load_img(path, color_mode, **arguments)
    theirs = keras_utils().load_img(path, color_mode, **arguments)
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_paths_of_all_kinds(tmp_path):
    path = tmp_path / "image.bmp"
    utils.save_img(str(path), IMAGE, scale=False)
    content = io.BytesIO(path.read_bytes())
    for place in (path, str(path), str(path).encode(), content):
        np.testing.assert_array_equal(np.asarray(utils.load_img(place)), IMAGE.astype("uint8"))


def test_transparency_is_lost_in_jpeg(tmp_path):
    with pytest.warns(UserWarning, match="JPEG"):
        utils.save_img(tmp_path / "x.jpg", np.zeros((4, 4, 4)))
    assert utils.load_img(tmp_path / "x.jpg").size == (4, 4)


@pytest.mark.parametrize(
    "interpolation", ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]
)
@pytest.mark.parametrize("size", [(4, 4), (13, 5), (3, 20)])
def test_resizing_as_keras(interpolation, size):
    keras = pytest.importorskip("keras")
    expected = keras.ops.image.resize(IMAGE, size, interpolation=interpolation)
    np.testing.assert_allclose(resize(IMAGE, size, interpolation), expected, atol=0.02)
    smart = keras.preprocessing.image.smart_resize(IMAGE, size, interpolation)
    np.testing.assert_allclose(smart_resize(IMAGE, size, interpolation), smart, atol=0.02)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_an_even_image_stays_even(interpolation):
    np.testing.assert_allclose(resize(np.full((5, 7, 2), 9.0), (8, 3), interpolation), 9, rtol=1e-5)


def test_area_is_the_mean():
    blocks = IMAGE.reshape(3, 2, 3, 3, 3).mean((1, 3))
    np.testing.assert_allclose(resize(IMAGE, (3, 3), "area"), blocks, rtol=1e-5)


def test_smart_resize_of_batches_and_tensors():
    batch = np.stack([IMAGE, IMAGE[::-1]])
    one = smart_resize(IMAGE, (4, 4))
    np.testing.assert_allclose(smart_resize(batch, (4, 4))[0], one, rtol=1e-5)
    first = smart_resize(IMAGE.transpose(2, 0, 1), (4, 4), data_format="channels_first")
    np.testing.assert_allclose(first.transpose(1, 2, 0), one, rtol=1e-5)
    assert isinstance(smart_resize(ops.convert_to_tensor(IMAGE), (4, 4)), Tensor)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: utils.array_to_img(np.zeros((2, 2))), ValueError, "rank 3"),
        (lambda: utils.array_to_img(np.zeros((2, 2, 2))), ValueError, "1, 3 or 4"),
        (lambda: utils.array_to_img(IMAGE, "last"), ValueError, "data_format"),
        (lambda: utils.img_to_array(np.zeros(3)), ValueError, "rank 2 or 3"),
        (lambda: utils.load_img(3), TypeError, "must be a path"),
        (lambda: utils.load_img("x", "bgr"), ValueError, "color_mode"),
        (lambda: utils.load_img("none.png"), FileNotFoundError, "none.png"),
        (lambda: smart_resize(IMAGE, 3), ValueError, "height, width"),
        (lambda: smart_resize(IMAGE, (3, 0)), ValueError, "positive"),
        (lambda: smart_resize(IMAGE[0], (3, 3)), ValueError, "rank 3 or 4"),
        (lambda: smart_resize(IMAGE, (3, 3), "cubic"), ValueError, "interpolation"),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"addax\[image\]"):
        utils.load_img("x.png")

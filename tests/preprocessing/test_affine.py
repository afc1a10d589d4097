"""Changes of single images: closed forms, and Keras where its axes are right."""

import sys

import numpy as np
import pytest

from addax.preprocessing import image

LAST = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
IMAGE = np.random.default_rng(0).uniform(0, 255, (7, 7, 3)).astype("float32")


def keras_image():
    return pytest.importorskip("keras.src.legacy.preprocessing.image")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"theta": 30},
        {"tx": 2, "ty": -1.5},
        {"shear": 20},
        {"zx": 0.7, "zy": 1.3},
        {"theta": -10, "tx": 1, "shear": 5, "zx": 0.9, "zy": 1.1},
    ],
)
@pytest.mark.filterwarnings("ignore:Please import:DeprecationWarning")
@pytest.mark.parametrize("fill", [{}, {"fill_mode": "constant", "cval": 3.0, "order": 0}])
def test_square_images_as_keras(changes, fill):
    ours = image.apply_affine_transform(IMAGE, **changes, **fill, **LAST)
    # Keras leaves its matrix as it is, rows first, when it is told that columns come first.
    theirs = keras_image().apply_affine_transform(
        IMAGE, **changes, **fill, row_axis=1, col_axis=0, channel_axis=2
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-3)


def test_axes_in_any_order_do_the_same():
    wide = IMAGE[:4]
    expected = image.apply_affine_transform(wide, theta=15, tx=1, shear=4, zy=0.8, **LAST)
    first = image.apply_affine_transform(
        wide.transpose(2, 0, 1), theta=15, tx=1, shear=4, zy=0.8,
        row_axis=1, col_axis=2, channel_axis=0,
    )  # fmt: skip
    turned = image.apply_affine_transform(
        wide.transpose(1, 0, 2), theta=15, tx=1, shear=4, zy=0.8,
        row_axis=1, col_axis=0, channel_axis=2,
    )  # fmt: skip
    np.testing.assert_allclose(first.transpose(1, 2, 0), expected, rtol=1e-5)
    np.testing.assert_allclose(turned.transpose(1, 0, 2), expected, rtol=1e-4, atol=1e-3)


def test_oblong_images_turn_about_their_centre():
    wide = np.arange(12.0).reshape(2, 6, 1)
    turned = image.apply_affine_transform(wide, theta=180, **LAST)
    np.testing.assert_allclose(turned, wide[::-1, ::-1], atol=1e-9)


def test_shifts_by_pixels():
    square = np.arange(9.0).reshape(3, 3, 1)
    down = image.apply_affine_transform(square, tx=1, **LAST)[:, :, 0]
    np.testing.assert_array_equal(down, square[[1, 2, 2], :, 0])
    side = image.apply_affine_transform(square, ty=1, fill_mode="constant", cval=-1, **LAST)
    np.testing.assert_array_equal(side[:, :, 0], [[1, 2, -1], [4, 5, -1], [7, 8, -1]])


def test_channel_and_brightness_shifts_as_keras():
    for shift in (-20, 40):
        np.testing.assert_allclose(
            image.apply_channel_shift(IMAGE, shift, 2),
            keras_image().apply_channel_shift(IMAGE, shift, 2),
        )
    for x in (IMAGE, IMAGE / 300 - 0.5, IMAGE * 3):
        for scale in (True, False):
            np.testing.assert_array_equal(
                image.apply_brightness_shift(x, 0.6, scale),
                keras_image().apply_brightness_shift(x, 0.6, scale),
            )


@pytest.mark.parametrize(
    "change",
    [
        lambda x, **k: image.random_rotation(x, 40, **LAST, **k),
        lambda x, **k: image.random_shift(x, 0.3, 0.3, **LAST, **k),
        lambda x, **k: image.random_shear(x, 30, **LAST, **k),
        lambda x, **k: image.random_zoom(x, (0.5, 0.9), **LAST, **k),
        lambda x, **k: image.random_channel_shift(x, 30, 2, **k),
        lambda x, **k: image.random_brightness(x, (0.2, 0.8), **k),
    ],
)
def test_random_changes_follow_the_seed(change):
    first = change(IMAGE, seed=1)
    assert first.shape == IMAGE.shape
    assert not np.array_equal(first, IMAGE)
    np.testing.assert_array_equal(first, change(IMAGE, seed=1))
    assert not np.array_equal(first, change(IMAGE, seed=2))
    before = np.random.get_state()[1].copy()
    change(IMAGE)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: image.apply_affine_transform(IMAGE, 1, row_axis=0, col_axis=0), "some order"),
        (lambda: image.apply_affine_transform(IMAGE, 1, row_axis=0, col_axis=2, channel_axis=1),
         "first or last"),
        (lambda: image.apply_affine_transform(IMAGE[0], 1), "rank 3"),
        (lambda: image.random_zoom(IMAGE, (1, 2, 3)), "zoom_range"),
        (lambda: image.random_brightness(IMAGE, 2), "brightness_range"),
    ],
)  # fmt: skip
def test_bad_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    ("missing", "call"),
    [
        ("scipy.ndimage", lambda: image.apply_affine_transform(IMAGE, 1, **LAST)),
        ("PIL.ImageEnhance", lambda: image.apply_brightness_shift(IMAGE, 0.5)),
    ],
)
def test_the_extra_is_named(monkeypatch, missing, call):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"addax\[image\]"):
        call()

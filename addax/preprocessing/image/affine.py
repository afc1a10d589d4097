"""Single images, moved and coloured: what `ImageDataGenerator` does to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.core.variable import default_seed, host_generator
from addax.utils.images import array_to_img, img_to_array, optional


def generator(seed: int | np.random.Generator | None) -> np.random.Generator:
    """Return the random numbers of a seed; of the global seed for None."""
    if isinstance(seed, np.random.Generator):
        return seed
    return host_generator(default_seed() if seed is None else int(seed))


def _rotation(theta: float) -> np.ndarray:
    cos, sin = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def _shear(angle: float) -> np.ndarray:
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.array([[1, -sin, 0], [0, cos, 0], [0, 0, 1]])


def _translation(x: float, y: float) -> np.ndarray:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])


def _check_axes(x: np.ndarray, row_axis: int, col_axis: int, channel_axis: int) -> None:
    axes = (row_axis, col_axis, channel_axis)
    if sorted(axes) != [0, 1, 2] or channel_axis == 1:
        raise ValueError(
            "`row_axis`, `col_axis` and `channel_axis` must be 0, 1 and 2 in some order, with the "
            f"channels first or last. Received: {axes}"
        )
    if x.ndim != 3:
        raise ValueError(f"`x` must be one image of rank 3. Received shape: {x.shape}")


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """Return an image that is rotated, shifted, sheared and zoomed about its centre.

    `tx`, `zx` and `height_shift_range` mean rows, as in Keras up to 2.11. Later versions swap the
    axes, so that a shift in height moves the columns and oblong images turn about another point.

    Args:
        x: image of rank 3.
        theta: rotation in degrees.
        tx: shift in pixels along the rows' axis.
        ty: shift along the columns' axis.
        shear: angle in degrees.
        zx: zoom along the rows' axis; smaller than 1 enlarges.
        zy: zoom along the columns' axis.
        row_axis: which axis of `x` counts rows.
        col_axis: which counts columns.
        channel_axis: which counts channels, 0 or 2.
        fill_mode: what lies beyond the edges: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
        cval: the value beyond the edges for `"constant"`.
        order: of the spline between pixels, 0 to 5.

    Raises:
        ValueError: for axes that are no axes of an image.
        ImportError: without SciPy.

    Example:
        >>> image = np.arange(4.0).reshape(2, 2, 1)
        >>> axes = dict(row_axis=0, col_axis=1, channel_axis=2)
        >>> apply_affine_transform(image, tx=1, **axes)[:, :, 0]
        array([[2., 3.],
               [2., 3.]])
    """
    _check_axes(x, row_axis, col_axis, channel_axis)
    if (theta, tx, ty, shear, zx, zy) == (0, 0, 0, 0, 1, 1):
        return x
    zoom = np.diag([zx, zy, 1.0])
    centre = _translation(x.shape[row_axis] / 2 - 0.5, x.shape[col_axis] / 2 - 0.5)
    moves = _rotation(theta) @ _translation(tx, ty) @ _shear(shear) @ zoom
    matrix = centre @ moves @ np.linalg.inv(centre)
    if col_axis < row_axis:  # the matrix counts rows first, and this array does not
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    ndimage = optional("scipy.ndimage", "SciPy", "apply_affine_transform")
    channels = [
        ndimage.affine_transform(
            channel, matrix[:2, :2], matrix[:2, 2], order=order, mode=fill_mode, cval=cval
        )
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.stack(channels, axis=channel_axis)


def apply_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """Return an image with a number added, kept between its smallest and largest value.

    Args:
        x: image of rank 3.
        intensity: what to add.
        channel_axis: accepted for compatibility: all channels are shifted alike.

    Example:
        >>> apply_channel_shift(np.array([[[0.0, 2.0]]]), 1.0)
        array([[[1., 2.]]])
    """
    return np.clip(x + intensity, x.min(), x.max())


def apply_brightness_shift(x: np.ndarray, brightness: float, scale: bool = True) -> np.ndarray:
    """Return an image with another brightness.

    Args:
        x: image of rank 3, in the layout of `image_data_format()`.
        brightness: factor; 0 is black, 1 the image itself.
        scale: whether the smallest value becomes 0 and the largest 255 before; when False, an
            image outside 0 to 255 comes back in its own range.

    Raises:
        ImportError: without Pillow.

    Example:
        >>> apply_brightness_shift(np.full((1, 1, 1), 100.0), 0.5, scale=False)
        array([[[50.]]], dtype=float32)
    """
    enhance = optional("PIL.ImageEnhance", "Pillow", "apply_brightness_shift")
    low, high = x.min(), x.max()
    is_outside = low < 0 or high > 255
    image = array_to_img(x, scale=is_outside or scale)
    shifted = img_to_array(enhance.Brightness(image).enhance(brightness))
    return shifted / 255 * (high - low) + low if is_outside and not scale else shifted


def _range(owner: str, name: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != 2:
        raise ValueError(f"`{name}` of `{owner}` must be two numbers. Received: {value!r}")
    return float(value[0]), float(value[1])


def random_rotation(
    x: np.ndarray,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
    seed: int | None = None,
) -> np.ndarray:
    """Return an image rotated by a random angle of at most `rg` degrees.

    The other arguments are those of `apply_affine_transform`; `seed` is that of the angle, by
    default drawn from the global seed.
    """
    theta = generator(seed).uniform(-rg, rg)
    return apply_affine_transform(
        x, theta=theta, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
    seed: int | None = None,
) -> np.ndarray:
    """Return an image shifted by at most the shares `wrg` of its width, `hrg` of its height.

    The other arguments are those of `random_rotation`.
    """
    random = generator(seed)
    tx = random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shear(
    x: np.ndarray,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
    seed: int | None = None,
) -> np.ndarray:
    """Return an image sheared by a random angle of at most `intensity` degrees.

    The other arguments are those of `random_rotation`.
    """
    shear = generator(seed).uniform(-intensity, intensity)
    return apply_affine_transform(
        x, shear=shear, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_zoom(
    x: np.ndarray,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
    seed: int | None = None,
) -> np.ndarray:
    """Return an image zoomed by two random factors out of `zoom_range`, for height and width.

    The other arguments are those of `random_rotation`.
    """
    zx, zy = generator(seed).uniform(*_range("random_zoom", "zoom_range", zoom_range), 2)
    return apply_affine_transform(
        x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_channel_shift(
    x: np.ndarray, intensity_range: float, channel_axis: int = 0, seed: int | None = None
) -> np.ndarray:
    """Return an image with a random number of at most `intensity_range` added."""
    shift = generator(seed).uniform(-intensity_range, intensity_range)
    return apply_channel_shift(x, shift, channel_axis)


def random_brightness(
    x: np.ndarray, brightness_range: Sequence[float], scale: bool = True, seed: int | None = None
) -> np.ndarray:
    """Return an image with a random brightness out of a range; see `apply_brightness_shift`."""
    low, high = _range("random_brightness", "brightness_range", brightness_range)
    return apply_brightness_shift(x, generator(seed).uniform(low, high), scale)

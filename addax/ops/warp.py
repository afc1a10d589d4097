"""Images seen through another system of coordinates."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from addax import config, errors
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float
from addax.ops.filters import blur
from addax.ops.random import Seed, draw_key

_ORDERS = {"nearest": 0, "bilinear": 1}


def _mirrored(index: Any, size: int) -> Any:
    period = max(2 * (size - 1), 1)
    place = xp.mod(index, period)
    return xp.where(place >= size, period - place, place)


def _reflected(index: Any, size: int) -> Any:
    place = xp.mod(index, 2 * size)
    return xp.where(place >= size, 2 * size - 1 - place, place)


# Where to look for an index outside of the image.
_FILL_MODES: dict[str, Callable[[Any, int], Any]] = {
    "constant": lambda index, size: xp.clip(index, 0, size - 1),
    "nearest": lambda index, size: xp.clip(index, 0, size - 1),
    "wrap": xp.mod,
    "mirror": _mirrored,
    "reflect": _reflected,
}


def _sampled(x: Any, coordinates: Sequence[Any], order: int, mode: str, value: Any) -> Any:
    """Return `x` at real coordinates of its first axes; further axes come along.

    Args:
        x: array.
        coordinates: one array of any shape per axis of `x` that is sampled.
        order: 0, the nearest entry, or 1, linear between entries.
        mode: key of `_FILL_MODES`.
        value: what lies outside, for `"constant"`.
    """
    corners = [_corners(along, order) for along in coordinates]
    extra = (1,) * (x.ndim - len(coordinates))
    total = 0
    for combination in itertools.product(*corners):
        weight: Any = 1
        inside: Any = True
        index = []
        for (place, share), size in zip(combination, x.shape, strict=False):
            index.append(_FILL_MODES[mode](place, size))
            inside = xp.logical_and(inside, xp.logical_and(place >= 0, place < size))
            weight = weight * share
        found = x[tuple(index)]
        if mode == "constant":
            found = xp.where(xp.reshape(inside, inside.shape + extra), found, value)
        total = total + found * xp.reshape(weight, xp.shape(weight) + extra)
    return total


def _corners(along: Any, order: int) -> list[tuple[Any, Any]]:
    """Return the entries next to each coordinate, with their weights."""
    if order == 0:
        nearest = xp.sign(along) * xp.floor(xp.abs(along) + 0.5)
        return [(nearest.astype("int32"), xp.ones_like(along))]
    low = xp.floor(along)
    share = along - low
    first = low.astype("int32")
    return [(first, 1 - share), (first + 1, share)]


def _as_dtype_of(result: Any, original: Any) -> Any:
    rounded = xp.round(result) if original.dtype.kind in "iu" else result
    return rounded.astype(original.dtype)


@op
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: Any = 0
) -> Any:
    """Return `inputs` at real coordinates.

    Args:
        inputs: tensor.
        coordinates: tensor `(rank of inputs, ...)`, in entries from 0.
        order: 0, the nearest entry, or 1, linear between entries.
        fill_mode: what lies outside: `"constant"`, `"nearest"`, `"wrap"`, `"mirror"` or
            `"reflect"` (which repeats the edge).
        fill_value: the constant.

    Returns: tensor `(...)` in the dtype of `inputs`.

    Raises:
        ValueError: for another order, mode or number of coordinates.

    Example:
        >>> map_coordinates([1.0, 3.0], [[0.5, 1.0, 1.5]], order=1).numpy()
        array([2. , 3. , 1.5], dtype=float32)
    """
    errors.one_of("map_coordinates", "order", order, (0, 1))
    errors.one_of("map_coordinates", "fill_mode", fill_mode, tuple(_FILL_MODES))
    inputs = as_array(inputs)
    along = [as_float(axis) for axis in coordinates]
    if len(along) != inputs.ndim:
        raise ValueError(
            "`coordinates` of `map_coordinates` must have one entry per axis of `inputs`. "
            f"Received: {len(along)} for shape {tuple(inputs.shape)}"
        )
    return _as_dtype_of(_sampled(inputs, along, order, fill_mode, fill_value), inputs)


def _warp(
    name: str,
    images: Any,
    places: Callable[[Any, Any], tuple[Any, Any]],
    interpolation: str,
    fill_mode: str,
    fill_value: Any,
    data_format: str | None,
) -> Any:
    """Return the images, each seen at other places.

    Args:
        name: of the op, for messages.
        images: one image or a batch.
        places: from rows `(height, 1)` and columns `(width,)` of the result to those
            to look at, each `(batch, height, width)` or `(1, height, width)`.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside.
        fill_value: the constant.
        data_format: where the channels are.
    """
    errors.one_of(name, "interpolation", interpolation, tuple(_ORDERS))
    errors.one_of(name, "fill_mode", fill_mode, tuple(_FILL_MODES))
    images = as_array(images)
    if images.ndim not in (3, 4):
        raise ValueError(
            f"`{name}` expects one image or a batch. Received: shape {tuple(images.shape)}"
        )
    first = config.standardize_data_format(data_format) == "channels_first"
    batch = images if images.ndim == 4 else images[None]
    batch = xp.moveaxis(batch, 1, -1) if first else batch
    size = batch.shape[:3]
    grid = xp.arange(size[1], dtype="float32")[:, None], xp.arange(size[2], dtype="float32")
    rows, columns = (xp.broadcast_to(found, size) for found in places(*grid))

    def one_image(image: Any, rows: Any, columns: Any) -> Any:
        return _sampled(image, (rows, columns), _ORDERS[interpolation], fill_mode, fill_value)

    result = _as_dtype_of(engine.vmap(one_image)(batch, rows, columns), images)
    result = xp.moveaxis(result, -1, 1) if first else result
    return result if images.ndim == 4 else result[0]


def _parameters(transform: Any) -> list[Any]:
    """Return the 8 numbers of one transform or of each, as `(batch, 1, 1)`."""
    rows = xp.reshape(transform, (-1, 8))
    return [rows[:, i, None, None] for i in range(8)]


@op
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: Any = 0,
    data_format: str | None = None,
) -> Any:
    """Show at `(x, y)` what lies at `(a0 x + a1 y + a2, b0 x + b1 y + b2)`.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        transform: `[a0, a1, a2, b0, b1, b2, c0, c1]`, or one such row per image; `c0` and
            `c1` are ignored. No gradient flows to it.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside: `"constant"`, `"nearest"`, `"wrap"`, `"mirror"` or
            `"reflect"` (which repeats the edge).
        fill_value: the constant.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Example:
        >>> image = [[[1.0], [2.0], [3.0]]]
        >>> affine_transform(image, [1, 0, 1, 0, 1, 0, 0, 0]).numpy().ravel()
        array([2., 3., 0.], dtype=float32)
    """
    transform = engine.stop_gradient(as_float(transform))
    if transform.ndim not in (1, 2):
        raise ValueError(
            "`transform` of `affine_transform` must be of shape (8,) or (batch, 8). "
            f"Received: shape {tuple(transform.shape)}"
        )
    a0, a1, a2, b0, b1, b2, _, _ = _parameters(transform)

    def places(rows: Any, columns: Any) -> tuple[Any, Any]:
        return b0 * columns + b1 * rows + b2, a0 * columns + a1 * rows + a2

    options = (interpolation, fill_mode, fill_value, data_format)
    return _warp("affine_transform", images, places, *options)


def _perspective(start: Any, end: Any) -> Any:
    """Return `[a0, ..., c1]` of the transforms that take end points to start points."""
    start, end = xp.reshape(start, (-1, 4, 2)), xp.reshape(end, (-1, 4, 2))
    x, y = end[..., 0], end[..., 1]
    one, zero = xp.ones_like(x), xp.zeros_like(x)
    u, v = start[..., 0], start[..., 1]
    for_u = xp.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=-1)
    for_v = xp.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=-1)
    matrix = xp.concatenate([for_u, for_v], axis=1)
    right = xp.concatenate([u, v], axis=1)[..., None]
    return engine.linalg.solve(matrix, right)[..., 0]


@op
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: Any = 0,
    data_format: str | None = None,
) -> Any:
    """Move four points of images, and all others as in a photograph from elsewhere.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        start_points: `(x, y)` of four points, `(4, 2)` or `(batch, 4, 2)`, in pixels.
        end_points: where they go.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_value: what lies outside.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    start, end = as_float(start_points), as_float(end_points)
    if start.shape != end.shape or start.shape[-2:] != (4, 2):
        raise ValueError(
            "`start_points` and `end_points` of `perspective_transform` must be of one shape, "
            f"(4, 2) or (batch, 4, 2). Received: shapes {tuple(start.shape)}, {tuple(end.shape)}"
        )
    a0, a1, a2, b0, b1, b2, c0, c1 = _parameters(_perspective(start, end))

    def places(rows: Any, columns: Any) -> tuple[Any, Any]:
        depth = c0 * columns + c1 * rows + 1
        y, x = b0 * columns + b1 * rows + b2, a0 * columns + a1 * rows + a2
        return y / depth, x / depth

    options = (interpolation, "constant", fill_value, data_format)
    return _warp("perspective_transform", images, places, *options)


def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Seed = None,
    data_format: str | None = None,
) -> Any:
    """Distort images by a smooth random field.

    Args:
        images: tensor `(batch, height, width, channels)` or without the batch; channels
            come first with `data_format="channels_first"`.
        alpha: strength; 0 changes nothing.
        sigma: standard deviation of the noise, and of the Gaussian that smooths it.
        interpolation: `"nearest"` or `"bilinear"`.
        fill_mode: what lies outside: `"constant"`, `"nearest"`, `"wrap"`, `"mirror"` or
            `"reflect"` (which repeats the edge).
        fill_value: the constant.
        seed: int, `SeedGenerator` or None.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.

    Reference: Simard, Steinkraus, Platt 2003, doi:10.1109/ICDAR.2003.1227801.
    """
    options = (interpolation, fill_mode, fill_value, data_format)
    return _elastic_transform(draw_key(seed), images, float(alpha), float(sigma), *options)


@op
def _elastic_transform(key: Any, images: Any, alpha: float, sigma: float, *options: Any) -> Any:
    images = as_array(images)
    first = config.standardize_data_format(options[3]) == "channels_first"
    shape = images.shape if images.ndim == 4 else (1, *images.shape)
    size = (shape[0], *(shape[2:] if first else shape[1:3]))
    noise = sigma * engine.random.normal(key, (*size, 2), "float32")
    width = int(6 * sigma) | 1  # odd, and nearly all of the bell
    shift = alpha * blur(noise, (width, width), (sigma, sigma), "channels_last")

    def places(rows: Any, columns: Any) -> tuple[Any, Any]:
        return rows + shift[..., 0], columns + shift[..., 1]

    return _warp("elastic_transform", images, places, *options)

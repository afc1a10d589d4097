"""Pooling on raw JAX arrays, written so that XLA compiles it well on a CPU.

Everywhere but on a CPU this is `lax.reduce_window`. On a CPU the gradient of its
maximum (`select_and_scatter`) costs more than a whole convolution: with it the training
step of a small CNN (batch 64, images 32x32, two poolings) takes 46 ms, without 32 ms. So
windows are taken apart there: one array for each position in the window, and the
maximum or sum of these. The gradient of the maximum goes to the first largest element in
row order, as `select_and_scatter` gives it to.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from addax.engine.apart import apart
from addax.engine.windows import (
    Array,
    Pairs,
    Sizes,
    channels_from_last,
    channels_to_last,
    check_data_format,
    is_static,
    pad,
    per_axis,
    resolve_padding,
)

_MANY_POSITIONS = 27  # positions in a window beyond which `reduce_window` compiles faster


def _lowest(dtype: Any) -> Any:
    if jnp.issubdtype(dtype, jnp.floating):
        return -jnp.inf
    return jnp.iinfo(dtype).min if jnp.issubdtype(dtype, jnp.integer) else False


def _split(x: Array, windows: Sequence[int]) -> Array:
    """Return whole windows that neither overlap nor leave gaps, an axis of its own for each."""
    x = x[(slice(None), *(slice(n - n % k) for n, k in zip(x.shape[1:], windows, strict=False)))]
    split = itertools.chain.from_iterable(
        (n // k, k) for n, k in zip(x.shape[1:-1], windows, strict=True)
    )
    return x.reshape(x.shape[0], *split, x.shape[-1])


def _tiles(x: Array, windows: Sequence[int]) -> list[Array]:
    """Return what each position of windows that neither overlap nor leave gaps sees."""
    pieces = [_split(x, windows)]
    for i, window in enumerate(windows):
        # `lax.split` and not indexing: its transpose is one concatenation, not many pads.
        parts = (lax.split(piece, (1,) * window, i + 2) for piece in pieces)
        pieces = [lax.squeeze(part, (i + 2,)) for part in itertools.chain.from_iterable(parts)]
    return pieces


def _pieces(x: Array, windows: Sequence[int], strides: Sequence[int]) -> list[Array]:
    """Return, for each position in the window in row order, what it sees as it moves."""
    if tuple(windows) == tuple(strides):
        return _tiles(x, windows)
    sizes = x.shape[1:-1]
    reach = [(n - k) // s * s + 1 for n, k, s in zip(sizes, windows, strides, strict=True)]
    step = (1, *strides, 1)

    def piece(low: Sequence[int]) -> Array:
        high = [a + n for a, n in zip(low, reach, strict=True)]
        return lax.slice(x, (0, *low, 0), (x.shape[0], *high, x.shape[-1]), step)

    return [piece(low) for low in itertools.product(*map(range, windows))]


@functools.cache
def _largest_and_place(windows: tuple[int, ...]) -> Any:
    """Return a function that finds the largest element of each window, and where it is first."""

    def find(x: Array) -> tuple[Array, Array]:
        pieces = _tiles(x, windows)
        largest = functools.reduce(jnp.maximum, pieces)
        nowhere = len(pieces)  # it is not a number
        place = lax.full(largest.shape, nowhere, jnp.uint8)
        for i, piece in reversed(list(enumerate(pieces))):
            place = lax.select(piece == largest, lax.full_like(place, i), place)
        return largest, place

    return apart(find)


def _tiled_max_jvp(windows: tuple[int, ...], x: Array, tangent: Array) -> tuple[Array, Array]:
    largest, place = _largest_and_place(windows)(x)
    axes = tuple(range(2, 2 * len(windows) + 1, 2))
    order = np.arange(math.prod(windows), dtype=np.uint8).reshape(windows)
    here = jnp.expand_dims(order, (0, *(axis - 1 for axis in axes), -1))
    hit = jnp.expand_dims(place, axes) == here
    return largest, jnp.sum(jnp.where(hit, _split(tangent, windows), 0), axes)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _windowed_max(x: Array, windows: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    return functools.reduce(jnp.maximum, _pieces(x, windows, strides))


@_windowed_max.defjvp
def _windowed_max_jvp(
    windows: tuple[int, ...], strides: tuple[int, ...], primals: Any, tangents: Any
) -> tuple[Array, Array]:
    if windows == strides:
        return _tiled_max_jvp(windows, primals[0], tangents[0])
    pieces = _pieces(primals[0], windows, strides)
    largest = functools.reduce(jnp.maximum, pieces)
    free: Array = True
    total: Array = jnp.zeros((), largest.dtype)
    for piece, tangent in zip(pieces, _pieces(tangents[0], windows, strides), strict=True):
        hit = (piece == largest) & free
        free = free & ~hit
        total = total + jnp.where(hit, tangent, jnp.zeros((), tangent.dtype))
    return largest, total


def _use_cpu(x: Array, windows: Sequence[int], pairs: Pairs) -> bool:
    """Say whether to take the windows apart."""
    if jax.default_backend() != "cpu" or not is_static(x.shape[1:-1]):
        return False
    sizes = [n + sum(pair) for n, pair in zip(x.shape[1:-1], pairs, strict=True)]
    fits = all(n >= k for n, k in zip(sizes, windows, strict=True))
    return fits and math.prod(windows) <= _MANY_POSITIONS


def _reduce_window(
    x: Array, initial: Any, operation: Any, windows: Any, strides: Any, padding: Any
) -> Array:
    if not isinstance(padding, str):
        padding = ((0, 0), *padding, (0, 0))
    # A plain number as initial value is what JAX knows how to differentiate.
    initial = np.asarray(initial, x.dtype)[()]
    return lax.reduce_window(x, initial, operation, (1, *windows, 1), (1, *strides, 1), padding)


def _settle(
    inputs: Array, pool_size: Sizes, strides: Sizes | None, padding: str, data_format: str
) -> tuple[Array, tuple[int, ...], tuple[int, ...]]:
    """Check the arguments; return the inputs with channels last, windows and strides."""
    check_data_format(data_format)
    if inputs.ndim not in (3, 4, 5):
        raise ValueError(
            "Pooling needs inputs `(batch, *spatial, channels)` with 1, 2 or 3 spatial "
            f"dimensions. Received: inputs.shape={inputs.shape}"
        )
    rank = inputs.ndim - 2
    windows = per_axis("pool_size", pool_size, rank)
    steps = windows if strides is None else per_axis("strides", strides, rank)
    return channels_to_last(inputs, data_format), windows, steps


def max_pool(
    inputs: Array,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str = "channels_last",
) -> Array:
    """Return the largest element of each window.

    Args:
        inputs: array `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: size of the window per axis.
        strides: step per axis; None means `pool_size`.
        padding: "valid", or "same" for one output for each stride begun.
        data_format: "channels_last" or "channels_first".

    Returns:
        Array `(batch, *new_spatial, channels)`. Its gradient goes to the first
        of equal elements.

    Raises:
        ValueError: if the shape or an argument does not fit.

    Example:
        >>> max_pool(jnp.arange(6.0).reshape(1, 6, 1), 2)[0, :, 0].tolist()
        [1.0, 3.0, 5.0]
    """
    x, windows, steps = _settle(inputs, pool_size, strides, padding, data_format)
    lowest = _lowest(x.dtype)
    pairs = resolve_padding(padding, x.shape[1:-1], windows, steps)
    if not isinstance(pairs, str) and _use_cpu(x, windows, pairs):
        outputs = _windowed_max(pad(x, pairs, lowest), windows, steps)
    else:
        outputs = _reduce_window(x, lowest, lax.max, windows, steps, pairs)
    return channels_from_last(outputs, data_format)


def _counts(
    sizes: Sequence[int], windows: Sequence[int], strides: Sequence[int], pairs: Pairs
) -> np.ndarray:
    """Return how many elements that are not padding each window has, `(*new_spatial, 1)`."""
    total = np.ones((1,) * (len(sizes) + 1))
    axes = zip(sizes, windows, strides, pairs, strict=True)
    for axis, (size, window, stride, (low, high)) in enumerate(axes):
        first = np.arange(0, size + low + high - window + 1, stride) - low
        inside = np.minimum(first + window, size) - np.maximum(first, 0)
        total = total * np.expand_dims(inside, [i for i in range(total.ndim) if i != axis])
    return total


def average_pool(
    inputs: Array,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str = "channels_last",
) -> Array:
    """Return the mean of each window; padding does not count.

    Args:
        inputs: array `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: size of the window per axis.
        strides: step per axis; None means `pool_size`.
        padding: "valid", or "same" for one output for each stride begun.
        data_format: "channels_last" or "channels_first".

    Returns:
        Array `(batch, *new_spatial, channels)`.

    Raises:
        ValueError: if the shape or an argument does not fit.

    Example:
        >>> average_pool(jnp.arange(5.0).reshape(1, 5, 1), 2, padding="same")[0, :, 0].tolist()
        [0.5, 2.5, 4.0]
    """
    x, windows, steps = _settle(inputs, pool_size, strides, padding, data_format)
    if not jnp.issubdtype(x.dtype, jnp.inexact):
        x = x.astype(jnp.result_type(float))
    pairs = resolve_padding(padding, x.shape[1:-1], windows, steps)
    if not isinstance(pairs, str) and _use_cpu(x, windows, pairs):
        sums = functools.reduce(jnp.add, _pieces(pad(x, pairs), windows, steps))
    else:
        sums = _reduce_window(x, 0, lax.add, windows, steps, pairs)
    if padding == "valid":
        outputs = sums / math.prod(windows)
    elif isinstance(pairs, str) or not is_static(x.shape[1:-1]):
        ones = jnp.ones((1, *x.shape[1:-1], 1), x.dtype)
        outputs = sums / _reduce_window(ones, 0, lax.add, windows, steps, pairs)
    else:
        counts = _counts(x.shape[1:-1], windows, steps, pairs)
        outputs = sums * jnp.asarray(1 / counts, sums.dtype)
    return channels_from_last(outputs, data_format)

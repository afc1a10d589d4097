"""Arguments of functions that move a window over the spatial axes of an array."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jax import lax

Array = Any
Sizes = int | Sequence[int]
Padding = str | Sequence[tuple[int, int]]
Pairs = tuple[tuple[int, int], ...]

PADDING_MESSAGE = (
    '`padding` must be "valid", "same" or a list of pairs. Received: padding={padding!r}'
)


def per_axis(name: str, value: Sizes, rank: int) -> tuple[int, ...]:
    """Return `value` as a tuple of `rank` positive integers."""
    sizes = (value,) * rank if isinstance(value, int) else tuple(int(v) for v in value)
    if len(sizes) != rank or any(v < 1 for v in sizes):
        raise ValueError(
            f"`{name}` must be a positive integer or {rank} of them, one for each spatial "
            f"dimension. Received: {name}={value}"
        )
    return sizes


def resolve_padding(
    padding: Padding, sizes: Sequence[Any], windows: Sequence[int], strides: Sequence[int]
) -> Pairs | str:
    """Return the padding of each axis as `(low, high)`.

    With "same" there is one output for each stride begun, and an odd element
    comes last; JAX's name for it is returned where it depends on unknown sizes.
    """
    if not isinstance(padding, str):
        return tuple((int(low), int(high)) for low, high in padding)
    if padding == "valid":
        return ((0, 0),) * len(windows)
    if padding != "same":
        raise ValueError(PADDING_MESSAGE.format(padding=padding))
    if max(strides) > 1 and not is_static(sizes):
        return "SAME"
    return tuple(map(_same_pair, sizes, windows, strides))


def _same_pair(size: int, window: int, stride: int) -> tuple[int, int]:
    total = window - 1
    if stride > 1:
        total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def is_static(shape: Sequence[Any]) -> bool:
    """Say whether every dimension is a known number."""
    return all(isinstance(size, int) for size in shape)


def check_data_format(data_format: str) -> None:
    """Raise `ValueError` unless `data_format` is one of the two names."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            '`data_format` must be "channels_last" or "channels_first". '
            f"Received: data_format={data_format!r}"
        )


def channels_to_last(inputs: Array, data_format: str) -> Array:
    """Move the channels from axis 1 to the end if `data_format` says they are there."""
    return inputs if data_format == "channels_last" else jnp.moveaxis(inputs, 1, -1)


def channels_from_last(outputs: Array, data_format: str) -> Array:
    """Undo `channels_to_last`."""
    return outputs if data_format == "channels_last" else jnp.moveaxis(outputs, -1, 1)


def pad(x: Array, pairs: Sequence[tuple[int, int]], value: Any = 0) -> Array:
    """Pad (or crop, where negative) the spatial axes of `x` with `value`."""
    if not any(any(pair) for pair in pairs):
        return x
    config = [(0, 0, 0), *((low, high, 0) for low, high in pairs), (0, 0, 0)]
    return lax.pad(x, jnp.asarray(value, x.dtype), config)


def output_sizes(
    sizes: Sequence[int],
    windows: Sequence[int],
    strides: Sequence[int],
    padding: Pairs,
    dilation: Sequence[int],
) -> list[int]:
    """Return the spatial shape of a convolution's output."""
    axes = zip(sizes, windows, strides, padding, dilation, strict=True)
    return [(n + low + high - (k - 1) * d - 1) // s + 1 for n, k, s, (low, high), d in axes]


def pads_by_less_than_a_window(
    padding: Pairs, windows: Sequence[int], dilation: Sequence[int]
) -> bool:
    """Say whether every window meets an element, and nothing is cropped."""
    axes = zip(padding, windows, dilation, strict=True)
    return all(0 <= n <= (k - 1) * d for pair, k, d in axes for n in pair)


def convolution_work(positions: Sequence[int], kernel: Sequence[int]) -> float:
    """Return the floating point operations of a convolution.

    Args:
        positions: shape of the outputs, without the channels.
        kernel: shape of the kernel.
    """
    return 2.0 * math.prod(positions) * math.prod(kernel)

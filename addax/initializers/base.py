"""`Initializer`, and what random initializers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.core.dtypes import standardize_dtype
from addax.core.registry import Configurable
from addax.core.variable import SeedGenerator, default_seed, host_generator


class Initializer(Configurable):
    """Base class of initializers: functions of shape and dtype that return values.

    Values are made on the host with NumPy, so that building a model compiles nothing.

    Example:
        >>> class Sevens(Initializer):
        ...     def __call__(self, shape, dtype=None):
        ...         return np.full(shape, 7, dtype or "float32")
        >>> Sevens()((2,))
        array([7., 7.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return an array of this shape.

        Args:
            shape: ints.
            dtype: name of the dtype; default: `floatx()`.
        """
        raise NotImplementedError(f"`{type(self).__name__}` must implement `__call__`.")

    def clone(self) -> Any:
        """Return a new initializer with the same config."""
        return type(self).from_config(self.get_config())


class RandomInitializer(Initializer):
    """An initializer that draws numbers.

    Args:
        seed: int (the same values at every call), `SeedGenerator` (new values at every
            call), or None for a seed drawn when the initializer is made.
    """

    def __init__(self, seed: Any = None) -> None:
        if isinstance(seed, bool) or not isinstance(
            seed, (int, np.integer, SeedGenerator, None.__class__)
        ):
            raise ValueError(
                f"`seed` of `{type(self).__name__}` must be None, an integer or a "
                f"`SeedGenerator`. Received: seed={seed!r}"
            )
        self.seed = seed
        self._source = default_seed() if seed is None else seed

    def generator(self) -> np.random.Generator:
        """Return the source of numbers for one call."""
        if isinstance(self._source, SeedGenerator):
            return self._source.numpy_generator()
        return host_generator(int(self._source))


def check_shape(owner: Any, shape: Any) -> tuple[int, ...]:
    """Return `shape` as a tuple of ints.

    Raises:
        ValueError: if it holds anything but integers >= 0.
    """
    try:
        sizes = tuple(int(size) for size in shape)
    except TypeError:
        sizes = (-1,)
    if any(size < 0 for size in sizes):
        raise ValueError(
            f"`shape` of `{type(owner).__name__}` must hold integers >= 0. Received: {shape!r}"
        )
    return sizes


def float_dtype(owner: Any, dtype: Any) -> np.dtype:
    """Return `dtype` as a NumPy dtype.

    Raises:
        ValueError: if it is not a float dtype.
    """
    name = standardize_dtype(dtype)
    if not name.startswith(("float", "bfloat")):
        raise ValueError(f"`{type(owner).__name__}` makes floats only. Received: dtype={name}")
    return np.dtype(name)


def working_dtype(dtype: np.dtype) -> Any:
    """Return the dtype numbers are drawn in: float64 only for float64."""
    return np.float64 if dtype == np.float64 else np.float32


def draw_normal(
    generator: np.random.Generator, shape: Sequence[int], dtype: np.dtype
) -> np.ndarray:
    """Draw standard normal numbers."""
    return generator.standard_normal(tuple(shape), dtype=working_dtype(dtype))


def draw_truncated(
    generator: np.random.Generator, shape: Sequence[int], dtype: np.dtype
) -> np.ndarray:
    """Draw standard normal numbers, again and again those beyond 2."""
    values = np.asarray(draw_normal(generator, shape, dtype)).reshape(-1)
    beyond = np.flatnonzero(np.abs(values) > 2)
    while beyond.size:
        values[beyond] = draw_normal(generator, (beyond.size,), dtype)
        beyond = beyond[np.abs(values[beyond]) > 2]
    return values.reshape(tuple(shape))


def draw_uniform(
    generator: np.random.Generator, shape: Sequence[int], dtype: np.dtype, low: float, high: float
) -> np.ndarray:
    """Draw numbers from [low, high)."""
    unit = generator.random(tuple(shape), dtype=working_dtype(dtype))
    return unit * (high - low) + low

"""TensorFlow's random numbers, from Addax' seed."""

from __future__ import annotations

from typing import Any

from addax.compat.tensorflow.types import as_dtype
from addax.core.variable import set_random_seed
from addax.ops import random


def set_seed(seed: int) -> None:
    """Set the seed of everything random in Addax, NumPy and Python.

    Args:
        seed: a non-negative int.
    """
    set_random_seed(seed)


def normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: int | None = None
) -> Any:
    """Return normally distributed numbers.

    Args:
        shape: sizes.
        mean: mean value.
        stddev: standard deviation.
        dtype: a float dtype.
        seed: an int for the same numbers every time.
    """
    return random.normal(tuple(shape), mean, stddev, dtype=as_dtype(dtype), seed=seed)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: int | None = None
) -> Any:
    """Return normally distributed numbers within two standard deviations.

    Args:
        shape: sizes.
        mean: mean value.
        stddev: standard deviation before cutting.
        dtype: a float dtype.
        seed: an int for the same numbers every time.
    """
    return random.truncated_normal(tuple(shape), mean, stddev, dtype=as_dtype(dtype), seed=seed)


def uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", seed: int | None = None
) -> Any:
    """Return uniformly distributed numbers in `[minval, maxval)`.

    Args:
        shape: sizes.
        minval: lower bound.
        maxval: upper bound; None for 1, and needed for an integer dtype.
        dtype: a float or integer dtype.
        seed: an int for the same numbers every time.

    Raises:
        ValueError: for an integer dtype without `maxval`.
    """
    dtype = as_dtype(dtype)
    if not dtype.is_integer:
        upper = 1 if maxval is None else maxval
        return random.uniform(tuple(shape), minval, upper, dtype=dtype, seed=seed)
    if maxval is None:
        raise ValueError(f"`maxval` of `tf.random.uniform` is needed with dtype={dtype.name!r}.")
    return random.randint(tuple(shape), minval, maxval, dtype=dtype, seed=seed)


def shuffle(value: Any, seed: int | None = None) -> Any:
    """Return `value` with its first axis in random order.

    Args:
        value: a tensor.
        seed: an int for the same order every time.
    """
    return random.shuffle(value, axis=0, seed=seed)


def categorical(
    logits: Any, num_samples: int, dtype: Any = "int32", seed: int | None = None
) -> Any:
    """Draw class numbers.

    Args:
        logits: unnormalized log-probabilities, `(batch, classes)`.
        num_samples: draws per row.
        dtype: an integer dtype.
        seed: an int for the same draws every time.

    Returns:
        `(batch, num_samples)`.
    """
    return random.categorical(logits, num_samples, dtype=as_dtype(dtype), seed=seed)

"""More of `tf.random`: generators, draws that depend on their seed only."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import ops
from addax.compat.tensorflow import randomness
from addax.compat.tensorflow.types import as_dtype
from addax.core.variable import SeedGenerator
from addax.ops import random


def _number(seed: Any) -> int:
    """Return one int for TensorFlow's pair of ints."""
    first, second = (int(n) for n in np.asarray(seed).ravel())
    return (first * 1000003 + second) % 2**31


def stateless_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", **kw: Any
) -> Any:
    """Return normally distributed numbers, the same for the same seed `(a, b)`."""
    return randomness.normal(shape, mean, stddev, dtype, seed=_number(seed))


def stateless_uniform(
    shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", **kw: Any
) -> Any:
    """Return uniformly distributed numbers, the same for the same seed `(a, b)`."""
    return randomness.uniform(shape, minval, maxval, dtype, seed=_number(seed))


def gamma(
    shape: Any, alpha: Any, beta: Any = None, dtype: Any = "float32", seed: Any = None, **kw: Any
) -> Any:
    """Return gamma distributed numbers, `shape` of them for each `alpha`."""
    whole = (*tuple(shape), *np.shape(alpha))
    values = random.gamma(whole, alpha, dtype=as_dtype(dtype), seed=seed)
    return values if beta is None else ops.divide(values, beta)


def poisson(shape: Any, lam: Any, dtype: Any = "float32", seed: Any = None, **kw: Any) -> Any:
    """Return Poisson distributed numbers, `shape` of them for each `lam` (eagerly)."""
    host = SeedGenerator(seed).numpy_generator()
    draws = host.poisson(np.asarray(lam), (*tuple(shape), *np.shape(lam)))
    return ops.convert_to_tensor(draws.astype(as_dtype(dtype)))


class Generator:
    """A stream of random numbers.

    Args:
        seed: an int; None for Addax' own.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._seed = SeedGenerator(seed)

    @classmethod
    def from_seed(cls, seed: int, alg: Any = None) -> Generator:
        """Return a stream that a seed determines."""
        return cls(seed)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """Return a stream of Addax' seed."""
        return cls()

    def normal(
        self,
        shape: Any,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        dtype: Any = "float32",
        name: Any = None,
    ) -> Any:
        """Return normally distributed numbers."""
        return random.normal(tuple(shape), mean, stddev, dtype=as_dtype(dtype), seed=self._seed)

    def uniform(
        self,
        shape: Any,
        minval: Any = 0,
        maxval: Any = None,
        dtype: Any = "float32",
        name: Any = None,
    ) -> Any:
        """Return uniformly distributed numbers."""
        return randomness.uniform(shape, minval, maxval, dtype, seed=self._seed)  # type: ignore[arg-type]


_GLOBAL = Generator()


def get_global_generator() -> Generator:
    """Return the stream that is always there."""
    return _GLOBAL

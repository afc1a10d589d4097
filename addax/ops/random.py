"""Random tensors: `addax.random`.

`seed` is an int (the same numbers at every call), a `SeedGenerator` (new ones at
every call), or None for the global generator that `set_random_seed` seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import config, errors
from addax.core.dtypes import standardize_dtype
from addax.core.graph import op
from addax.core.tensor import Tensor
from addax.core.variable import SeedGenerator as SeedGenerator
from addax.core.variable import global_generator
from addax.engine import engine, xp
from addax.ops._arrays import as_array

Seed = int | SeedGenerator | None
Shape = Sequence[int]


def draw_key(seed: Any) -> Any:
    """Return the random key of a `seed` argument, an uint32 tensor of shape `(2,)`.

    Raises:
        ValueError: if `seed` is not None, an int or a SeedGenerator.
    """
    if seed is None:
        return global_generator().next()
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        return Tensor(engine.asarray(np.array([int(seed) % 2**32, 0], "uint32")))
    raise ValueError(f"`seed` must be None, an integer or a `SeedGenerator`. Received: {seed!r}")


def _sizes(shape: Any) -> tuple[int, ...]:
    return (int(shape),) if isinstance(shape, (int, np.integer)) else tuple(shape)


def normal(
    shape: Shape, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Seed = None
) -> Any:
    """Draw from a normal distribution.

    Args:
        shape: shape of the result.
        mean: number or tensor.
        stddev: number or tensor.
        dtype: a float dtype; default: `floatx()`.
        seed: int, `SeedGenerator` or None.

    Example:
        >>> normal((2, 3), seed=1).shape
        (2, 3)
    """
    return _normal(draw_key(seed), _sizes(shape), mean, stddev, _float_dtype("normal", dtype))


@op
def _normal(key: Any, shape: tuple[int, ...], mean: Any, stddev: Any, dtype: str) -> Any:
    return engine.random.normal(key, shape, dtype) * stddev + mean


def truncated_normal(
    shape: Shape, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Seed = None
) -> Any:
    """Draw from a normal distribution cut off two `stddev` away from `mean`.

    Args:
        shape: shape of the result.
        mean: number or tensor.
        stddev: number or tensor; that of the distribution before the cut.
        dtype: a float dtype; default: `floatx()`.
        seed: int, `SeedGenerator` or None.
    """
    dtype = _float_dtype("truncated_normal", dtype)
    return _truncated_normal(draw_key(seed), _sizes(shape), mean, stddev, dtype)


@op
def _truncated_normal(key: Any, shape: tuple[int, ...], mean: Any, stddev: Any, dtype: str) -> Any:
    return engine.random.truncated_normal(key, -2.0, 2.0, shape, dtype) * stddev + mean


def uniform(
    shape: Shape, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Seed = None
) -> Any:
    """Draw from a uniform distribution over `[minval, maxval)`.

    Args:
        shape: shape of the result.
        minval: number or tensor.
        maxval: number or tensor.
        dtype: a float dtype; default: `floatx()`.
        seed: int, `SeedGenerator` or None.

    Example:
        >>> bool(uniform((), 3.0, 4.0, seed=1) >= 3.0)
        True
    """
    return _uniform(draw_key(seed), _sizes(shape), minval, maxval, _float_dtype("uniform", dtype))


@op
def _uniform(key: Any, shape: tuple[int, ...], minval: Any, maxval: Any, dtype: str) -> Any:
    return engine.random.uniform(key, shape, dtype, minval, maxval)


def randint(shape: Shape, minval: Any, maxval: Any, dtype: Any = "int32", seed: Seed = None) -> Any:
    """Draw integers from `[minval, maxval)`.

    Args:
        shape: shape of the result.
        minval: integer or integer tensor.
        maxval: integer or integer tensor, excluded.
        dtype: an integer dtype.
        seed: int, `SeedGenerator` or None.

    Raises:
        ValueError: if `dtype` is not an integer dtype.
    """
    dtype = standardize_dtype(dtype)
    if not dtype.lstrip("u").startswith("int"):
        raise ValueError(f"`dtype` of `randint` must be an integer dtype. Received: dtype={dtype}")
    return _randint(draw_key(seed), _sizes(shape), minval, maxval, dtype)


@op
def _randint(key: Any, shape: tuple[int, ...], minval: Any, maxval: Any, dtype: str) -> Any:
    return engine.random.randint(key, shape, minval, maxval, dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Seed = None) -> Any:
    """Draw class numbers, with the probabilities `softmax(logits)`.

    Args:
        logits: float tensor `(batch, classes)`.
        num_samples: how many to draw for each row.
        dtype: dtype of the result.
        seed: int, `SeedGenerator` or None.

    Returns: tensor `(batch, num_samples)`.
    """
    return _categorical(draw_key(seed), logits, num_samples, standardize_dtype(dtype))


@op
def _categorical(key: Any, logits: Any, num_samples: int, dtype: str) -> Any:
    logits = as_array(logits)
    if logits.ndim != 2:
        raise ValueError(
            "`logits` of `categorical` must be of shape (batch, classes). "
            f"Received: shape {logits.shape}"
        )
    shape = (logits.shape[0], num_samples)
    drawn = engine.random.categorical(key, logits[..., None], axis=1, shape=shape)
    return drawn.astype(dtype)


def gamma(shape: Shape, alpha: Any, dtype: Any = None, seed: Seed = None) -> Any:
    """Draw from a gamma distribution with shape parameter `alpha` and scale 1.

    Args:
        shape: shape of the result.
        alpha: positive number or tensor.
        dtype: a float dtype; default: `floatx()`.
        seed: int, `SeedGenerator` or None.
    """
    return _gamma(draw_key(seed), _sizes(shape), alpha, _float_dtype("gamma", dtype))


@op
def _gamma(key: Any, shape: tuple[int, ...], alpha: Any, dtype: str) -> Any:
    return engine.random.gamma(key, alpha, shape, dtype)


def beta(shape: Shape, alpha: Any, beta: Any, dtype: Any = None, seed: Seed = None) -> Any:
    """Draw from a beta distribution.

    Args:
        shape: shape of the result.
        alpha: positive number or tensor.
        beta: positive number or tensor.
        dtype: a float dtype; default: `floatx()`.
        seed: int, `SeedGenerator` or None.
    """
    return _beta(draw_key(seed), _sizes(shape), alpha, beta, _float_dtype("beta", dtype))


@op
def _beta(key: Any, shape: tuple[int, ...], alpha: Any, beta: Any, dtype: str) -> Any:
    return engine.random.beta(key, alpha, beta, shape, dtype)


def binomial(
    shape: Shape, counts: Any, probabilities: Any, dtype: Any = None, seed: Seed = None
) -> Any:
    """Draw the number of successes among `counts` trials.

    Args:
        shape: shape of the result.
        counts: number or tensor of trials.
        probabilities: number or tensor in [0, 1].
        dtype: a float dtype; default: `floatx()`.
        seed: int, `SeedGenerator` or None.
    """
    dtype = _float_dtype("binomial", dtype)
    return _binomial(draw_key(seed), _sizes(shape), counts, probabilities, dtype)


@op
def _binomial(key: Any, shape: tuple[int, ...], counts: Any, probabilities: Any, dtype: str) -> Any:
    counts, probabilities = xp.asarray(counts, dtype), xp.asarray(probabilities, dtype)
    return engine.random.binomial(key, counts, probabilities, shape, dtype)


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Seed = None) -> Any:
    """Set a fraction `rate` of the elements to 0 and scale the others by `1 / (1 - rate)`.

    Args:
        inputs: float tensor.
        rate: number in [0, 1].
        noise_shape: shape that broadcasts with `inputs`; where it has size 1 (or
            None: the size of `inputs`), elements are dropped together.
        seed: int, `SeedGenerator` or None.

    Example:
        >>> import numpy as np
        >>> sorted(set(dropout(np.ones(100), 0.5, seed=1).numpy().tolist()))
        [0.0, 2.0]
    """
    rate = errors.in_interval("dropout", "rate", rate, 0, 1)
    if rate == 0:
        return _identity(inputs)
    noise = None if noise_shape is None else tuple(noise_shape)
    return _dropout(draw_key(seed), inputs, float(rate), noise)


@op
def _identity(x: Any) -> Any:
    return as_array(x)


@op
def _dropout(key: Any, x: Any, rate: float, noise_shape: tuple[int | None, ...] | None) -> Any:
    x = as_array(x)
    if rate == 1:
        return xp.zeros_like(x)
    given = noise_shape or x.shape
    shape = [size if n is None else n for n, size in zip(given, x.shape, strict=True)]
    keep = xp.broadcast_to(engine.random.bernoulli(key, 1.0 - rate, shape), x.shape)
    return xp.where(keep, x / (1.0 - rate), xp.zeros_like(x))


def shuffle(x: Any, axis: int = 0, seed: Seed = None) -> Any:
    """Permute the entries of `x` along `axis` at random.

    Args:
        x: tensor.
        axis: axis to shuffle.
        seed: int, `SeedGenerator` or None.
    """
    return _shuffle(draw_key(seed), x, axis)


@op
def _shuffle(key: Any, x: Any, axis: int) -> Any:
    return engine.random.permutation(key, as_array(x), axis)


def _float_dtype(name: str, dtype: Any) -> str:
    dtype = config.floatx() if dtype is None else standardize_dtype(dtype)
    if not dtype.startswith(("float", "bfloat")):
        raise ValueError(f"`dtype` of `{name}` must be a float dtype. Received: dtype={dtype}")
    return dtype

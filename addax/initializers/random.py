"""Initializers that draw from one distribution, whatever the shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.core.dtypes import standardize_dtype
from addax.core.registry import register
from addax.initializers import base


@register("initializers", aliases=("normal",))
class RandomNormal(base.RandomInitializer):
    """Normal distribution.

    Args:
        mean: mean.
        stddev: standard deviation.
        seed: int, `SeedGenerator` or None.

    Example:
        >>> RandomNormal(seed=1)((2, 3)).shape
        (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return values of this shape."""
        wanted = base.float_dtype(self, dtype)
        values = base.draw_normal(self.generator(), base.check_shape(self, shape), wanted)
        return np.asarray(values * self.stddev + self.mean, wanted)


@register("initializers")
class TruncatedNormal(base.RandomInitializer):
    """Normal distribution; values beyond two standard deviations are drawn again.

    Args:
        mean: mean.
        stddev: standard deviation before the cut.
        seed: int, `SeedGenerator` or None.

    Example:
        >>> bool((abs(TruncatedNormal(stddev=1.0)((100,))) <= 2).all())
        True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return values of this shape."""
        wanted = base.float_dtype(self, dtype)
        values = base.draw_truncated(self.generator(), base.check_shape(self, shape), wanted)
        return np.asarray(values * self.stddev + self.mean, wanted)


@register("initializers", aliases=("uniform",))
class RandomUniform(base.RandomInitializer):
    """Uniform distribution over `[minval, maxval)`.

    Args:
        minval: lower bound.
        maxval: upper bound.
        seed: int, `SeedGenerator` or None.

    Example:
        >>> bool((abs(RandomUniform()((100,))) <= 0.05).all())
        True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Any = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return values of this shape; for integer dtypes, integers."""
        shape = base.check_shape(self, shape)
        name = standardize_dtype(dtype)
        if name.lstrip("u").startswith("int"):
            low, high = int(self.minval), int(self.maxval)
            return self.generator().integers(low, high, shape).astype(name)
        wanted = base.float_dtype(self, dtype)
        values = base.draw_uniform(self.generator(), shape, wanted, self.minval, self.maxval)
        return np.asarray(values, wanted)


@register("initializers", aliases=("OrthogonalInitializer",))
class Orthogonal(base.RandomInitializer):
    """Matrices with orthogonal rows or columns.

    The Q of the QR decomposition of a normal matrix, with the signs of R's diagonal; a
    shape of more than two dimensions is flattened to a matrix but for its last one.

    Args:
        gain: factor.
        seed: int, `SeedGenerator` or None.

    Reference: Saxe, McClelland and Ganguli, 2013 (arXiv:1312.6120).

    Example:
        >>> q = Orthogonal(seed=1)((3, 2))
        >>> bool(np.allclose(q.T @ q, np.eye(2), atol=1e-6))
        True
    """

    def __init__(self, gain: float = 1.0, seed: Any = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return the matrix.

        Raises:
            ValueError: if the shape has fewer than two dimensions.
        """
        shape = base.check_shape(self, shape)
        wanted = base.float_dtype(self, dtype)
        if len(shape) < 2:
            raise ValueError(
                f"`shape` of `Orthogonal` must have at least 2 sizes. Received: {shape}"
            )
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = np.linalg.qr(base.draw_normal(self.generator(), tall, wanted))
        q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
        q = q.T if rows < columns else q
        return (self.gain * q.reshape(shape)).astype(wanted)

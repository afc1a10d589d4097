"""Initializers by their TFLearn names."""

from __future__ import annotations

from typing import Any

from addax import initializers

__all__ = [
    "get",
    "normal",
    "ones",
    "truncated_normal",
    "uniform",
    "uniform_scaling",
    "variance_scaling",
    "xavier",
    "zeros",
]


def zeros(seed: int | None = None) -> Any:
    """Return an initializer to 0."""
    return initializers.Zeros()


def ones(seed: int | None = None) -> Any:
    """Return an initializer to 1."""
    return initializers.Ones()


def uniform(minval: float = 0, maxval: float | None = None, seed: int | None = None) -> Any:
    """Return an initializer to uniform numbers in `[minval, maxval)`, up to 1 by default."""
    return initializers.RandomUniform(minval, 1.0 if maxval is None else maxval, seed=seed)


def uniform_scaling(factor: float = 1.0, seed: int | None = None) -> Any:
    """Return an initializer uniform within `sqrt(3 / fan_in) * factor` of 0."""
    return initializers.VarianceScaling(factor**2, "fan_in", "uniform", seed=seed)


def normal(mean: float = 0.0, stddev: float = 0.02, seed: int | None = None) -> Any:
    """Return an initializer to normal numbers."""
    return initializers.RandomNormal(mean, stddev, seed=seed)


def truncated_normal(mean: float = 0.0, stddev: float = 0.02, seed: int | None = None) -> Any:
    """Return an initializer to normal numbers within two deviations."""
    return initializers.TruncatedNormal(mean, stddev, seed=seed)


def xavier(uniform: bool = True, seed: int | None = None) -> Any:
    """Return the initializer of Glorot and Bengio, 2010."""
    if uniform:
        return initializers.GlorotUniform(seed=seed)
    return initializers.GlorotNormal(seed=seed)


def variance_scaling(
    factor: float = 2.0, mode: str = "FAN_IN", uniform: bool = False, seed: int | None = None
) -> Any:
    """Return an initializer with variance `factor / fan`; He et al., 2015, by default."""
    kind = "uniform" if uniform else "truncated_normal"
    return initializers.VarianceScaling(factor, mode.lower(), kind, seed=seed)


def get(identifier: Any) -> Any:
    """Return the initializer of a TFLearn or Keras name; an object as it is.

    Example:
        >>> get("truncated_normal").stddev
        0.02
    """
    own: dict[str, Any] = {f.__name__: f for f in (zeros, ones, uniform, uniform_scaling, normal)}
    own |= {f.__name__: f for f in (truncated_normal, xavier, variance_scaling)}
    if isinstance(identifier, str) and identifier in own:
        return own[identifier]()
    return initializers.get(identifier)

"""Statistics and normalizations."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float, axes_of, broadcast_along, wide

nn: Any = engine.nn


@op
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Return mean and variance over `axes`, computed in at least float32.

    Args:
        x: float tensor.
        axes: int or ints.
        keepdims: whether the reduced axes stay, with size 1.
        synchronized: kept for Keras; a compiled step always sees the global batch.
    """
    x = as_float(x)
    broad, axes = wide(x), axes_of(axes)
    mean = xp.mean(broad, axis=axes, keepdims=True)
    variance = xp.mean(xp.square(broad - mean), axis=axes, keepdims=keepdims)
    mean = mean if keepdims else xp.squeeze(mean, axes)
    return mean.astype(x.dtype), variance.astype(x.dtype)


@op
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`.

    Args:
        x: float tensor.
        mean: tensor of shape `(x.shape[axis],)`, as `variance`, `offset` and `scale`.
        variance: see `mean`.
        axis: the axis that the statistics belong to.
        offset: added at the end, or None.
        scale: multiplied before that, or None.
        epsilon: keeps the division finite.
    """
    x = as_float(x)
    factor = nn.rsqrt(as_array(variance) + epsilon)
    if scale is not None:
        factor = factor * scale
    shift = -as_array(mean) * factor
    if offset is not None:
        shift = shift + offset
    factor, shift = (broadcast_along(part, axis, x.ndim) for part in (factor, shift))
    return (x * factor + shift).astype(x.dtype)


@op
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta` over `axis` of each sample.

    Args:
        x: float tensor.
        gamma: tensor of the sizes of `axis`, or None.
        beta: tensor of the sizes of `axis`, or None.
        axis: int or ints.
        epsilon: keeps the division finite; default: `config.epsilon()`.

    Reference: Ba, Kiros and Hinton, "Layer Normalization", 2016.
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    x = as_float(x)
    broad, axes = wide(x), axes_of(axis)
    centered = broad - xp.mean(broad, axis=axes, keepdims=True)
    variance = xp.mean(xp.square(centered), axis=axes, keepdims=True)
    factor = nn.rsqrt(variance + epsilon)
    if gamma is not None:
        factor = factor * broadcast_along(as_array(gamma).astype(broad.dtype), axis, x.ndim)
    result = centered * factor
    if beta is not None:
        result = result + broadcast_along(as_array(beta).astype(broad.dtype), axis, x.ndim)
    return result.astype(x.dtype)


@op
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """`x / sqrt(mean(x^2) + epsilon) * scale` over `axis`.

    Args:
        x: float tensor.
        scale: tensor of the sizes of `axis`, or None.
        axis: int or ints.
        epsilon: keeps the division finite; default: `config.epsilon()`.

    Reference: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    x = as_float(x)
    broad = wide(x)
    power = xp.mean(xp.square(broad), axis=axes_of(axis), keepdims=True)
    result = broad * nn.rsqrt(power + epsilon)
    if scale is not None:
        result = result * broadcast_along(as_array(scale).astype(broad.dtype), axis, x.ndim)
    return result.astype(x.dtype)


@op
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Any:
    """Divide `x` by its norm along `axis`.

    Args:
        x: tensor.
        axis: int or ints.
        order: order of the norm: 1, 2, ..., or infinity.
        epsilon: smallest norm to divide by; default: `config.epsilon()`.

    Example:
        >>> normalize([[3.0, 4.0]]).numpy()
        array([[0.6, 0.8]], dtype=float32)
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    x = as_float(x)
    axes = axes_of(axis)
    if order == 2:
        squares = xp.sum(xp.square(x), axis=axes, keepdims=True)
        return x * nn.rsqrt(xp.maximum(squares, epsilon**2))
    norm = engine.linalg.norm(x, ord=order, axis=axes, keepdims=True)  # type: ignore[attr-defined]
    return x / xp.maximum(norm, epsilon)

"""Pure functions on lists of gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.engine import xp

Array = Any


def unscale(gradients: Sequence[Array], factor: float | None) -> list[Array]:
    """Take the factor on the loss out of the gradients."""
    return list(gradients) if factor is None else [gradient / factor for gradient in gradients]


def _limited(gradient: Array, norm: Array, limit: float) -> Array:
    return xp.where(norm > limit, gradient * (limit / xp.maximum(norm, 1e-30)), gradient)


def clip(
    gradients: Sequence[Array],
    norm: float | None = None,
    value: float | None = None,
    global_norm: float | None = None,
) -> list[Array]:
    """Limit gradients by their own norm, by value, or by their common norm.

    Reference: Pascanu, Mikolov, Bengio 2013, arXiv:1211.5063.
    """
    if norm is not None:
        return [_limited(g, xp.sqrt(xp.sum(xp.square(g))), norm) for g in gradients]
    if value is not None:
        return [xp.clip(g, -value, value) for g in gradients]
    if global_norm is not None:
        total = xp.sqrt(sum(xp.sum(xp.square(g)) for g in gradients))
        return [_limited(g, total, global_norm) for g in gradients]
    return list(gradients)

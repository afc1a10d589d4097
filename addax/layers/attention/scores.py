"""What the attention layers share."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.graph import op
from addax.engine import xp
from addax.layers import arguments


@op
def head_scores(query: Any, key: Any) -> Any:
    """Products of queries and keys: `(batch, heads, target, source)`.

    Args:
        query: `(batch, target, heads, size)`.
        key: `(batch, source, heads, size)`.
    """
    return xp.einsum("bthd,bshd->bhts", query, key)


@op
def weighted_values(weights: Any, value: Any) -> Any:
    """Values weighted by attention: `(batch, target, heads, size)`.

    Args:
        weights: `(batch, heads, target, source)`.
        value: `(batch, source, heads, size)`.
    """
    return xp.einsum("bhts,bshd->bthd", weights, value)


@op
def causal_mask(scores: Any) -> Any:
    """Which source positions are not after the target: `(1, target, source)`."""
    target, source = scores.shape[-2:]
    return (xp.arange(source)[None, :] <= xp.arange(target)[:, None])[None]


def combine(masks: list[Any]) -> Any:
    """Return the conjunction of masks that broadcast; None for none."""
    given = [ops.cast(mask, "bool") for mask in masks if mask is not None]
    if not given:
        return None
    result = given[0]
    for mask in given[1:]:
        result = ops.logical_and(result, mask)
    return result


def check_masks(layer: Any, query: Any, value: Any, masks: dict[str, Any]) -> None:
    """Raise for masks that do not fit `query` and `value`, `(batch, length, features)`.

    Args:
        layer: the layer, named in messages.
        query: tensor.
        value: tensor.
        masks: `query_mask`, `value_mask`, `key_mask` and `attention_mask`.
    """
    if len(query.shape) != 3 or len(value.shape) != 3:
        return
    batch, target, source = query.shape[0], query.shape[1], value.shape[1]
    for name, length in (("query_mask", target), ("value_mask", source), ("key_mask", source)):
        arguments.check_shape(layer, name, masks[name], (batch, length))
    mask = masks["attention_mask"]
    if mask is not None and 1 not in mask.shape:  # what broadcasts is right, too
        expected = (batch, target, source)
        if len(mask.shape) == 4:
            expected = (batch, None, target, source)  # type: ignore[assignment]
        arguments.check_shape(layer, "attention_mask", mask, expected[-len(mask.shape) :])


def pair_mask(
    scores: Any,
    value_mask: Any = None,
    key_mask: Any = None,
    attention_mask: Any = None,
    causal: bool = False,
) -> Any:
    """Return which (target, source) pairs count, `(batch, target, source)`, or None.

    Args:
        scores: tensor whose last axes are `(target, source)`.
        value_mask: `(batch, source)`.
        key_mask: `(batch, source)`.
        attention_mask: `(batch, target, source)`.
        causal: whether a target sees only the sources up to its own position.
    """
    return combine(
        [
            None if value_mask is None else ops.expand_dims(value_mask, -2),
            None if key_mask is None else ops.expand_dims(key_mask, -2),
            causal_mask(scores) if causal else None,
            attention_mask,
        ]
    )

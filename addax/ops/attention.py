"""Attention."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, wide

nn: Any = engine.nn


@op
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """`softmax(query key^T * scale + bias) value`, for each head.

    Args:
        query: tensor `(batch, target, heads, size)`.
        key: tensor `(batch, source, key_heads, size)`; `key_heads` divides `heads`.
        value: tensor of the shape of `key`.
        bias: tensor that broadcasts with `(batch, heads, target, source)`, or None.
        mask: boolean tensor that broadcasts likewise, True where attended; or None.
        scale: default: `1 / sqrt(size)`.
        is_causal: whether positions see only those up to their own.
        flash_attention: kept for Keras; the engine chooses the kernel.
        attn_logits_soft_cap: `c` for `c * tanh(logits / c)`; not with `flash_attention`.

    Returns: tensor of the shape of `query`.

    Raises:
        ValueError: if `query`, `key` and `value` are not of rank 4.

    Reference: Vaswani et al., "Attention Is All You Need", 2017.
    """
    query, key, value = as_array(query), as_array(key), as_array(value)
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            "`query`, `key` and `value` of `dot_product_attention` must be of shape (batch, "
            f"length, heads, size). Received: shapes {query.shape}, {key.shape}, {value.shape}"
        )
    scores = wide(_scores(query, key, scale))
    if attn_logits_soft_cap is not None:
        scores = attn_logits_soft_cap * xp.tanh(scores / attn_logits_soft_cap)
    if bias is not None:
        scores = scores + as_array(bias)
    visible = _visible(mask, is_causal, scores)
    if visible is not None:
        scores = xp.where(visible, scores, -0.7 * xp.finfo(scores.dtype).max)
    weights = nn.softmax(scores, axis=-1).astype(value.dtype)
    value = xp.repeat(value, query.shape[2] // value.shape[2], axis=2)
    return xp.einsum("bhts,bshd->bthd", weights, value)


def _scores(query: Any, key: Any, scale: float | None) -> Any:
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    key = xp.repeat(key, query.shape[2] // key.shape[2], axis=2)
    return xp.einsum("bthd,bshd->bhts", query, key) * scale


def _visible(mask: Any, is_causal: bool, scores: Any) -> Any:
    """Return which (target, source) pairs count, or None for all."""
    visible = None if mask is None else as_array(mask).astype(bool)
    if is_causal:
        causal = xp.tril(xp.ones(scores.shape[-2:], bool))
        visible = causal if visible is None else xp.logical_and(visible, causal)
    return visible

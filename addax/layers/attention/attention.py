"""`Attention`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.core.variable import SeedGenerator
from addax.layers import arguments
from addax.layers.attention.scores import causal_mask, combine
from addax.layers.base import Layer
from addax.layers.regularization.dropout import drop


@register("layers")
class Attention(Layer):
    """Averages values, weighted by how well their keys fit a query (Luong).

    Args:
        use_scale: whether the scores are multiplied by a trained number.
        score_mode: `"dot"` for `query . key`, or `"concat"` for
            `w * sum(tanh(query + key))` with a trained `w`.
        dropout: share of the attention weights to drop in training.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        inputs: list of `query` `(batch, target, size)`, `value` `(batch, source, ...)`
            and optionally `key` `(batch, source, size)`; default: `value`.
        mask: list of boolean masks of query `(batch, target)` and value
            `(batch, source)`; None for none.
        return_attention_scores: whether the weights are returned, too.
        training: whether to drop.
        use_causal_mask: whether a target sees only sources up to its own position.

    Output shape: `(batch, target, size of value)`, and the weights
        `(batch, target, source)`.

    Example:
        >>> import numpy as np
        >>> Attention()([np.ones((2, 3, 4)), np.ones((2, 5, 4))]).shape
        (2, 3, 4)

    Reference: Luong, Pham & Manning 2015, https://arxiv.org/abs/1508.04025.
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.use_scale = use_scale
        self.score_mode = errors.one_of(owner, "score_mode", score_mode, ("dot", "concat"))
        self.dropout = arguments.rate(owner, dropout, "dropout")
        self.seed = seed
        if self.dropout > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make `scale` and `concat_score_weight`, where they are used."""
        self._check(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                name="concat_score_weight", shape=(), initializer="ones"
            )

    def _check(self, shapes: Any) -> None:
        listed = isinstance(shapes, (list, tuple)) and all(
            isinstance(shape, (list, tuple)) for shape in shapes
        )
        if not listed or len(shapes) not in (2, 3):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' must be called on a list [query, value] or "
                f"[query, value, key]. Received: input shape {shapes}"
            )

    def _scores(self, query: Any, key: Any) -> Any:
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        total = ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3))
        if self.scale is not None:
            total = ops.multiply(total, self.scale)
        return ops.multiply(ops.sum(ops.tanh(total), axis=-1), self.concat_score_weight)

    def call(
        self,
        inputs: Sequence[Any],
        mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the weighted values (and the weights)."""
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (list(mask) + [None])[:2] if mask else (None, None)
        arguments.check_shape(self, "mask[0]", query_mask, query.shape[:-1])
        arguments.check_shape(self, "mask[1]", value_mask, value.shape[:-1])
        scores = self._scores(query, key)
        visible = combine(
            [
                None if value_mask is None else ops.expand_dims(value_mask, -2),
                causal_mask(scores) if use_causal_mask else None,
            ]
        )
        if visible is not None:
            lowest = 65504.0 if scores.dtype == "float16" else 1e9
            hidden = ops.cast(ops.logical_not(visible), scores.dtype)
            scores = ops.subtract(scores, ops.multiply(hidden, lowest))
        weights = ops.softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = drop(weights, self.seed_generator.next(), self.dropout)
        result = ops.matmul(weights, value)
        if query_mask is not None:
            result = ops.multiply(result, ops.cast(ops.expand_dims(query_mask, -1), result.dtype))
        return (result, weights) if return_attention_scores else result

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the query."""
        return mask[0] if isinstance(mask, (list, tuple)) and mask else None

"""`GroupQueryAttention`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.activation.softmax import Softmax, masked_softmax
from addax.layers.attention.multi_head_attention import PROJECTION
from addax.layers.attention.scores import check_masks, head_scores, pair_mask, weighted_values
from addax.layers.base import Layer
from addax.layers.core.dense import refuse_in_place_variants
from addax.layers.core.einsum_dense import EinsumDense
from addax.layers.regularization.dropout import Dropout


@register("layers", aliases=("GroupedQueryAttention",))
class GroupQueryAttention(Layer):
    """Attention in several heads, of which groups share their keys and values.

    Args:
        head_dim: size of each head.
        num_query_heads: number of heads of the query.
        num_key_value_heads: number of heads of key and value; it divides
            `num_query_heads`.
        dropout: share of the attention weights to drop in training.
        use_bias: whether the projections have biases.
        sliding_window: must be None.
        flash_attention: kept for configs of Keras.
        kernel_initializer: initializer of the kernels of the projections.
        bias_initializer: initializer of the biases.
        kernel_regularizer: regularizer of the kernels.
        bias_regularizer: regularizer of the biases.
        activity_regularizer: regularizer of the output.
        kernel_constraint: constraint of the kernels.
        bias_constraint: constraint of the biases.
        use_gate: must be False.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments: as of `MultiHeadAttention`.

    Output shape: `(batch, target, size of query)`, and the weights
        `(batch, heads, target, source)`.

    Example:
        >>> import numpy as np
        >>> layer = GroupQueryAttention(4, num_query_heads=4, num_key_value_heads=2)
        >>> layer(np.ones((2, 3, 8)), np.ones((2, 5, 8))).shape
        (2, 3, 8)

    Reference: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245.
    """

    _not_in_config = ("flash_attention",)

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        owner = "GroupQueryAttention"
        refuse_in_place_variants(owner, sliding_window=sliding_window, use_gate=use_gate or None)
        self.head_dim = errors.positive_int(owner, "head_dim", head_dim)
        self.num_query_heads = errors.positive_int(owner, "num_query_heads", num_query_heads)
        self.num_key_value_heads = errors.positive_int(
            owner, "num_key_value_heads", num_key_value_heads
        )
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"`num_query_heads` of `{owner}` must be a multiple of `num_key_value_heads`. "
                f"Received: num_query_heads={num_query_heads}, "
                f"num_key_value_heads={num_key_value_heads}"
            )
        self.dropout = arguments.rate(owner, dropout, "dropout")
        self.use_bias = use_bias
        self.seed = seed
        arguments.resolve(
            self,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.supports_masking = True

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Make the projections."""
        query_shape, value_shape = tuple(query_shape), tuple(value_shape)
        key_shape = value_shape if key_shape is None else tuple(key_shape)
        self._query_dense = self._into_heads("query", query_shape, self.num_query_heads)
        self._key_dense = self._into_heads("key", key_shape, self.num_key_value_heads)
        self._value_dense = self._into_heads("value", value_shape, self.num_key_value_heads)
        self._softmax = Softmax(dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed)
        self._output_dense = self._dense(
            "attention_output", "bqnh,nhd->bqd", (None, query_shape[-1]), "d"
        )
        self._output_dense.build((*query_shape[:-1], self.num_query_heads, self.head_dim))

    def _dense(self, name: str, equation: str, shape: Any, bias_axes: str) -> EinsumDense:
        layer = EinsumDense(
            equation,
            output_shape=shape,
            bias_axes=bias_axes if self.use_bias else None,
            name=name,
            dtype=self.dtype_policy,
            trainable=self.trainable,
            **{key: getattr(self, key) for key in PROJECTION},
        )
        layer.supports_masking = True
        return layer

    def _into_heads(self, name: str, shape: tuple[Any, ...], heads: int) -> EinsumDense:
        layer = self._dense(name, "btd,dnh->btnh", (None, heads, self.head_dim), "nh")
        layer.build(shape)
        return layer

    def call(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return the attended values (and the weights)."""
        check_masks(self, query, value, locals())
        key = value if key is None else key
        groups = self.num_query_heads // self.num_key_value_heads
        q = ops.multiply(self._query_dense(query), self.head_dim**-0.5)
        k = ops.repeat(self._key_dense(key), groups, axis=2)
        v = ops.repeat(self._value_dense(value), groups, axis=2)
        scores = head_scores(q, k)
        mask = pair_mask(scores, value_mask, key_mask, attention_mask, use_causal_mask)
        if mask is not None:
            mask = ops.expand_dims(mask, 1) if len(mask.shape) == 3 else mask
            weights = masked_softmax(scores, mask)
        else:
            weights = ops.softmax(scores, axis=-1)
        dropped = self._dropout_layer(weights, training=training)
        output = self._output_dense(weighted_values(dropped, v))
        return (output, weights) if return_attention_scores else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the query."""
        return mask

"""`MultiHeadAttention`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops, regularizers
from addax.core.registry import register, serialize
from addax.layers import arguments
from addax.layers.activation.softmax import Softmax, masked_softmax
from addax.layers.attention.scores import check_masks, head_scores, pair_mask, weighted_values
from addax.layers.base import Layer
from addax.layers.core.dense import refuse_in_place_variants
from addax.layers.core.einsum_dense import EinsumDense
from addax.layers.regularization.dropout import Dropout

PROJECTION = (
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "kernel_constraint",
    "bias_constraint",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@register("layers")
class MultiHeadAttention(Layer):
    """Attention in several heads, each with its own projections.

    Per head: `softmax(query key^T / sqrt(key_dim)) value`, of projected inputs; a last
    projection joins the heads.

    Args:
        num_heads: number of heads.
        key_dim: size of each head's queries and keys.
        value_dim: size of each head's values; default: `key_dim`.
        dropout: share of the attention weights to drop in training.
        use_bias: whether the projections have biases.
        output_shape: size (or shape) of the output's last axes; default: that of the
            query.
        attention_axes: axes of the query that are attended over; default: all but the
            first and the last.
        sliding_window: must be None.
        flash_attention: kept for configs of Keras.
        kernel_initializer: initializer of the kernels of the projections.
        bias_initializer: initializer of the biases.
        kernel_regularizer: regularizer of the kernels.
        bias_regularizer: regularizer of the biases.
        activity_regularizer: regularizer of the projections' outputs.
        kernel_constraint: constraint of the kernels.
        bias_constraint: constraint of the biases.
        use_gate: must be False.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        query: `(batch, target, size)`.
        value: `(batch, source, value_size)`.
        key: `(batch, source, key_size)`; default: `value`.
        query_mask: boolean `(batch, target)`, the mask of the output.
        value_mask: boolean `(batch, source)`.
        key_mask: boolean `(batch, source)`.
        attention_mask: boolean `(batch, target, source)`, or with an axis of heads.
        return_attention_scores: whether the weights are returned, too.
        training: whether to drop.
        use_causal_mask: whether a target sees only sources up to its own position.

    Output shape: `(batch, target, size)`, and the weights
        `(batch, heads, target, source)`.

    Example:
        >>> import numpy as np
        >>> layer = MultiHeadAttention(num_heads=2, key_dim=4)
        >>> layer(np.ones((2, 3, 8)), np.ones((2, 5, 8))).shape
        (2, 3, 8)

    Reference: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.
    """

    _not_in_config = ("flash_attention",)

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
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
        super().__init__(**kwargs)
        owner = "MultiHeadAttention"
        refuse_in_place_variants(owner, sliding_window=sliding_window, use_gate=use_gate or None)
        self.num_heads = errors.positive_int(owner, "num_heads", num_heads)
        self.key_dim = errors.positive_int(owner, "key_dim", key_dim)
        self.value_dim = errors.positive_int(owner, "value_dim", value_dim or key_dim)
        self.dropout = arguments.rate(owner, dropout, "dropout")
        self.use_bias = use_bias
        if isinstance(output_shape, int):
            output_shape = (output_shape,)
        self._output_shape = None if output_shape is None else tuple(output_shape)
        axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        self._attention_axes = None if axes is None else tuple(axes)
        self.sliding_window = sliding_window
        self.use_gate = use_gate
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
        self._inner_activity_regularizer = regularizers.get(activity_regularizer)
        self.supports_masking = True

    @property
    def output_shape(self) -> Any:
        """The shape given to the constructor."""
        return self._output_shape

    @property
    def attention_axes(self) -> Any:
        """The axes that are attended over."""
        return self._attention_axes

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        """Make the projections."""
        query_shape, value_shape = tuple(query_shape), tuple(value_shape)
        key_shape = value_shape if key_shape is None else tuple(key_shape)
        rank = len(query_shape)
        if self._attention_axes is None:
            self._attention_axes = tuple(range(1, rank - 1))
        self._attention_axes = tuple(axis % rank for axis in self._attention_axes)
        if key_shape[1:-1] != value_shape[1:-1]:
            raise ValueError(
                f"`value` and `key` of MultiHeadAttention '{self.name}' must have the same shape "
                f"but for the last axis. Received: shapes {value_shape} and {key_shape}"
            )
        self._query_dense = self._into_heads("query", query_shape, self.key_dim)
        self._key_dense = self._into_heads("key", key_shape, self.key_dim)
        self._value_dense = self._into_heads("value", value_shape, self.value_dim)
        self._softmax = Softmax(dtype=self.dtype_policy)
        self._dropout_layer = Dropout(self.dropout, dtype=self.dtype_policy, seed=self.seed)
        self._output_dense = self._from_heads(query_shape)

    def _dense(self, name: str, equation: str, shape: Any, bias_axes: str) -> EinsumDense:
        layer = EinsumDense(
            equation,
            output_shape=shape,
            bias_axes=bias_axes if self.use_bias else None,
            name=name,
            dtype=self.dtype_policy,
            trainable=self.trainable,
            activity_regularizer=self._inner_activity_regularizer,
            **{key: getattr(self, key) for key in PROJECTION},
        )
        layer.supports_masking = True
        return layer

    def _into_heads(self, name: str, shape: tuple[Any, ...], size: int) -> EinsumDense:
        free = _LETTERS[: len(shape) - 1]
        layer = self._dense(
            name, f"{free}x,xyz->{free}yz", (*shape[1:-1], self.num_heads, size), "yz"
        )
        layer.build(shape)
        return layer

    def _from_heads(self, query_shape: tuple[Any, ...]) -> EinsumDense:
        shape = self._output_shape or (query_shape[-1],)
        free = _LETTERS[: len(query_shape) - 1]
        out = "uvw"[: len(shape)]
        layer = self._dense(
            "attention_output",
            f"{free}yz,yz{out}->{free}{out}",
            (*query_shape[1:-1], *shape),
            out,
        )
        layer.build((*query_shape[:-1], self.num_heads, self.value_dim))
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
        shape = query.shape
        q, k, v = (
            self._to_sequence(layer(x))
            for layer, x in (
                (self._query_dense, query),
                (self._key_dense, key),
                (self._value_dense, value),
            )
        )
        scores = head_scores(ops.multiply(q, self.key_dim**-0.5), k)
        mask = pair_mask(scores, value_mask, key_mask, attention_mask, use_causal_mask)
        if mask is not None:
            mask = ops.expand_dims(mask, -3) if len(mask.shape) == 3 else mask
            weights = masked_softmax(scores, mask)
        else:
            weights = ops.softmax(scores, axis=-1)
        dropped = self._dropout_layer(weights, training=training)
        output = self._output_dense(self._from_sequence(weighted_values(dropped, v), shape))
        return (output, weights) if return_attention_scores else output

    def _axes(self, rank: int) -> tuple[list[int], list[int]]:
        """Return the axes that are not attended over (the batch first), and those that are."""
        attended = list(self._attention_axes or ())
        free = [axis for axis in range(rank - 1) if axis not in attended]
        return free, attended

    def _to_sequence(self, x: Any) -> Any:
        """Make `(batch, positions, heads, size)` of `(batch, ..., heads, size)`."""
        if len(x.shape) == 4:
            return x
        rank = len(x.shape) - 1
        free, attended = self._axes(rank)
        x = ops.transpose(x, (*free, *attended, rank - 1, rank))
        batch = _product(x.shape[: len(free)])
        return ops.reshape(x, (batch, -1, *x.shape[-2:]))

    def _from_sequence(self, x: Any, query_shape: Any) -> Any:
        """Undo `_to_sequence` for the shape of the query."""
        if len(query_shape) == 3:
            return x
        rank = len(query_shape)
        free, attended = self._axes(rank)
        order = [*free, *attended, rank - 1, rank]
        x = ops.reshape(x, (*(query_shape[axis] for axis in order[: rank - 1]), *x.shape[-2:]))
        return ops.transpose(x, [order.index(axis) for axis in range(rank + 1)])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        regularizer = serialize(self._inner_activity_regularizer)
        return {**super().get_config(), "activity_regularizer": regularizer}

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the query."""
        return mask


def _product(sizes: Sequence[int]) -> int:
    result = 1
    for size in sizes:
        result *= size
    return result

"""`AdditiveAttention`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.attention.attention import Attention


@register("layers")
class AdditiveAttention(Attention):
    """Averages values, weighted by `sum(scale * tanh(query + key))` (Bahdanau).

    Args:
        use_scale: whether `scale`, a vector, is trained; else it is 1.
        dropout: share of the attention weights to drop in training.
        **kwargs: `name`, `dtype`, `trainable`, `seed`.

    Call arguments: as of `Attention`.

    Output shape: `(batch, target, size of value)`, and the weights
        `(batch, target, source)`.

    Example:
        >>> import numpy as np
        >>> AdditiveAttention()([np.ones((2, 3, 4)), np.ones((2, 5, 4))]).shape
        (2, 3, 4)

    Reference: Bahdanau, Cho & Bengio 2015, https://arxiv.org/abs/1409.0473.
    """

    _not_in_config = ("score_mode",)
    _more_in_config = ("seed",)

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Sequence[Any]) -> None:
        """Make `scale`."""
        self._check(input_shape)
        self.scale = None
        if self.use_scale:
            size = arguments.known_size(self, input_shape[0], -1)
            self.scale = self.add_weight(name="scale", shape=(size,), initializer="glorot_uniform")

    def _scores(self, query: Any, key: Any) -> Any:
        total = ops.tanh(ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3)))
        if self.scale is not None:
            total = ops.multiply(total, self.scale)
        return ops.sum(total, axis=-1)

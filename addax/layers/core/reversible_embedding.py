"""`ReversibleEmbedding`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.core.embedding import Embedding


@register("layers")
class ReversibleEmbedding(Embedding):
    """An `Embedding` that also turns rows back into scores of all integers.

    Args:
        input_dim: number of rows: the largest integer plus one.
        output_dim: size of a row.
        tie_weights: whether the way back uses the same table, transposed.
        embeddings_initializer: initializer of the table.
        embeddings_regularizer: regularizer of the table.
        embeddings_constraint: constraint of the table.
        mask_zero: whether 0 means "nothing here", which later layers then skip.
        reverse_dtype: dtype of the way back; default: that of the inputs.
        logit_soft_cap: scores are `cap * tanh(scores / cap)`; default: no limit.
        **kwargs: `name`, `dtype`, `trainable`, `weights`.

    Call arguments:
        inputs: integers; with `reverse=True` vectors, `(..., output_dim)`.
        reverse: whether to compute scores, `(..., input_dim)`.

    Example:
        >>> layer = ReversibleEmbedding(10, 4)
        >>> layer(layer([[1, 2, 0]]), reverse=True).shape
        (1, 3, 10)
    """

    _more_in_config = ("activity_regularizer", "quantization_config")

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.tie_weights = tie_weights
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape: Any = None) -> None:
        """Make the table, and that of the way back."""
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                name="reverse_embeddings",
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )

    def call(self, inputs: Any, reverse: bool = False) -> Any:
        """Return rows of integers, or with `reverse` scores of rows."""
        if not reverse:
            rows = super().call(inputs)
            if self.mask_zero:
                rows.mask = super().compute_mask(inputs)
            return rows
        table = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        if self.reverse_dtype is not None:
            inputs, table = (ops.cast(v, self.reverse_dtype) for v in (inputs, table))
        scores = ops.matmul(inputs, table)
        if self.logit_soft_cap is None:
            return scores
        return ops.multiply(ops.tanh(ops.divide(scores, self.logit_soft_cap)), self.logit_soft_cap)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return None: `call` sets the mask, since it depends on `reverse`."""
        return None

"""`CategoryEncoding`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class CategoryEncoding(Layer):
    """Turns integers into one-hot, multi-hot or count vectors.

    Args:
        num_tokens: size of the vectors: the largest integer plus one.
        output_mode: `"one_hot"` (each integer a vector), `"multi_hot"` (which integers
            a sample holds) or `"count"` (how often).
        sparse: must be False.
        **kwargs: `name`, `dtype`.

    Call arguments:
        inputs: integers, `(batch, ...)`.
        count_weights: weight of each integer, for `"count"`.

    Output shape: `(batch, num_tokens)`, or `(..., num_tokens)` for `"one_hot"`.

    Example:
        >>> CategoryEncoding(3, output_mode="count")([[0, 2, 2]]).numpy()
        array([[1., 0., 2.]], dtype=float32)
    """

    _not_in_config = ("sparse",)

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = "CategoryEncoding"
        if sparse:
            raise ValueError(f"`sparse` of `{owner}` must be False. Received: sparse={sparse}")
        self.num_tokens = errors.positive_int(owner, "num_tokens", num_tokens)
        mode = "multi_hot" if output_mode == "binary" else output_mode
        self.output_mode = errors.one_of(
            owner, "output_mode", mode, ("multi_hot", "one_hot", "count")
        )
        self.sparse = sparse

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        """Return the vectors."""
        integers = ops.cast(inputs, "int32")
        if self.output_mode == "one_hot":
            if len(integers.shape) > 1 and integers.shape[-1] == 1:
                integers = ops.squeeze(integers, -1)
            return ops.one_hot(integers, self.num_tokens, dtype=self.compute_dtype)
        vectors = ops.one_hot(integers, self.num_tokens, dtype=self.compute_dtype)
        if len(integers.shape) < 2:
            return vectors
        if count_weights is not None:
            weights = ops.cast(count_weights, self.compute_dtype)
            vectors = ops.multiply(vectors, ops.expand_dims(weights, -1))
        reduce = ops.sum if self.output_mode == "count" else ops.max
        return reduce(vectors, axis=-2)

"""`Embedding`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.core.dense import refuse_in_place_variants


@register("layers")
class Embedding(Layer):
    """Turns integers into rows of a trained table.

    Args:
        input_dim: number of rows: the largest integer plus one.
        output_dim: size of a row.
        embeddings_initializer: initializer of the table, `(input_dim, output_dim)`.
        embeddings_regularizer: regularizer of the table.
        embeddings_constraint: constraint of the table.
        mask_zero: whether 0 means "nothing here", which later layers then skip.
        weights: initial values, a list with the table.
        lora_rank: must be None.
        lora_alpha: must be None.
        quantization_config: must be None.
        activity_regularizer: regularizer of the output.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, ...)`, integers in `[0, input_dim)`.
    Output shape: `(batch, ..., output_dim)`.

    Example:
        >>> Embedding(10, 4)([[1, 2, 0]]).shape
        (1, 3, 4)
    """

    _omitted_when_none = ("lora_rank", "lora_alpha")
    _more_in_config: tuple[str, ...] = ("activity_regularizer",)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        if weights is not None and getattr(weights, "ndim", 1) == 2:
            weights = [weights]
        super().__init__(weights=weights, activity_regularizer=activity_regularizer, **kwargs)
        refuse_in_place_variants(
            "Embedding", lora_rank=lora_rank, quantization_config=quantization_config
        )
        self.input_dim = errors.positive_int("Embedding", "input_dim", input_dim)
        self.output_dim = errors.positive_int("Embedding", "output_dim", output_dim)
        arguments.resolve(
            self,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
        )
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False

    def build(self, input_shape: Any = None) -> None:
        """Make the table."""
        self.embeddings = self.add_weight(
            name="embeddings",
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs: Any) -> Any:
        """Return the rows of the integers in `inputs`."""
        if not inputs.dtype.startswith(("int", "uint")):
            inputs = ops.cast(inputs, "int32")
        return ops.take(self.embeddings, inputs, axis=0)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where `inputs` is not 0, or None without `mask_zero`."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

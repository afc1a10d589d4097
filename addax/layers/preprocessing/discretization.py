"""`Discretization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors, ops
from addax.core.registry import register
from addax.layers.base import Layer
from addax.layers.preprocessing.category_encoding import CategoryEncoding
from addax.layers.preprocessing.normalization import batches_of


@register("layers")
class Discretization(Layer):
    """Turns numbers into the index of the bin that they fall in.

    Args:
        bin_boundaries: the bounds between bins, ascending; a number on a bound falls
            in the upper bin.
        num_bins: number of bins, whose bounds `adapt` takes from data: each then holds
            the same share of it.
        epsilon: kept for configs of Keras; the quantiles are exact.
        output_mode: `"int"`, or `"one_hot"`, `"multi_hot"`, `"count"` as of
            `CategoryEncoding`.
        sparse: must be False.
        dtype: dtype of the output; default: `"int32"` for `"int"`.
        name: name of the layer.
        **kwargs: `input_shape`.

    Input shape: any.
    Output shape: that of the input, for `"int"`.

    Example:
        >>> Discretization([0.0, 1.0])([[-1.5, 0.5, 3.0]]).numpy()
        array([[0, 1, 2]], dtype=int32)
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype="float32" if dtype in ("int32", "int64") else dtype,
                         **kwargs)  # fmt: skip
        owner = "Discretization"
        adapted = bin_boundaries is not None and num_bins == len(bin_boundaries) + 1
        if (bin_boundaries is None) == (num_bins is None) and not adapted:
            raise ValueError(
                f"Exactly one of `bin_boundaries` and `num_bins` of `{owner}` must be given. "
                f"Received: bin_boundaries={bin_boundaries}, num_bins={num_bins}"
            )
        if num_bins is not None:
            num_bins = errors.positive_int(owner, "num_bins", num_bins)
        modes = ("int", "one_hot", "multi_hot", "count")
        self.output_mode = errors.one_of(owner, "output_mode", output_mode, modes)
        self.bin_boundaries = None if bin_boundaries is None else [float(b) for b in bin_boundaries]
        self.num_bins = num_bins
        self.epsilon = epsilon
        self.sparse = sparse

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Take the bounds from the quantiles of `data`.

        Args:
            data: array, or an iterable of batches.
            steps: how many batches to take; default: all.
        """
        if self.num_bins is None:
            raise ValueError(
                f"Discretization '{self.name}' was given `bin_boundaries`, so it cannot adapt."
            )
        parts = [b.ravel() for i, b in enumerate(batches_of(data)) if steps is None or i < steps]
        shares = np.linspace(0, 1, self.num_bins + 1)[1:-1]
        self.bin_boundaries = np.quantile(np.concatenate(parts), shares).tolist()

    def call(self, inputs: Any) -> Any:
        """Return the indices, or their encoding."""
        if self.bin_boundaries is None:
            raise ValueError(
                f"Discretization '{self.name}' does not know its bins yet. Call `adapt(data)` "
                "first, or pass `bin_boundaries` to the constructor."
            )
        bounds = np.asarray(self.bin_boundaries, "float32")
        indices = ops.cast(ops.searchsorted(bounds, inputs, side="right"), "int32")
        if self.output_mode == "int":
            return indices
        encoding = CategoryEncoding(len(bounds) + 1, self.output_mode, dtype=self.dtype_policy)
        return encoding.call(indices)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments; Keras takes no `trainable` here."""
        return {name: v for name, v in super().get_config().items() if name != "trainable"}

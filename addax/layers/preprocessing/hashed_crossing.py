"""`HashedCrossing`."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import config, errors
from addax.core.registry import register
from addax.layers.preprocessing.encode import encoded, encoded_shape
from addax.layers.preprocessing.hashes import cross_hash
from addax.layers.preprocessing.host import HostLayer


@register("layers")
class HashedCrossing(HostLayer):
    """Puts combinations of features into bins by a hash, the same as Keras'.

    It computes on the host: in a model, on the data before the compiled part sees them.

    Args:
        num_bins: number of bins.
        output_mode: `"int"` or `"one_hot"`.
        sparse: must be False.
        name: name of the layer.
        dtype: dtype of the output; default: integers for `"int"`.
        **kwargs: `trainable`.

    Input shape: a list of features, each `()`, `(batch,)` or `(batch, 1)`, strings or integers.
    Output shape: that of a feature, for `"int"`; `(batch, num_bins)` for `"one_hot"`.

    Example:
        >>> import numpy as np
        >>> features = (np.array(["A", "B", "A"]), np.array([101, 101, 102]))
        >>> HashedCrossing(5)(features).numpy()
        array([1, 4, 3], dtype=int32)
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        if dtype is None:
            dtype = "int64" if output_mode == "int" else config.floatx()
        super().__init__(name=name, dtype=dtype, **kwargs)
        owner = "HashedCrossing"
        self.num_bins = errors.positive_int(owner, "num_bins", num_bins)
        self.output_mode = errors.one_of(owner, "output_mode", output_mode, ("int", "one_hot"))
        if sparse:
            raise ValueError(f"`sparse` of `{owner}` must be False. Received: sparse={sparse}")
        self.sparse = sparse

    def call(self, inputs: Any) -> Any:
        """Return the bins of the combinations."""
        features = [np.asarray(feature) for feature in inputs]
        self._check(features)
        shape = features[0].shape
        columns = [feature.ravel().tolist() for feature in features]
        bins = [cross_hash(row) % self.num_bins for row in zip(*columns, strict=True)]
        indices = np.asarray(bins, "int32").reshape(shape)
        if self.output_mode == "int":
            return indices
        return encoded(indices, self.num_bins, "one_hot", self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the output, for those of the features."""
        return encoded_shape(tuple(input_shape[0]), self.num_bins, self.output_mode)

    def output_dtype(self) -> str:
        """Return the dtype of the output."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def _check(self, features: list[np.ndarray]) -> None:
        shapes = [feature.shape for feature in features]
        good = len(features) > 1 and len(set(shapes)) == 1 and len(shapes[0]) < 3
        if not good or shapes[0][1:] not in ((), (1,)):
            raise ValueError(
                f"HashedCrossing '{self.name}' expects two or more features of one shape, (), "
                f"(batch,) or (batch, 1). Received: shapes {shapes}"
            )
        if any(feature.dtype.kind not in "iuOSU" for feature in features):
            raise ValueError(
                f"HashedCrossing '{self.name}' expects integers or strings. Received: dtypes "
                f"{[str(feature.dtype) for feature in features]}"
            )

"""`Hashing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import config, errors
from addax.core.registry import register
from addax.layers.preprocessing.encode import encoded, encoded_shape
from addax.layers.preprocessing.hashes import farm_hash, sip_hash
from addax.layers.preprocessing.host import HostLayer


@register("layers")
class Hashing(HostLayer):
    """Puts strings or integers into bins by a hash, the same as Keras'.

    It computes on the host: in a model, on the data before the compiled part sees them.

    Args:
        num_bins: number of bins, with that of `mask_value`.
        mask_value: value of bin 0, "nothing here"; None for no such bin.
        salt: integer or two of them: SipHash with this key in place of FarmHash.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"`.
        sparse: must be False.
        **kwargs: `name`, `dtype`.

    Input shape: any, strings or integers.
    Output shape: that of the input, for `"int"`.

    Example:
        >>> import numpy as np
        >>> Hashing(3)(np.array(["A", "B", "C", "D", "E"])).numpy()
        array([1, 0, 1, 1, 2], dtype=int32)
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: int | Sequence[int] | None = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else config.floatx()
        super().__init__(**kwargs)
        self.num_bins = errors.positive_int("Hashing", "num_bins", num_bins)
        self.mask_value = mask_value
        self.salt = salt_key("Hashing", salt)
        modes = ("int", "one_hot", "multi_hot", "count")
        self.output_mode = errors.one_of("Hashing", "output_mode", output_mode, modes)
        if sparse:
            raise ValueError(f"`sparse` of `Hashing` must be False. Received: sparse={sparse}")
        self.sparse = sparse

    def call(self, inputs: Any) -> Any:
        """Return the bins of strings or integers, or vectors."""
        values = np.asarray(inputs)
        if values.dtype.kind == "f":
            values = values.astype("int64")
        places = {value: self._bin(value) for value in set(values.ravel().tolist())}
        bins = [places[value] for value in values.ravel().tolist()]
        indices = np.asarray(bins, "int32").reshape(values.shape)
        if self.output_mode == "int":
            return indices
        return encoded(indices, self.num_bins, self.output_mode, self.compute_dtype)

    def _bin(self, value: Any) -> int:
        masked = self.mask_value is not None and self.num_bins > 1
        if masked and value == self.mask_value:
            return 0
        return masked + hashed(value, self.salt) % (self.num_bins - masked)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return encoded_shape(tuple(input_shape), self.num_bins, self.output_mode)

    def output_dtype(self) -> str:
        """Return the dtype of the output."""
        return "int32" if self.output_mode == "int" else self.compute_dtype


def hashed(value: Any, salt: Sequence[int] | None) -> int:
    """Return the hash of a string, or of a number as text."""
    data = value if isinstance(value, bytes) else str(value).encode()
    return farm_hash(data) if salt is None else sip_hash(data, salt)


def salt_key(owner: str, salt: Any) -> list[int] | None:
    """Return two integers for the argument `salt`, None for None."""
    pair = [salt, salt] if isinstance(salt, int) else salt
    if pair is None or (isinstance(pair, (list, tuple)) and len(pair) == 2):
        return None if pair is None else [int(part) for part in pair]
    raise ValueError(
        f"`salt` of `{owner}` must be an integer or two of them. Received: salt={salt}"
    )

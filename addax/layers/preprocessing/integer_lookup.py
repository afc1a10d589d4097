"""`IntegerLookup`."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import errors, ops
from addax.core.registry import register
from addax.core.tensor import Tensor
from addax.engine import engine
from addax.layers.preprocessing.category_encoding import CategoryEncoding
from addax.layers.preprocessing.lookup import Lookup

_INT32 = 2**31 - 1  # what compiled code counts with


@register("layers")
class IntegerLookup(Lookup):
    """Turns integers into their place in a vocabulary, or back.

    In a model it is compiled with the rest, unless `num_oov_indices` is 0 or unknown integers
    are spread by a hash: then it computes on the host, before. After `adapt` on a model that
    was trained, call `compile` again.

    Args:
        max_tokens: largest size of the vocabulary with its special tokens.
        num_oov_indices: number of places for unknown integers; 0: they are an error.
        mask_token: integer of place 0, "nothing here"; None for no such place.
        oov_token: what unknown places are called.
        vocabulary: list of integers, or the path of a text file with one a line.
        vocabulary_dtype: kept for configs of Keras.
        idf_weights: weight of each integer, for `"tf_idf"`.
        invert: whether places are turned into integers.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
        sparse: must be False.
        pad_to_max_tokens: whether vectors are of size `max_tokens`.
        oov_method: how unknown integers are spread: `"floormod"` or `"farmhash"`.
        salt: key of another hash, for `"farmhash"`: an integer or two of them.
        name: name of the layer.
        **kwargs: `dtype`.

    Example:
        >>> import numpy as np
        >>> layer = IntegerLookup(vocabulary=[12, 36])
        >>> layer(np.array([36, 7])).numpy()
        array([2, 0], dtype=int32)
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.oov_method = errors.one_of(
            "IntegerLookup", "oov_method", oov_method, ("floormod", "farmhash")
        )
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            pad_to_max_tokens,
            salt,
            name=name,
            **kwargs,
        )

    _native_kinds = "iu"

    @property
    def _needs_host(self) -> bool:  # type: ignore[override]
        hashes = self.oov_method == "farmhash" and self.num_oov_indices > 1
        large = any(abs(token) > _INT32 for token in self.get_vocabulary())
        return large or (not self.invert and (self.num_oov_indices == 0 or hashes))

    def output_dtype(self) -> str:
        """Return the dtype of the output."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def call(self, inputs: Any) -> Any:
        """Return the places of integers (or integers of places), or vectors."""
        if not (isinstance(inputs, Tensor) and engine.is_traced(inputs.raw)):
            return super().call(inputs)
        self._require_vocabulary()
        if self.invert:
            return self._names_on_device(inputs)
        places = self._places_on_device(ops.cast(inputs, "int32"))
        if self.output_mode == "int":
            return places
        size = self._vector_size()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        vectors = CategoryEncoding(size, mode, dtype=self.dtype_policy).call(places)
        return vectors * self._weights(size) if self.output_mode == "tf_idf" else vectors

    def _names_on_device(self, places: Any) -> Any:
        names = np.asarray([*self.get_vocabulary(), self.oov_token], "int32")
        known = (places >= 0) & (places < len(names) - 1)
        return ops.take(names, ops.where(known, places, len(names) - 1), axis=0)

    def _places_on_device(self, values: Any) -> Any:
        """Look integers up in the sorted vocabulary."""
        tokens, places = (np.asarray(list(v), "int32") for v in
                          (self._places.keys(), self._places.values()))  # fmt: skip
        order = np.argsort(tokens)
        tokens, places = tokens[order], places[order]
        nearest = ops.searchsorted(tokens, values)
        nearest = ops.minimum(ops.cast(nearest, "int32"), len(tokens) - 1)
        unknown = values % self.num_oov_indices + self._first_unknown
        return ops.where(ops.take(tokens, nearest, axis=0) == values,
                         ops.take(places, nearest, axis=0), unknown)  # fmt: skip

    def as_token(self, value: Any) -> int:
        """Return a value as an integer."""
        return int(value)

    def _unknown_place(self, token: Any) -> int:
        return int(token) if self.oov_method == "floormod" else super()._unknown_place(token)

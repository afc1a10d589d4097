"""`IntegerLookup`."""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.registry import register
from addax.layers.preprocessing.lookup import Lookup


@register("layers")
class IntegerLookup(Lookup):
    """Turns integers into their place in a vocabulary, or back.

    It works on the host, so use it before the data enter a compiled model.

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

    def as_token(self, value: Any) -> int:
        """Return a value as an integer."""
        return int(value)

    def _unknown_place(self, token: Any) -> int:
        return int(token) if self.oov_method == "floormod" else super()._unknown_place(token)

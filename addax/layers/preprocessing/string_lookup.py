"""`StringLookup`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.preprocessing.lookup import Lookup


@register("layers")
class StringLookup(Lookup):
    """Turns strings into their place in a vocabulary, or back.

    It computes on the host: in a model, on the data before the compiled part sees them. An
    `Input` of `dtype="string"` takes texts.

    Args:
        max_tokens: largest size of the vocabulary with its special tokens.
        num_oov_indices: number of places for unknown strings; 0: they are an error.
        mask_token: string of place 0, "nothing here"; None for no such place.
        oov_token: what unknown places are called.
        vocabulary: list of strings, or the path of a text file with one a line.
        idf_weights: weight of each string, for `"tf_idf"`.
        invert: whether places are turned into strings.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
        pad_to_max_tokens: whether vectors are of size `max_tokens`.
        sparse: must be False.
        encoding: encoding of byte strings.
        name: name of the layer.
        salt: key of the hash that spreads unknown strings, an integer or two of them.
        **kwargs: `dtype`.

    Example:
        >>> import numpy as np
        >>> layer = StringLookup(vocabulary=["a", "b"])
        >>> layer(np.array(["b", "z"])).numpy()
        array([2, 0], dtype=int32)
        >>> import addax
        >>> colors = addax.Input(shape=(1,), dtype="string")
        >>> model = addax.Model(colors, addax.layers.Embedding(3, 4)(layer(colors)))
        >>> model.predict(np.array(["a", "b"]), verbose=0).shape
        (2, 1, 4)
    """

    _native_kinds = "U"

    _not_in_config = ("oov_method", "vocabulary_dtype")

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        self.encoding = encoding
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

    def as_token(self, value: Any) -> str:
        """Return a value as a string."""
        return value.decode(self.encoding) if isinstance(value, bytes) else str(value)

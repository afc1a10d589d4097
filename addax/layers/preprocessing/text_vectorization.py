"""`TextVectorization`."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.core.registry import register
from addax.layers.preprocessing.lookup import Lookup

_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
_SPLIT = ("whitespace", "character", None)
_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")


@register("layers")
class TextVectorization(Lookup):
    """Turns texts into sequences of integers, or into vectors of counts.

    A text is standardized, split into tokens, joined to n-grams, and looked up. Place 0
    is for padding and place 1 for unknown tokens. It works on the host, so use it
    before the data enter a compiled model.

    Args:
        max_tokens: largest size of the vocabulary with its special tokens.
        standardize: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"`,
            None, or a function of an array of texts.
        split: `"whitespace"`, `"character"`, None, or a function of a text that gives
            a list of tokens.
        ngrams: size of n-grams, up to which all are made, or a tuple of sizes.
        output_mode: `"int"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
        output_sequence_length: length that `"int"` sequences are cut or padded to;
            default: the longest of the batch.
        pad_to_max_tokens: whether vectors are of size `max_tokens`.
        vocabulary: list of tokens, or the path of a text file with one a line.
        idf_weights: weight of each token, for `"tf_idf"`.
        sparse: must be False.
        ragged: must be False.
        encoding: encoding of byte strings.
        name: name of the layer.
        **kwargs: `dtype`.

    Input shape: `(batch,)` or `(batch, 1)`, strings.
    Output shape: `(batch, length)` or `(batch, size of the vocabulary)`.

    Example:
        >>> layer = TextVectorization(output_sequence_length=4)
        >>> layer.adapt(["foo", "bar", "baz"])
        >>> layer(["Foo qux bar.", "qux baz"]).numpy()
        array([[2, 1, 4, 0],
               [1, 3, 0, 0]], dtype=int32)
    """

    _not_in_config = ("oov_token", "mask_token", "vocabulary_size")

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[..., Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[..., Any] | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        owner = "TextVectorization"
        if not callable(standardize):
            errors.one_of(owner, "standardize", standardize, _STANDARDIZE)
        if not callable(split):
            errors.one_of(owner, "split", split, _SPLIT)
        if sparse or ragged:
            raise ValueError(
                f"`sparse` and `ragged` of `{owner}` must be False. Received: sparse={sparse}, "
                f"ragged={ragged}"
            )
        self.standardize = standardize
        self.split = split
        self.ngrams = ngrams
        self.output_sequence_length = output_sequence_length
        self.encoding = encoding
        super().__init__(
            max_tokens,
            1,
            "",
            "[UNK]",
            vocabulary,
            idf_weights,
            False,
            output_mode,
            pad_to_max_tokens,
            name=name,
            **kwargs,
        )

    def as_token(self, value: Any) -> str:
        """Return a value as a string."""
        return value.decode(self.encoding) if isinstance(value, bytes) else str(value)

    def documents(self, batch: np.ndarray) -> list[list[str]]:
        """Return the tokens of each text."""
        if callable(self.standardize):
            batch = np.asarray(self.standardize(batch))
        texts = [self.as_token(value) for value in batch.reshape(-1).tolist()]
        return [self._with_ngrams(self._tokens(self._standardized(text))) for text in texts]

    def _standardized(self, text: str) -> str:
        if self.standardize in ("lower", "lower_and_strip_punctuation"):
            text = text.lower()
        if self.standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
            text = _PUNCTUATION.sub("", text)
        return text

    def _tokens(self, text: str) -> list[str]:
        if callable(self.split):
            return [self.as_token(token) for token in np.asarray(self.split(text)).tolist()]
        if self.split is None:
            return [text]
        return text.split() if self.split == "whitespace" else list(text)

    def _with_ngrams(self, tokens: list[str]) -> list[str]:
        if self.ngrams is None:
            return tokens
        sizes = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        return [
            " ".join(tokens[i : i + size]) for size in sizes for i in range(len(tokens) - size + 1)
        ]

    def call(self, inputs: Any) -> Any:
        """Return the integers or vectors of texts."""
        self._require_vocabulary()
        documents = self.documents(np.asarray(inputs))
        rows = [[self._place(token) for token in document] for document in documents]
        if self.output_mode != "int":
            return np.concatenate([self._vector(row) for row in rows])
        longest = max((len(row) for row in rows), default=0)
        length = self.output_sequence_length or longest
        padded = np.zeros((len(rows), length), "int32")
        for row, places in zip(padded, rows, strict=True):
            row[: len(places)] = places[:length]
        return padded

    def _vector(self, row: list[int]) -> np.ndarray:
        if not row:
            return np.zeros_like(self.encode(np.zeros((1, 1), "int32")))
        return self.encode(np.asarray(row, "int32")[None])

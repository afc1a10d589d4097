"""`TextVectorization`."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from addax import config, errors
from addax.core.registry import register
from addax.layers.preprocessing.encode import mark
from addax.layers.preprocessing.lookup import Lookup

_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
_SPLIT = ("whitespace", "character", None)
_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")


@register("layers")
class TextVectorization(Lookup):
    """Turns texts into sequences of integers, or into vectors of counts.

    A text is standardized, split into tokens, joined to n-grams, and looked up. Place 0
    is for padding and place 1 for unknown tokens. It computes on the host: in a model, whose
    `Input` is then of `dtype="string"`, on the data before the compiled part sees them; data in
    memory all at once, so that without `output_sequence_length` the sequences are as long as the
    longest of them.

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

    Input shape: `(batch,)` or `(batch, 1)`, strings; or `()`, one text.
    Output shape: `(batch, length)` or `(batch, size of the vocabulary)`; of one text without
        `batch`. With `split=None`, `"int"` and no more, that of the input.

    Example:
        >>> layer = TextVectorization(output_sequence_length=4)
        >>> layer.adapt(["foo", "bar", "baz"])
        >>> layer(["Foo qux bar.", "qux baz"]).numpy()
        array([[2, 1, 4, 0],
               [1, 3, 0, 0]], dtype=int32)
        >>> import addax
        >>> model = addax.Sequential([layer, addax.layers.Embedding(5, 2)])
        >>> model.predict(["Foo qux bar.", "qux baz"], verbose=0).shape
        (2, 4, 2)
    """

    _not_in_config = ("oov_token", "mask_token")

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

    def documents(self, batch: np.ndarray) -> Iterator[list[str]]:
        """Yield the tokens of each text; without `split`, those of each row."""
        if callable(self.standardize):
            batch = np.asarray(self.standardize(batch))
        if self.split is None and batch.ndim > 1:
            for row in batch.reshape((len(batch), -1)).tolist():
                yield self._with_ngrams([self._standardized(self.as_token(v)) for v in row])
            return
        if batch.ndim > 1 and batch.size != len(batch):
            raise ValueError(
                f"TextVectorization '{self.name}' expects texts of shape (batch,) or (batch, 1). "
                f"Received: shape {batch.shape}. Pass `split=None` for texts that are split."
            )
        for value in batch.reshape(-1).tolist():
            yield self._with_ngrams(self._tokens(self._standardized(self.as_token(value))))

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
        texts = np.asarray(inputs)
        found = self._of_documents(texts)
        if texts.ndim == 0:
            return found[0]
        return found.reshape(texts.shape) if self._keeps_shape() else found

    def _keeps_shape(self) -> bool:
        """Say whether each text gives one integer."""
        plain = self.ngrams is None and self.output_sequence_length is None
        return self.split is None and plain and self.output_mode == "int"

    def _of_documents(self, texts: np.ndarray) -> np.ndarray:
        most = self.output_sequence_length if self.output_mode == "int" else None
        documents = self.documents(texts)
        rows = [self.places_of(document[:most]) for document in documents]
        if self.output_mode != "int":
            return self._vectors(rows)
        length = most or max(map(len, rows), default=0)
        padded = np.zeros((len(rows), length), "int32")
        for row, places in zip(padded, rows, strict=True):
            row[: len(places)] = places
        return padded

    def _vectors(self, rows: list[np.ndarray]) -> np.ndarray:
        size = self._vector_size()
        vectors = np.zeros((len(rows), size), config.floatx())
        numbers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        weighted = self.output_mode == "tf_idf"
        places = np.concatenate([np.zeros(0, "int32"), *rows])
        mark(vectors, numbers, places, "count" if weighted else self.output_mode)
        return vectors * self._weights(size) if weighted else vectors

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        if self._keeps_shape():
            return tuple(input_shape)
        known = self.output_sequence_length
        return (input_shape[0], known if self.output_mode == "int" else self._vector_size())

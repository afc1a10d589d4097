"""What `StringLookup`, `IntegerLookup` and `TextVectorization` share; all on the host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from addax import config, errors
from addax.core.tensor import TensorLike
from addax.layers.preprocessing.encode import encoded, encoded_shape
from addax.layers.preprocessing.hashing import hashed, salt_key
from addax.layers.preprocessing.host import HostLayer

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
Token = Any


def array_batches(data: Any) -> Iterable[np.ndarray]:
    """Yield an array or a list as a whole, or the batches of another iterable."""
    if isinstance(data, (str, list, tuple, TensorLike)) or hasattr(data, "__array__"):
        yield np.asarray(data)
        return
    for batch in data:
        yield np.asarray(batch[0] if isinstance(batch, (list, tuple)) else batch)


def ranked(counts: Counter[Token]) -> list[Token]:
    """Return tokens by falling count; equal counts in reverse order."""
    return [token for token, _ in sorted(counts.items(), key=lambda p: (p[1], p[0]), reverse=True)]


class Lookup(HostLayer):
    """Base of layers that turn tokens into their place in a vocabulary.

    Args:
        max_tokens: largest size of the vocabulary with its special tokens; None: no limit.
        num_oov_indices: number of places for unknown tokens.
        mask_token: token of place 0, "nothing here"; None for no such place.
        oov_token: what unknown places are called.
        vocabulary: list of tokens, or the path of a text file with one a line.
        idf_weights: weight of each token, for `"tf_idf"`.
        invert: whether places are turned into tokens.
        output_mode: one of `MODES`.
        pad_to_max_tokens: whether vectors are of size `max_tokens`.
        salt: key of the hash that spreads unknown tokens, an integer or two of them.
        **kwargs: further arguments of `Layer`.
    """

    _not_in_config: tuple[str, ...] = ()
    _native_kinds = ""  # kinds of arrays whose values are tokens as they are

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        pad_to_max_tokens: bool,
        salt: Any = None,
        **kwargs: Any,
    ) -> None:
        # the size of a vocabulary that is in a file beside the config
        self._declared_size: int | None = kwargs.pop("vocabulary_size", None)
        for name in self._not_in_config:  # in configs of Keras
            kwargs.pop(name, None)
        super().__init__(**kwargs)
        owner = type(self).__name__
        if max_tokens is not None:
            errors.positive_int(owner, "max_tokens", max_tokens)
        self.max_tokens = max_tokens
        self.num_oov_indices = errors.non_negative_int(owner, "num_oov_indices", num_oov_indices)
        self.salt = salt_key(owner, salt)
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = invert
        mode = "multi_hot" if output_mode == "binary" else output_mode
        self.output_mode = errors.one_of(owner, "output_mode", mode, MODES)
        if invert and self.output_mode != "int":
            raise ValueError(
                f"`output_mode` of `{owner}` must be 'int' with `invert=True`. Received: "
                f"output_mode={output_mode!r}"
            )
        self.pad_to_max_tokens = pad_to_max_tokens
        self.vocabulary: list[Any] | None = None
        self.idf_weights: list[float] | None = None
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def as_token(self, value: Any) -> Any:
        """Return a value of an array as a token."""
        return value

    @property
    def _special(self) -> list[Any]:
        mask = [] if self.mask_token is None or self.output_mode != "int" else [self.mask_token]
        return mask + [self.oov_token] * self.num_oov_indices

    def set_vocabulary(self, vocabulary: Any, idf_weights: Sequence[float] | None = None) -> None:
        """Set the vocabulary, with or without its special tokens.

        Args:
            vocabulary: list of tokens, or the path of a text file with one a line.
            idf_weights: weight of each token, for `"tf_idf"`.
        """
        if isinstance(vocabulary, str):
            vocabulary = Path(vocabulary).read_text(encoding="utf-8").splitlines()
        tokens = [self.as_token(token) for token in np.asarray(vocabulary).tolist()]
        special = self._special
        if special and tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
        repeated = [token for token, count in Counter(tokens).items() if count > 1]
        if repeated:
            raise ValueError(
                f"`vocabulary` of {type(self).__name__} '{self.name}' must not repeat tokens. "
                f"Received: {repeated[:5]} more than once"
            )
        if self.max_tokens is not None:
            tokens = tokens[: self.max_tokens - len(special)]
        self.vocabulary = tokens
        self._places = {token: i + len(special) for i, token in enumerate(tokens)}
        if self._first_unknown:
            self._places.setdefault(self.mask_token, 0)
        if idf_weights is not None:
            self.idf_weights = np.asarray(idf_weights, "float64")[-len(tokens) :].tolist()

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the weights of the tokens into `store`, with those of the special tokens."""
        if self.output_mode == "tf_idf" and self.idf_weights:
            known = np.asarray(self.idf_weights, config.floatx())
            special = np.full(len(self._special), known.mean(), known.dtype)
            store["idf_weights"] = np.concatenate([special, known])

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Set the weights of the tokens, whether or not these are known yet."""
        if "idf_weights" in store:
            weights = np.asarray(store["idf_weights"])[len(self._special) :].tolist()
            count = len(weights if self.vocabulary is None else self.vocabulary)
            self.idf_weights = weights[:count]

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary, one token a line, if it is not one of the constructor."""
        if self.vocabulary is not None and self._init_arguments.get("vocabulary") is None:
            text = "\n".join(str(token) for token in self.get_vocabulary())
            Path(dir_path, "vocabulary.txt").write_text(text, encoding="utf-8")

    def load_assets(self, dir_path: str) -> None:
        """Read the vocabulary, if it is not known yet."""
        path = Path(dir_path, "vocabulary.txt")
        if self.vocabulary is None and path.is_file():
            lines = path.read_text(encoding="utf-8").split("\n")
            while lines and not lines[-1]:
                lines.pop()
            weights = self.idf_weights
            count = len(lines) - len(self._special)
            self.set_vocabulary(lines, None if weights is None else weights[:count])

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the tokens in the order of their places."""
        return [*(self._special if include_special_tokens else []), *(self.vocabulary or [])]

    def vocabulary_size(self) -> int:
        """Return the number of places."""
        return len(self.get_vocabulary())

    def documents(self, batch: np.ndarray) -> Iterable[list[Any]]:
        """Return the tokens of each sample of a batch."""
        rows = batch.reshape((len(batch), -1)) if batch.ndim else batch.reshape((1, 1))
        return [[self.as_token(value) for value in row] for row in rows.tolist()]

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take the vocabulary from data, the most frequent tokens first.

        Args:
            data: array or list, or an iterable of batches.
            batch_size: kept for Keras code.
            steps: how many batches to take; default: all.
        """
        counts: Counter[Any] = Counter()
        present: Counter[Any] = Counter()
        total = 0
        for step, batch in enumerate(array_batches(data)):
            if steps is not None and step >= steps:
                break
            for document in self.documents(batch):
                counts.update(document)
                present.update(set(document))
                total += 1
        for token in (self.mask_token, self.oov_token):
            counts.pop(token, None)
        tokens = ranked(counts)
        weights = None
        if self.output_mode == "tf_idf":
            weights = [float(np.log(1 + total / (1 + present[token]))) for token in tokens]
            if self.max_tokens is not None:
                weights = weights[: self.max_tokens - len(self._special)]
        self.set_vocabulary(tokens, weights) if tokens else None

    @property
    def _first_unknown(self) -> int:
        """The first place of unknown tokens: 1 after that of the mask token, if there is one."""
        return len(self._special) - self.num_oov_indices

    def places_of(self, tokens: Sequence[Any]) -> np.ndarray:
        """Return the places of tokens."""
        places = np.fromiter(map(self._places.get, tokens, repeat(-1)), "int32", len(tokens))
        for i in np.flatnonzero(places < 0).tolist():
            places[i] = self._place_of_unknown(tokens[i])
        return places

    def _place_of_unknown(self, token: Any) -> int:
        if self.num_oov_indices == 1:
            return self._first_unknown
        if not self.num_oov_indices:
            raise ValueError(
                f"Token {token!r} is not in the vocabulary of {type(self).__name__} '{self.name}', "
                "and `num_oov_indices` is 0."
            )
        return self._first_unknown + self._unknown_place(token) % self.num_oov_indices

    def _unknown_place(self, token: Any) -> int:
        """Return what chooses among the places of unknown tokens, as in Keras."""
        return hashed(token, self.salt)

    def _require_vocabulary(self) -> None:
        if self.vocabulary is None:
            raise ValueError(
                f"{type(self).__name__} '{self.name}' does not know its vocabulary yet. Call "
                "`adapt(data)` first, or pass `vocabulary` to the constructor."
            )

    def call(self, inputs: Any) -> Any:
        """Return the places of tokens (or tokens of places), or vectors."""
        self._require_vocabulary()
        values = np.asarray(inputs)
        if self.invert:
            names = self.get_vocabulary()
            known = [names[i] if 0 <= i < len(names) else self.oov_token for i in values.flat]
            return np.asarray(known).reshape(values.shape)
        tokens = values.reshape(-1).tolist()
        if values.dtype.kind not in self._native_kinds:
            tokens = list(map(self.as_token, tokens))
        indices = self.places_of(tokens).reshape(values.shape)
        return indices if self.output_mode == "int" else self.encode(indices)

    def encode(self, indices: np.ndarray) -> np.ndarray:
        """Return vectors of places, as `output_mode` says."""
        size = self._vector_size()
        if self.output_mode != "tf_idf":
            return encoded(indices, size, self.output_mode, config.floatx())
        return encoded(indices, size, "count", config.floatx()) * self._weights(size)

    def _vector_size(self) -> Any:
        """Return the size of vectors, None as long as it is not known."""
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        return self._declared_size if self.vocabulary is None else self.vocabulary_size()

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape of the output."""
        return encoded_shape(tuple(input_shape), self._vector_size(), self.output_mode)

    def output_dtype(self) -> str:
        """Return the dtype of the output."""
        if self.invert:
            return "string"
        return "int32" if self.output_mode == "int" else config.floatx()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments, and the size of the vocabulary if it was adapted."""
        found = super().get_config()
        if self.vocabulary is not None and self._init_arguments.get("vocabulary") is None:
            found["vocabulary_size"] = self.vocabulary_size()
        return found

    get_config.is_default = True  # type: ignore[attr-defined]

    def _weights(self, size: int) -> np.ndarray:
        known = np.asarray(self.idf_weights or [], config.floatx())
        if not len(known):
            raise ValueError(
                f"{type(self).__name__} '{self.name}' needs `idf_weights` for 'tf_idf'. "
                "Call `adapt(data)` first."
            )
        weights = np.zeros(size, config.floatx())
        first = len(self._special)
        weights[:first] = known.mean()
        weights[first : first + len(known)] = known
        return weights

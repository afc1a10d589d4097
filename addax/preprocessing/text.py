"""Texts to lists of word numbers, as Keras 2 does it."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from addax import errors

__all__ = [
    "Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json",
]  # fmt: skip

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_MODES = ("binary", "count", "freq", "tfidf")
_TABLES = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


def text_to_word_sequence(
    input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """Return the words of a text.

    Args:
        input_text: the text.
        filters: characters that separate words and are left out.
        lower: whether to make everything lower case.
        split: what else separates words.

    Example:
        >>> text_to_word_sequence("The cat sat.")
        ['the', 'cat', 'sat']
    """
    text = input_text.lower() if lower else input_text
    text = text.translate({ord(character): split for character in filters})
    return [word for word in text.split(split) if word]


def one_hot(
    input_text: str,
    n: int,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[str]] | None = None,
) -> list[int]:
    """Return a number in `[1, n)` for each word, from Python's `hash`.

    Python's hash of a text differs from process to process: `hashing_trick` with `"md5"` does
    not. The arguments are those of `hashing_trick`.

    Example:
        >>> numbers = one_hot("the cat the", 10)
        >>> numbers[0] == numbers[2], all(1 <= number < 10 for number in numbers)
        (True, True)
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


def hashing_trick(
    text: str,
    n: int,
    hash_function: str | Callable[[str], int] | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[str]] | None = None,
) -> list[int]:
    """Return a number in `[1, n)` for each word; different words may share one.

    Args:
        text: the text.
        n: number of words plus one; at least 2.
        hash_function: `"md5"`, the same in every process; a function of a word; or None for
            Python's `hash`, which differs from process to process.
        filters: see `text_to_word_sequence`, as for `lower` and `split`.
        lower: whether to make everything lower case.
        split: what separates words.
        analyzer: gives the words of a text, in the place of `text_to_word_sequence`.

    Example:
        >>> hashing_trick("the cat the", 10, "md5")
        [6, 3, 6]
    """
    if errors.positive_int("hashing_trick", "n", n) < 2:
        raise ValueError(f"`n` of `hashing_trick` must be at least 2. Received: n={n}")
    if isinstance(hash_function, str):
        errors.one_of("hashing_trick", "hash_function", hash_function, ("md5",))
        hash_function = _md5
    number = hash_function or hash
    words = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [number(word) % (n - 1) + 1 for word in words]


class Tokenizer:
    """Numbers the words of texts by how often they occur, from 1 on; 0 is no word.

    Args:
        num_words: only word numbers below this one are used; default: all.
        filters: characters that separate words and are left out.
        lower: whether to make everything lower case.
        split: what else separates words.
        char_level: whether each character is a word.
        oov_token: word for all words that are not known or too rare; it gets number 1. Without
            one they are left out.
        analyzer: gives the words of a text, in the place of `text_to_word_sequence`.
        document_count: number of texts seen before.
        **kwargs: `nb_words`, the old name of `num_words`.

    Example:
        >>> tokenizer = Tokenizer()
        >>> tokenizer.fit_on_texts(["The cat sat.", "The dog, the cat!"])
        >>> tokenizer.word_index
        {'the': 1, 'cat': 2, 'sat': 3, 'dog': 4}
        >>> tokenizer.texts_to_sequences(["the bird sat"])
        [[1, 3]]
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], Iterable[str]] | None = None,
        document_count: int = 0,
        **kwargs: Any,
    ) -> None:
        """Know no words yet."""
        if "nb_words" in kwargs:
            warnings.warn("`nb_words` of `Tokenizer` is now `num_words`.", stacklevel=2)
            num_words = kwargs.pop("nb_words")
        if kwargs:
            raise TypeError(f"`Tokenizer` has no argument {sorted(kwargs)[0]!r}.")
        self.num_words, self.oov_token = num_words, oov_token
        self.document_count = document_count
        self.filters, self.lower, self.split = filters, lower, split
        self.char_level, self.analyzer = char_level, analyzer
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: defaultdict[str, int] = defaultdict(int)
        self.index_docs: defaultdict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def _words(self, text: Any) -> Iterable[str]:
        if isinstance(text, list):
            return [word.lower() for word in text] if self.lower else text
        if isinstance(text, bytes):
            text = text.decode()
        if self.char_level:
            return text.lower() if self.lower else text
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count the words of texts, and number them anew.

        Args:
            texts: texts, or lists of words, which are taken as they are.
        """
        for text in texts:
            self.document_count += 1
            words = list(self._words(text))
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in dict.fromkeys(words):
                self.word_docs[word] += 1
        ranked = sorted(self.word_counts, key=lambda word: -self.word_counts[word])
        ranked = ranked if self.oov_token is None else [self.oov_token, *ranked]
        self.word_index = {word: number for number, word in enumerate(ranked, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Iterable[Iterable[int]]) -> None:
        """Count in how many lists of word numbers each one occurs."""
        for sequence in sequences:
            self.document_count += 1
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Return a list of word numbers for each text."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        """Yield the list of word numbers of each text."""
        unknown = self.word_index.get(self.oov_token) if self.oov_token is not None else None
        for text in texts:
            numbers = (self.word_index.get(word) for word in self._words(text))
            seen = (number if self._is_used(number) else unknown for number in numbers)
            yield [number for number in seen if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Return the words of each list of word numbers, with blanks between them."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        """Yield the text of each list of word numbers."""
        for sequence in sequences:
            words = (
                self.index_word.get(int(number)) if self._is_used(number) else None
                for number in sequence
            )
            known = (self.oov_token if word is None else word for word in words)
            yield " ".join(word for word in known if word is not None)

    def _is_used(self, number: int | None) -> bool:
        return number is not None and not (self.num_words and number >= self.num_words)

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """Return one row per text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Any, mode: str = "binary") -> np.ndarray:
        """Return one row per list of word numbers, one column per number.

        Args:
            sequences: lists of word numbers.
            mode: `"binary"`: 1 where the word occurs; `"count"`: how often; `"freq"`: that by
                the length of the list; `"tfidf"`: `(1 + log count) * log(1 + documents /
                (1 + documents with the word))`.

        Returns: array `(len(sequences), num_words)`, or one column per known word and one for 0.

        Raises:
            ValueError: for another mode, or before any text was seen.
        """
        errors.one_of("sequences_to_matrix", "mode", mode, _MODES)
        if not (self.num_words or self.word_index):
            raise ValueError("`Tokenizer` needs `num_words`, or `fit_on_texts` first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("`mode='tfidf'` of `Tokenizer` needs `fit_on_texts` first.")
        width = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), width))
        for row, sequence in zip(matrix, sequences, strict=True):
            for number, count in Counter(sequence).items():
                if number < width:
                    row[number] = self._cell(number, count, len(sequence), mode)
        return matrix

    def _cell(self, number: int, count: int, length: int, mode: str) -> float:
        if mode == "tfidf":
            share = self.document_count / (1 + self.index_docs.get(number, 0))
            return float((1 + np.log(count)) * np.log(1 + share))
        return {"binary": 1.0, "count": count, "freq": count / length}[mode]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, and the tables as JSON texts."""
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token")
        config = {name: getattr(self, name) for name in (*names, "document_count")}
        return config | {name: json.dumps(getattr(self, name)) for name in _TABLES}

    def to_json(self, **kwargs: Any) -> str:
        """Return all that it knows as a JSON text; `kwargs` go to `json.dumps`."""
        config = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(config, **kwargs)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """Return the `Tokenizer` that `to_json` wrote.

    Example:
        >>> tokenizer = Tokenizer()
        >>> tokenizer.fit_on_texts(["a a b"])
        >>> tokenizer_from_json(tokenizer.to_json()).word_index
        {'a': 1, 'b': 2}
    """
    config = dict(json.loads(json_string)["config"])
    tables = {name: json.loads(config.pop(name)) for name in _TABLES}
    tokenizer = Tokenizer(**config)
    tokenizer.word_counts = OrderedDict(tables["word_counts"])
    tokenizer.word_docs.update(tables["word_docs"])
    tokenizer.index_docs.update({int(k): v for k, v in tables["index_docs"].items()})
    tokenizer.index_word = {int(k): v for k, v in tables["index_word"].items()}
    tokenizer.word_index = tables["word_index"]
    return tokenizer

"""What the two datasets of word sequences, imdb and reuters, share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def shuffled(rng: np.random.RandomState, *arrays: np.ndarray) -> list[np.ndarray]:
    """Return the arrays in one common random order."""
    order = np.arange(len(arrays[0]))
    rng.shuffle(order)
    return [array[order] for array in arrays]


def marked(sequences: Any, start_char: int | None, index_from: int) -> list[list[int]]:
    """Shift every rank by `index_from` and put `start_char` in front, unless it is None."""
    shift = index_from or 0
    if start_char is None:
        return [[rank + shift for rank in ranks] for ranks in sequences]
    return [[start_char] + [rank + index_from for rank in ranks] for ranks in sequences]


def shorter_than(
    maxlen: int, sequences: list[list[int]], labels: np.ndarray
) -> tuple[list[list[int]], np.ndarray]:
    """Return the sequences of less than `maxlen` entries, with their labels.

    Raises:
        ValueError: if none is that short.
    """
    kept = [index for index, sequence in enumerate(sequences) if len(sequence) < maxlen]
    if not kept:
        raise ValueError(
            f"No sequence is shorter than `maxlen`. Received: maxlen={maxlen}; the shortest has "
            f"{min(map(len, sequences))} entries. Increase `maxlen`."
        )
    return [sequences[index] for index in kept], labels[kept]


def limited(
    sequences: Sequence[list[int]], num_words: int | None, skip_top: int, oov_char: int | None
) -> list[list[int]]:
    """Replace by `oov_char` (or drop) what is not in `skip_top <= word < num_words`.

    Without `num_words` the largest word index is the limit, itself excluded, as in Keras.
    """
    limit = num_words or max(max(sequence) for sequence in sequences)
    if oov_char is None:
        return [[w for w in words if skip_top <= w < limit] for words in sequences]
    return [[w if skip_top <= w < limit else oov_char for w in words] for words in sequences]


def ragged(sequences: Sequence[list[int]]) -> np.ndarray:
    """Return a vector of lists, also when all lists happen to be equally long."""
    array = np.empty(len(sequences), dtype=object)
    array[:] = list(sequences)
    return array

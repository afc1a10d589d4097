"""Windows over series, and pairs of words for word vectors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.core.variable import default_seed, host_generator
from addax.data import PyDataset
from addax.utils.sequences import pad_sequences as pad_sequences

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]

_EULER = 0.577  # as many digits of the Euler-Mascheroni constant as Keras takes


class TimeseriesGenerator(PyDataset):
    """Batches of windows over a series, each with the target that follows it.

    The window that ends before step `i` is `data[i - length : i : sampling_rate]`, and its target
    `targets[i]`.

    Args:
        data: series, `(time, ...)`: an array or a list.
        targets: one per step of `data`.
        length: of a window, in steps of `data`.
        sampling_rate: distance of the steps that a window takes.
        stride: distance between windows.
        start_index: first step of `data` that is used.
        end_index: last step that is used; default: the last one.
        shuffle: whether a batch takes windows at random, with replacement.
        reverse: whether the steps in a window run backwards.
        batch_size: windows per batch.
        seed: of `shuffle`; default: drawn from the global seed.
        **kwargs: `workers`, `use_multiprocessing` and `max_queue_size` of `PyDataset`.

    Raises:
        ValueError: if `data` and `targets` differ in length, or no window fits.

    Example:
        >>> windows = TimeseriesGenerator(np.arange(50), np.arange(50), 10, 2, batch_size=2)
        >>> windows[0]
        (array([[0, 2, 4, 6, 8],
                [1, 3, 5, 7, 9]]), array([10, 11]))
    """

    def __init__(
        self,
        data: Any,
        targets: Any,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the sizes; windows are cut when they are asked for."""
        super().__init__(**kwargs)
        owner = "TimeseriesGenerator"
        if len(data) != len(targets):
            raise ValueError(
                f"`data` and `targets` of `{owner}` must have one length. "
                f"Received: {len(data)} and {len(targets)}"
            )
        self.data, self.targets = data, targets
        self.length = errors.positive_int(owner, "length", length)
        self.sampling_rate = errors.positive_int(owner, "sampling_rate", sampling_rate)
        self.stride = errors.positive_int(owner, "stride", stride)
        self.batch_size = errors.positive_int(owner, "batch_size", batch_size)
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse = shuffle, reverse
        self.seed = default_seed() if seed is None else seed
        self._passes = 0
        if self.start_index > self.end_index:
            raise ValueError(
                f"No window of `{owner}` fits: `start_index` + `length` is {self.start_index}, "
                f"which is larger than end_index={self.end_index}. Take a shorter `length`."
            )

    def __len__(self) -> int:
        """Number of batches."""
        steps = self.batch_size * self.stride
        return (self.end_index - self.start_index + steps) // steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the windows `(batch, length / sampling_rate, ...)` and targets of a batch."""
        rows = self._rows(index)
        windows = [self.data[row - self.length : row : self.sampling_rate] for row in rows]
        samples, targets = np.array(windows), np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1] if self.reverse else samples), targets

    def on_epoch_end(self) -> None:
        """Let the next epoch draw other windows."""
        self._passes += 1

    def _rows(self, index: int) -> np.ndarray:
        if self.shuffle:
            random = host_generator(self.seed, self._passes * len(self) + index)
            return random.integers(self.start_index, self.end_index + 1, self.batch_size)
        first = self.start_index + self.batch_size * self.stride * index
        last = min(first + self.batch_size * self.stride, self.end_index + 1)
        return np.arange(first, last, self.stride)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments; `data` and `targets` as JSON texts.

        Raises:
            TypeError: if they are no numbers or lists.
        """
        config = {name: getattr(self, name) for name in (
            "length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse",
            "batch_size",
        )}  # fmt: skip
        return {"data": _as_json(self.data), "targets": _as_json(self.targets), **config}

    def to_json(self, **kwargs: Any) -> str:
        """Return class and config as a JSON text; `kwargs` go to `json.dumps`."""
        config = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(config, **kwargs)


def _as_json(data: Any) -> str:
    return json.dumps(data.tolist() if isinstance(data, np.ndarray) else data)


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """Return how likely a word of each rank is kept, so that frequent words count less.

    `min(1, sqrt(sampling_factor / frequency))`, where the frequency of rank `r` follows Zipf's
    law, about `1 / (r (log r + 0.577) + 1/2 - 1/(12 r))`.

    Args:
        size: number of words.
        sampling_factor: the threshold frequency; words below are always kept.

    Returns: probabilities, shape `(size,)`.

    Reference: Mikolov et al. 2013, https://arxiv.org/abs/1310.4546.

    Example:
        >>> make_sampling_table(3).round(4)
        array([0.0032, 0.0032, 0.0055])
    """
    errors.positive_int("make_sampling_table", "size", size)
    rank = np.maximum(np.arange(size), 1)
    inverse = rank * (np.log(rank) + _EULER) + 0.5 - 1 / (12 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse))


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Return pairs of words near each other (label 1) and random pairs (label 0).

    Args:
        sequence: word numbers of one text; 0 is no word and left out.
        vocabulary_size: number of words, with 0.
        window_size: how far apart the words of a pair may be.
        negative_samples: random pairs per real pair, >= 0.
        shuffle: whether the order is random.
        categorical: whether labels are `[0, 1]` and `[1, 0]`.
        sampling_table: for each word number the probability that it is taken as the first of a
            pair; see `make_sampling_table`.
        seed: of everything random here; default: drawn from the global seed.

    Returns: pairs and labels, two lists of one length.

    Example:
        >>> skipgrams([1, 2, 3], 4, window_size=1, negative_samples=0, shuffle=False)
        ([[1, 2], [2, 1], [2, 3], [3, 2]], [1, 1, 1, 1])
    """
    random = host_generator(default_seed() if seed is None else seed)
    couples = []
    for i, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        window = range(max(0, i - window_size), min(len(sequence), i + window_size + 1))
        couples += [[word, sequence[j]] for j in window if j != i and sequence[j]]
    real = len(couples)
    count = int(real * negative_samples) if negative_samples > 0 else 0
    words = [couples[i][0] for i in random.permutation(real)]
    others = random.integers(1, vocabulary_size, count) if count else ()
    couples += [[words[i % real], int(other)] for i, other in enumerate(others)]
    yes, no = ([0, 1], [1, 0]) if categorical else (1, 0)
    labels: list[Any] = [yes] * real + [no] * count
    if shuffle:
        order = random.permutation(len(couples))
        couples, labels = [couples[i] for i in order], [labels[i] for i in order]
    return couples, labels

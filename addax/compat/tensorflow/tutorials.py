"""TensorFlow 1's reader of the four MNIST files."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

_FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}


class DataSet:
    """Images and labels, with batches in a new random order each epoch.

    Args:
        images: `(n, ...)`.
        labels: `(n,)` or `(n, classes)`.
        seed: of the order.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, seed: int | None = None) -> None:
        self.images = images
        self.labels = labels
        self.epochs_completed = 0
        self._order: list[int] = []
        self._generator = np.random.Generator(np.random.Philox(seed))

    @property
    def num_examples(self) -> int:
        """The number of images."""
        return len(self.images)

    def next_batch(
        self, batch_size: int, fake_data: bool = False, shuffle: bool = True
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the next images and labels; a new epoch begins when they run out.

        Args:
            batch_size: how many.
            fake_data: accepted for compatibility.
            shuffle: whether a new epoch has a new order.
        """
        while len(self._order) < batch_size:
            n = self.num_examples
            more = self._generator.permutation(n) if shuffle else np.arange(n)
            self.epochs_completed += bool(self._order)
            self._order += more.tolist()
        rows, self._order = self._order[:batch_size], self._order[batch_size:]
        return self.images[rows], self.labels[rows]


class Datasets(NamedTuple):
    """The three parts.

    Attributes:
        train: for training.
        validation: the first rows of the training files.
        test: for the last measurement.
    """

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    train_dir: str,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: str = "float32",
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = "",
) -> Datasets:
    """Read the four `.gz` files of MNIST (or Fashion-MNIST) from a folder.

    Args:
        train_dir: the folder.
        fake_data: accepted for compatibility.
        one_hot: labels as vectors `(n, 10)` in place of numbers `(n,)`.
        dtype: `"float32"` for values in [0, 1], `"uint8"` for 0 to 255.
        reshape: images as rows `(n, 784)` in place of `(n, 28, 28, 1)`.
        validation_size: how many of the first training images make the validation part.
        seed: of the order of the batches.
        source_url: accepted for compatibility; nothing is downloaded.

    Raises:
        FileNotFoundError: if a file is not in the folder.
        ValueError: if a file is no idx file, or `validation_size` does not fit.
    """
    parts = {
        part: [_read_idx(Path(train_dir) / name) for name in names]
        for part, names in _FILES.items()
    }
    n = len(parts["train"][0])
    if not 0 <= validation_size <= n:
        raise ValueError(
            f"`validation_size` of `read_data_sets` must be in [0, {n}]. "
            f"Received: {validation_size}"
        )

    def prepared(part: str, start: int, stop: int | None) -> DataSet:
        images, labels = (array[start:stop] for array in parts[part])
        images = images.reshape(len(images), -1) if reshape else images[..., None]
        images = images.astype(np.float32) / np.float32(255) if "float" in str(dtype) else images
        return DataSet(images, np.eye(10)[labels] if one_hot else labels, seed)

    return Datasets(
        train=prepared("train", validation_size, None),
        validation=prepared("train", 0, validation_size),
        test=prepared("test", 0, None),
    )


def _read_idx(path: Path) -> np.ndarray:
    """Return the array of a gzipped idx file of bytes."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing. Put the four MNIST `.gz` files there.")
    with gzip.open(path, "rb") as stream:
        zero, kind, rank = struct.unpack(">HBB", stream.read(4))
        if zero or kind != 8 or not 0 < rank < 5:
            raise ValueError(f"{path} is no idx file of bytes.")
        shape = struct.unpack(f">{rank}I", stream.read(4 * rank))
        return np.frombuffer(stream.read(), np.uint8).reshape(shape)

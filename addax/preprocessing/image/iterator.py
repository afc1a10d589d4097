"""Batches of changed images, by number or without end."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from addax import errors
from addax.core.variable import default_seed, host_generator
from addax.data import PyDataset
from addax.preprocessing.image.affine import generator
from addax.utils.images import array_to_img

_random: ContextVar[np.random.Generator | None] = ContextVar("random", default=None)
_ORDER = 2**62  # counters from here on shuffle; those below are for batches


class Transformer(Protocol):
    """What an iterator needs of an `ImageDataGenerator`."""

    def get_random_transform(self, img_shape: tuple[int, ...], seed: Any = None) -> dict[str, Any]:
        """Return random changes for an image."""

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """Return the changed image."""

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """Return the image, scaled and centred."""


class Iterator(PyDataset):
    """Base class of iterators over images: batches by number, or one after the other for ever.

    A subclass defines `_get_batches_of_transformed_samples(index_array)`, which returns the batch
    of these samples. What is random in a batch depends on the seed, the epoch and the number of
    the batch alone, not on who asks first.

    Args:
        n: number of samples.
        batch_size: samples per batch; None for one batch of all.
        shuffle: whether each epoch has an order of its own.
        seed: of the order and the changes; default: drawn from the global seed.
        **kwargs: `workers`, `use_multiprocessing` and `max_queue_size` of `PyDataset`.

    Example:
        >>> class Numbers(Iterator):
        ...     def _get_batches_of_transformed_samples(self, index_array):
        ...         return index_array
        >>> numbers = Numbers(5, 2, shuffle=False, seed=None)
        >>> len(numbers), [next(numbers).tolist() for _ in range(4)]
        (3, [[0, 1], [2, 3], [4], [0, 1]])
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(
        self, n: int, batch_size: int | None, shuffle: bool, seed: int | None, **kwargs: Any
    ) -> None:
        """Start before the first batch."""
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.n = errors.non_negative_int(owner, "n", n)
        if batch_size is None:
            batch_size = max(self.n, 1)
        self.batch_size = errors.positive_int(owner, "batch_size", batch_size)
        self.shuffle, self.seed = shuffle, seed
        self.lock = threading.Lock()
        self.batch_index = self.total_batches_seen = 0
        self._epoch = 0
        self._key = default_seed() if seed is None else int(seed)

    @property
    def index_array(self) -> np.ndarray:
        """The order of the samples in this epoch."""
        return self._order(self._epoch)

    def _order(self, epoch: int) -> np.ndarray:
        if not self.shuffle:
            return np.arange(self.n)
        return host_generator(self._key, _ORDER + epoch).permutation(self.n)

    def __len__(self) -> int:
        """Number of batches of an epoch."""
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx: int) -> Any:
        """Return batch `idx` of this epoch.

        Raises:
            IndexError: if there is no such batch.
        """
        if not 0 <= idx < len(self):
            raise IndexError(
                f"`{type(self).__name__}` has {len(self)} batches. Received: number {idx}"
            )
        return self._batch(idx, self._epoch)

    def _batch(self, idx: int, epoch: int) -> Any:
        rows = self._order(epoch)[idx * self.batch_size : (idx + 1) * self.batch_size]
        self.total_batches_seen += 1
        token = _random.set(host_generator(self._key, epoch * len(self) + idx))
        try:
            return self._get_batches_of_transformed_samples(rows)
        finally:
            _random.reset(token)

    def on_epoch_end(self) -> None:
        """Let the next epoch have another order and other changes."""
        self._epoch += 1

    def endless(self) -> Endless:
        """Return the batches of this epoch and of all that follow, under one numbering.

        `fit` reads them when it is given `steps_per_epoch`, which need not be a whole pass.
        """
        return Endless(self, self._epoch)

    def reset(self) -> None:
        """Go back to before the first batch; the order of the epoch stays."""
        self.batch_index = 0

    def __iter__(self) -> Iterator:
        """Return itself: it never ends."""
        return self

    def __next__(self) -> Any:
        """Return the next batch; after the last one of an epoch, the first of the next."""
        with self.lock:
            if not self.n:
                raise StopIteration
            if self.batch_index >= len(self):
                self.batch_index = 0
                self.on_epoch_end()
            batch = self[self.batch_index]
            self.batch_index += 1
        return batch

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        """Return the batch of these samples."""
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `_get_batches_of_transformed_samples`."
        )


class Endless:
    """Batches of an `Iterator`, numbered on from epoch to epoch.

    Args:
        iterator: whose batches.
        epoch: the first epoch.
    """

    def __init__(self, iterator: Iterator, epoch: int) -> None:
        """Keep where to start."""
        self._iterator, self._epoch = iterator, epoch
        self.workers, self.max_queue_size = iterator.workers, iterator.max_queue_size
        self.use_multiprocessing = iterator.use_multiprocessing

    def __getitem__(self, number: int) -> Any:
        """Return batch `number`, counted from the start of the first epoch."""
        passes, idx = divmod(number, len(self._iterator))
        return self._iterator._batch(idx, self._epoch + passes)


def current_random() -> np.random.Generator:
    """Return the random numbers of the batch that is being made; new ones outside of one."""
    return _random.get() or generator(None)


def transformed(
    image: np.ndarray, transformer: Transformer | None, random: np.random.Generator
) -> np.ndarray:
    """Return an image, changed at random and standardized."""
    if transformer is None:
        return image
    changes = transformer.get_random_transform(image.shape, random)
    return transformer.standardize(transformer.apply_transform(image, changes))


def save_batch(
    images: np.ndarray, index_array: np.ndarray, random: np.random.Generator, to: Any
) -> None:
    """Write images to `to.save_to_dir`, to look at; no folder, no files."""
    if not to.save_to_dir:
        return
    for image, index in zip(images, index_array, strict=True):
        name = f"{to.save_prefix}_{index}_{random.integers(10**7)}.{to.save_format}"
        array_to_img(image, to.data_format, scale=True).save(Path(to.save_to_dir) / name)


def split_bounds(owner: str, transformer: Any, subset: str | None) -> tuple[float, float]:
    """Return which share of the samples belongs to a subset: the first ones are for validation.

    Raises:
        ValueError: for an unknown subset.
    """
    errors.one_of(owner, "subset", subset, (None, "training", "validation"))
    share = getattr(transformer, "_validation_split", None) or 0.0
    return {None: (0.0, 1.0), "training": (share, 1.0), "validation": (0.0, share)}[subset]

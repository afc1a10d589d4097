"""Batches of training data that are changed at random each time they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.core.variable import default_seed, host_generator
from addax.utils import PyDataset


class AugmentedBatches(PyDataset):
    """Batches of arrays, augmented and shuffled anew each epoch.

    Args:
        arrays: one array per input.
        targets: array.
        augmentations: one per input; None for none.
        batch_size: samples per batch; the last batch has what is left.
        shuffle: whether the order changes.
    """

    def __init__(
        self,
        arrays: Sequence[np.ndarray],
        targets: np.ndarray,
        augmentations: Sequence[Any],
        batch_size: int,
        shuffle: bool,
    ) -> None:
        super().__init__()
        self.arrays = list(arrays)
        self.targets = targets
        self.augmentations = augmentations
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = host_generator(default_seed())
        self.order = np.arange(len(targets))
        self.on_epoch_end()

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-len(self.targets) // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        """Return inputs and targets of a batch."""
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        inputs = [
            array[rows] if change is None else change.apply(array[rows], self.generator)
            for array, change in zip(self.arrays, self.augmentations, strict=True)
        ]
        return (inputs[0] if len(inputs) == 1 else tuple(inputs)), self.targets[rows]

    def on_epoch_end(self) -> None:
        """Choose a new order."""
        if self.shuffle:
            self.order = self.generator.permutation(len(self.targets))

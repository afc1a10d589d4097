"""Random changes of training samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addax.preprocessing.image import apply_affine_transform

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


class DataAugmentation:
    """Random changes of samples in training, in the order they were added.

    A change is a function of one sample and a NumPy generator.
    """

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def apply(self, batch: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Return a changed copy of a batch.

        Args:
            batch: samples along the first axis.
            generator: where random numbers come from.
        """
        for change in self.changes:
            batch = np.stack([change(sample, generator) for sample in batch])
        return batch


class ImageAugmentation(DataAugmentation):
    """Random changes of images, `(batch, height, width, channels)`.

    Flips, rotations and blurs happen to every second image on average.

    Example:
        >>> aug = ImageAugmentation()
        >>> aug.add_random_flip_leftright()
        >>> aug.apply(np.zeros((2, 4, 4, 3)), np.random.Generator(np.random.Philox(0))).shape
        (2, 4, 4, 3)
    """

    def _sometimes(self, change: Change) -> None:
        self.changes.append(lambda x, rng: change(x, rng) if rng.random() < 0.5 else x)

    def add_random_flip_leftright(self) -> None:
        """Mirror images left to right."""
        self._sometimes(lambda x, rng: x[:, ::-1])

    def add_random_flip_updown(self) -> None:
        """Mirror images top to bottom."""
        self._sometimes(lambda x, rng: x[::-1])

    def add_random_90degrees_rotation(self, rotations: Sequence[int] = (0, 1, 2, 3)) -> None:
        """Turn images by multiples of 90 degrees.

        Args:
            rotations: the multiples to choose from.
        """
        self.changes.append(lambda x, rng: np.rot90(x, int(rng.choice(rotations))))

    def add_random_rotation(self, max_angle: float = 20.0) -> None:
        """Turn images by up to `max_angle` degrees; needs SciPy.

        What comes into view is 0.
        """
        axes: dict[str, Any] = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
        self._sometimes(
            lambda x, rng: apply_affine_transform(
                x, theta=rng.uniform(-max_angle, max_angle), fill_mode="constant", **axes
            )
        )

    def add_random_crop(self, crop_shape: Sequence[int], padding: int | None = None) -> None:
        """Cut out a random part.

        Args:
            crop_shape: height and width of the part.
            padding: zeros put around the image first.
        """
        self.changes.append(lambda x, rng: _crop(x, crop_shape, padding or 0, rng))


def _crop(
    x: np.ndarray, shape: Sequence[int], padding: int, generator: np.random.Generator
) -> np.ndarray:
    x = np.pad(x, [(padding, padding), (padding, padding), (0, 0)])
    top, left = (int(generator.integers(0, x.shape[i] - shape[i] + 1)) for i in (0, 1))
    return x[top : top + shape[0], left : left + shape[1]]

"""What is done to every sample before the network sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_EPSILON = 1e-10


class _Step:
    """One operation; `value` is the number it has from the training data, if it needs one."""

    def __init__(self, kind: str, value: Any = None, per_channel: bool = False) -> None:
        self.kind = kind
        self.value: Any = None if value is None else np.asarray(value, "float32")
        self.per_channel = per_channel
        self.function: Callable[[np.ndarray], Any] | None = None

    @property
    def featurewise(self) -> bool:
        return self.kind in ("mean", "std")

    def measure(self, data: np.ndarray) -> None:
        if not self.featurewise or self.value is not None:
            return
        axes = tuple(range(data.ndim - 1)) if self.per_channel else None
        found = getattr(np, self.kind)(data, axis=axes, dtype="float64")
        self.value = np.asarray(found, "float32")

    def apply(self, data: np.ndarray) -> np.ndarray:
        if self.function is not None:
            return np.asarray(self.function(data))
        if self.featurewise and self.value is None:
            raise ValueError(
                f"The {self.kind} of the training data is not known yet. Call `fit` or `load` "
                "before `predict`, or give the value when you add the preprocessing."
            )
        axes = tuple(range(1, data.ndim))
        if self.kind == "mean":
            return data - self.value
        if self.kind == "std":
            return data / (self.value + _EPSILON)
        if self.kind == "sample mean":
            return data - data.mean(axis=axes, keepdims=True)
        return data / (data.std(axis=axes, keepdims=True) + _EPSILON)


class DataPreprocessing:
    """Operations applied to data in training and prediction, in the order they were added.

    Numbers that are not given are computed from the raw training data at the first `fit`.

    Args:
        name: accepted, not used.

    Example:
        >>> prep = DataPreprocessing()
        >>> prep.add_featurewise_zero_center()
        >>> prep.initialize(np.array([[1.0], [3.0]]))
        >>> prep.process(np.array([[2.0], [5.0]])).tolist()
        [[0.0], [3.0]]
    """

    def __init__(self, name: str = "DataPreprocessing") -> None:
        self.name = name
        self.steps: list[Any] = []

    def add_featurewise_zero_center(self, mean: Any = None, per_channel: bool = False) -> None:
        """Subtract the mean of the training data.

        Args:
            mean: number to subtract instead.
            per_channel: whether each entry of the last axis has its own mean.
        """
        self.steps.append(_Step("mean", mean, per_channel))

    def add_featurewise_stdnorm(self, std: Any = None, per_channel: bool = False) -> None:
        """Divide by the standard deviation of the training data.

        Args:
            std: number to divide by instead.
            per_channel: whether each entry of the last axis has its own deviation.
        """
        self.steps.append(_Step("std", std, per_channel))

    def add_samplewise_zero_center(self) -> None:
        """Subtract its own mean from each sample."""
        self.steps.append(_Step("sample mean"))

    def add_samplewise_stdnorm(self) -> None:
        """Divide each sample by its own standard deviation."""
        self.steps.append(_Step("sample std"))

    def add_custom_preprocessing(self, func: Callable[[np.ndarray], Any]) -> None:
        """Apply a function to each batch."""
        step = _Step("function")
        step.function = func
        self.steps.append(step)

    def initialize(self, data: np.ndarray) -> None:
        """Compute what is not known yet from the raw training data."""
        for step in self.steps:
            step.measure(data)

    def process(self, batch: np.ndarray) -> np.ndarray:
        """Return the samples of a batch as the network sees them, float32."""
        batch = np.asarray(batch, "float32")
        for step in self.steps:
            batch = step.apply(batch)
        return np.asarray(batch, "float32")


class ImagePreprocessing(DataPreprocessing):
    """The same for images, `(batch, height, width, channels)`."""

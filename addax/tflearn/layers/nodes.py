"""Layers that do nothing, and mark where data enters a network and how it is trained."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from addax.core.registry import register
from addax.layers import Layer

_numbers = itertools.count()


@register("layers", "TFLearnInput")
class DataInput(Layer):
    """Passes an input on, and knows what is done to the data on the host before.

    The numbers of the preprocessing are weights, so that they are saved with the others.

    Args:
        data_preprocessing: `DataPreprocessing`, or None.
        data_augmentation: `DataAugmentation`, or None.
        label: name by which `fit` may get the data; several inputs may share it.
        **kwargs: `name`, `dtype`.
    """

    def __init__(
        self,
        data_preprocessing: Any = None,
        data_augmentation: Any = None,
        label: str = "InputData",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.data_preprocessing = data_preprocessing
        self.data_augmentation = data_augmentation
        self.label = label
        self.order = next(_numbers)

    @property
    def measured(self) -> list[Any]:
        """The steps whose numbers come from the training data."""
        steps = getattr(self.data_preprocessing, "steps", [])
        return [step for step in steps if step.featurewise]

    def build(self, input_shape: Any) -> None:
        """Make one weight per measured number."""
        for i, step in enumerate(self.measured):
            shape = (input_shape[-1],) if step.per_channel else np.shape(step.value or 0.0)
            self.add_weight(shape, "zeros", trainable=False, name=f"{step.kind}_{i}")

    def call(self, inputs: Any) -> Any:
        """Return `inputs`."""
        return inputs

    def store(self) -> None:
        """Copy the numbers of the preprocessing to the weights."""
        for weight, step in zip(self.weights, self.measured, strict=True):
            if step.value is not None:
                weight.assign(step.value)

    def restore(self) -> None:
        """Copy the weights to the preprocessing."""
        for weight, step in zip(self.weights, self.measured, strict=True):
            step.value = np.asarray(weight)

    def prepare(self, data: Any, *, fitting: bool = False) -> np.ndarray:
        """Return data as the network sees it.

        Args:
            data: raw samples, an array or nested lists.
            fitting: whether this is training data, from which numbers may be computed.
        """
        array = np.asarray(data, None if hasattr(data, "dtype") else "float32")
        if self.data_preprocessing is None:
            return array
        if fitting:
            self.data_preprocessing.initialize(array)
            self.store()
        return self.data_preprocessing.process(array)


@register("layers", "TFLearnRegression")
class Estimator(Layer):
    """Passes an output on, and knows how it is trained.

    Args:
        settings: the arguments of `regression`.
        **kwargs: `name`, `dtype`.
    """

    def __init__(self, settings: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.settings = settings

    def call(self, inputs: Any) -> Any:
        """Return `inputs`."""
        return inputs

"""`Normalization`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import config, ops
from addax.core.registry import register
from addax.core.tensor import TensorLike, raw
from addax.engine import engine
from addax.layers.base import Layer

_NOT_ADAPTED = (
    "Normalization '{}' does not know its mean and variance yet and leaves its inputs as they "
    "are. Call `adapt(data)` first, or pass `mean` and `variance` to the constructor."
)


@register("layers")
class Normalization(Layer):
    """`(inputs - mean) / sqrt(variance)`, with statistics of the data, not trained.

    Args:
        axis: axis or axes that keep their own statistics; the others are reduced.
            None: one mean and variance for everything.
        mean: the mean, if known; broadcasts to the kept axes.
        variance: the variance, if known.
        invert: whether to go back: `inputs * sqrt(variance) + mean`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, ...)`.
    Output shape: that of the input.

    Raises:
        ValueError: if only one of `mean` and `variance` is given.

    Before `adapt` the layer leaves its inputs as they are, with a warning.

    Example:
        >>> import numpy as np
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[1.0], [3.0]]))
        >>> layer(np.array([[1.0], [3.0]])).numpy()
        array([[-1.],
               [ 1.]], dtype=float32)
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        axes = () if axis is None else tuple(axis) if hasattr(axis, "__iter__") else (axis,)
        self.axis = tuple(int(item) for item in axes)
        if (mean is None) != (variance is None):
            raise ValueError(
                "`mean` and `variance` of `Normalization` must be given together. Received: "
                f"mean={mean}, variance={variance}"
            )
        self.input_mean = None if mean is None else np.asarray(raw(mean))
        self.input_variance = None if variance is None else np.asarray(raw(variance))
        self.invert = invert
        self.supports_masking = True
        self._adapted = mean is not None
        self._kept_axes: tuple[int, ...] | None = None

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make the weights that hold mean and variance, unless they were given."""
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in self.axis):
            raise ValueError(
                f"`axis` of Normalization '{self.name}' must be axes of its input. Received: "
                f"axis={self.axis}, input shape {tuple(input_shape)}"
            )
        self._kept_axes = tuple(sorted(axis % rank for axis in self.axis))
        shape = tuple(input_shape[axis] for axis in self._kept_axes)
        if any(size is None for size in shape):
            raise ValueError(
                f"Normalization '{self.name}' needs to know the sizes of the axes it keeps. "
                f"Received: axis={self.axis}, input shape {tuple(input_shape)}"
            )
        self._kept_shape = shape
        if self.input_mean is not None:
            self._check_fits(self.input_mean, shape)
            self._check_fits(self.input_variance, shape)
            return
        self.adapt_mean = self.add_weight(
            name="mean", shape=shape, initializer="zeros", trainable=False
        )
        self.adapt_variance = self.add_weight(
            name="variance", shape=shape, initializer="ones", trainable=False
        )
        self.count = self.add_weight(
            name="count", shape=(), dtype="int32", initializer="zeros", trainable=False
        )

    def _check_fits(self, value: Any, shape: tuple[Any, ...]) -> None:
        try:
            np.broadcast_to(value, shape)
        except ValueError:
            raise ValueError(
                f"`mean` and `variance` of Normalization '{self.name}' must broadcast to the kept "
                f"axes, of shape {shape}. Received: shape {value.shape}"
            ) from None

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take mean and variance from `data`, forgetting earlier ones.

        Args:
            data: array, tensor, or an iterable of batches; of `(x, y)` batches only
                `x` is used.
            batch_size: kept for Keras code.
            steps: how many batches to take; default: all.

        Raises:
            ValueError: if `mean` and `variance` were given, or there is no data.
        """
        if self.input_mean is not None:
            raise ValueError(
                f"Normalization '{self.name}' was given `mean` and `variance`, so it cannot adapt."
            )
        statistics: _Statistics | None = None
        for step, batch in enumerate(batches_of(data)):
            if steps is not None and step >= steps:
                break
            if not self.built:
                self.build((None, *batch.shape[1:]))
            if statistics is None:
                statistics = _Statistics(self._kept_axes or ())
            statistics.add(batch)
        if statistics is None:
            raise ValueError(f"`data` of `adapt` of Normalization '{self.name}' holds no batch.")
        self.adapt_mean.assign(statistics.mean)
        self.adapt_variance.assign(statistics.variance)
        self._adapted = True

    def call(self, inputs: Any) -> Any:
        """Return the normalized (or denormalized) inputs."""
        self._warn_if_not_adapted(inputs)
        mean, variance = self._statistics(len(inputs.shape))
        deviation = ops.maximum(ops.sqrt(variance), config.epsilon())
        if self.invert:
            return ops.add(mean, ops.multiply(inputs, deviation))
        return ops.divide(ops.subtract(inputs, mean), deviation)

    def _statistics(self, rank: int) -> tuple[Any, Any]:
        """Return mean and variance in a shape that broadcasts to the input."""
        kept = self._kept_axes or ()
        shape: list[Any] = [1] * rank
        for axis, size in zip(kept, self._kept_shape, strict=True):
            shape[axis] = size
        if self.input_mean is None:
            values: Any = (self.adapt_mean, self.adapt_variance)
        else:
            values = (self.input_mean, self.input_variance)
            kept_shape: Any = self._kept_shape
            values = (np.broadcast_to(value, kept_shape) for value in values)
        mean, variance = (ops.reshape(ops.cast(v, self.compute_dtype), shape) for v in values)
        return mean, variance

    def _warn_if_not_adapted(self, inputs: Any) -> None:
        if self._adapted:
            return
        values = [v.raw for v in (self.adapt_mean, self.adapt_variance)]
        describing = engine.is_traced(raw(inputs)) and not engine.is_traced(values[0])
        if describing:  # a functional model is being put together; `adapt` may follow
            return
        mean, variance = (np.asarray(v._value) for v in (self.adapt_mean, self.adapt_variance))
        if not mean.any() and (variance == 1).all():
            warnings.warn(_NOT_ADAPTED.format(self.name), stacklevel=2)
        self._adapted = True  # or told once

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        given = {"mean": self.input_mean, "variance": self.input_variance}
        config_ = super().get_config()
        config_.update({k: None if v is None else v.tolist() for k, v in given.items()})
        return config_


class _Statistics:
    """Mean and variance of batches one after the other, in float64.

    Reference: Chan, Golub & LeVeque 1983, doi:10.1080/00031305.1983.10483115.
    """

    def __init__(self, kept: tuple[int, ...]) -> None:
        self.kept = kept
        self.count = 0
        self.mean: Any = 0.0
        self.variance: Any = 0.0

    def add(self, batch: np.ndarray) -> None:
        axes = tuple(i for i in range(batch.ndim) if i not in self.kept)
        count = int(np.prod([batch.shape[i] for i in axes]))
        if not count:
            return
        mean = batch.mean(axis=axes, dtype="float64")
        variance = batch.var(axis=axes, dtype="float64")
        total = self.count + count
        share = count / total
        delta = mean - self.mean
        self.variance = (
            (1 - share) * self.variance + share * variance + share * (1 - share) * delta**2
        )
        self.mean = self.mean + share * delta
        self.count = total


def batches_of(data: Any) -> Any:
    """Yield an array, or the batches of an iterable, as arrays of rank 2 or more."""
    whole = isinstance(data, (TensorLike, list, tuple)) or hasattr(data, "__array__")
    if whole:
        yield _at_least_2d(np.asarray(data))
    else:
        for batch in data:
            part = batch[0] if isinstance(batch, (list, tuple)) else batch
            yield _at_least_2d(np.asarray(part))


def _at_least_2d(batch: np.ndarray) -> np.ndarray:
    return batch[:, None] if batch.ndim == 1 else batch

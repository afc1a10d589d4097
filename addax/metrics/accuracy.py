"""How often predictions are right."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.losses.shapes import paired
from addax.metrics.reduction import MeanMetricWrapper
from addax.ops._arrays import as_array, as_float


@paired
def accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where predictions equal targets, else 0.

    Args:
        y_true: targets, any shape.
        y_pred: predictions of the same shape.

    Example:
        >>> accuracy([1, 2, 3], [1, 0, 3]).numpy()
        array([1., 0., 1.], dtype=float32)
    """
    return (y_true == y_pred).astype(config.floatx())


@paired
def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """1 where `y_pred > threshold` agrees with the label, else 0.

    Args:
        y_true: labels 0 and 1, any shape.
        y_pred: probabilities of the same shape.
        threshold: above it a prediction counts as 1.

    Example:
        >>> binary_accuracy([[1], [0]], [[0.8], [0.6]]).numpy()
        array([[1.],
               [0.]], dtype=float32)
    """
    return (y_true == (y_pred > threshold)).astype(config.floatx())


@op
def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest prediction is at the target's class, else 0.

    Args:
        y_true: one-hot targets, `(batch, ..., classes)`.
        y_pred: probabilities or logits of the same shape.

    Returns: `(batch, ...)`.

    Example:
        >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]).numpy()
        array([1., 0.], dtype=float32)
    """
    return _hits(xp.argmax(as_array(y_true), axis=-1), as_array(y_pred))


@op
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest prediction is at the class number, else 0.

    Args:
        y_true: class numbers, `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: probabilities or logits, `(batch, ..., classes)`.

    Returns: the shape of `y_true`.

    Example:
        >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.4, 0.6]]).numpy()
        array([1., 0.], dtype=float32)
    """
    y_true, y_pred = as_array(y_true), as_array(y_pred)
    return xp.reshape(_hits(_class_numbers(y_true, y_pred), y_pred), y_true.shape)


def _class_numbers(y_true: Any, y_pred: Any) -> Any:
    extra = y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1
    return (xp.squeeze(y_true, -1) if extra else y_true).astype("int32")


def _hits(labels: Any, y_pred: Any) -> Any:
    return (labels == xp.argmax(y_pred, axis=-1)).astype(config.floatx())


@op
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the target's class is among the `k` largest predictions, else 0.

    Args:
        y_true: one-hot targets, `(batch, ..., classes)`.
        y_pred: probabilities or logits of the same shape.
        k: how many places count; equal predictions share a place.

    Returns: `(batch, ...)`.

    Example:
        >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.1, 0.9, 0.8]], k=2).numpy()
        array([1.], dtype=float32)
    """
    return _in_top_k(xp.argmax(as_array(y_true), axis=-1), as_float(y_pred), k)


@op
def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Any:
    """1 where the class number is among the `k` largest predictions, else 0.

    Args:
        y_true: class numbers, `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: probabilities or logits, `(batch, ..., classes)`.
        k: how many places count; equal predictions share a place.
        from_sorted_ids: whether `y_pred` holds class numbers, the best first.

    Returns: the shape of `y_true`.

    Example:
        >>> sparse_top_k_categorical_accuracy([2], [[0.1, 0.9, 0.8]], k=2).numpy()
        array([1.], dtype=float32)
    """
    y_true, y_pred = as_array(y_true), as_array(y_pred)
    labels = _class_numbers(y_true, y_pred)
    if from_sorted_ids:
        found = xp.any(labels[..., None] == y_pred[..., :k].astype("int32"), axis=-1)
        matches = found.astype(config.floatx())
    else:
        matches = _in_top_k(labels, as_float(y_pred), k)
    return xp.reshape(matches, y_true.shape)


def _in_top_k(labels: Any, y_pred: Any, k: int) -> Any:
    own = xp.take_along_axis(y_pred, labels[..., None].astype("int32"), axis=-1)
    better = xp.sum(y_pred > own, axis=-1) < k
    return xp.logical_and(better, xp.isfinite(own[..., 0])).astype(config.floatx())


@register("metrics")
class Accuracy(MeanMetricWrapper):
    """How often predictions equal targets.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = Accuracy()
        >>> metric.update_state([1, 2, 3, 4], [0, 2, 3, 4])
        >>> float(metric.result())
        0.75
    """

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


@register("metrics")
class BinaryAccuracy(MeanMetricWrapper):
    """How often `y_pred > threshold` agrees with labels 0 and 1.

    Args:
        name, dtype: see `Metric`.
        threshold: above it a prediction counts as 1.

    Example:
        >>> metric = BinaryAccuracy()
        >>> metric.update_state([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]])
        >>> float(metric.result())
        0.75
    """

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        if threshold is not None and not 0 < threshold < 1:
            raise ValueError(
                "`threshold` of `BinaryAccuracy` must be between 0 and 1. "
                f"Received: threshold={threshold!r}"
            )
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


@register("metrics")
class CategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is at the class of one-hot targets.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = CategoricalAccuracy()
        >>> metric.update_state([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


@register("metrics")
class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the largest prediction is at the class number.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = SparseCategoricalAccuracy()
        >>> metric.update_state([1, 0], [[0.2, 0.8], [0.4, 0.6]])
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@register("metrics")
class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the class of one-hot targets is among the `k` largest predictions.

    Args:
        k: how many places count.
        name, dtype: see `Metric`.

    Example:
        >>> metric = TopKCategoricalAccuracy(k=1)
        >>> metric.update_state([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


@register("metrics")
class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the class number is among the `k` largest predictions.

    Args:
        k: how many places count.
        name, dtype: see `Metric`.
        from_sorted_ids: whether predictions are class numbers, the best first.

    Example:
        >>> metric = SparseTopKCategoricalAccuracy(k=1)
        >>> metric.update_state([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids
        )
        self.k = k
        self.from_sorted_ids = from_sorted_ids

"""Intersection over union of predicted and true classes, from a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.losses.base import expand_to_rank
from addax.metrics.base import Metric
from addax.metrics.reduction import divide_no_nan
from addax.ops._arrays import as_array

_ratio = divide_no_nan.raw  # type: ignore[attr-defined]


@op
def _confusion_matrix(
    y_true: Any, y_pred: Any, weights: Any, count: int, ignore_class: int | None, dtype: str
) -> Any:
    """Add the weights of all (true class, predicted class) pairs."""
    y_true, y_pred = as_array(y_true).astype("int32"), as_array(y_pred).astype("int32")
    weights = xp.asarray(1 if weights is None else weights, dtype)
    if weights.size == y_true.size:
        weights = xp.reshape(weights, y_true.shape)
    weights = xp.broadcast_to(expand_to_rank(weights, y_true.ndim), y_true.shape)
    # a class that does not exist falls out of the matrix
    y_true = xp.where(y_true < 0, count, y_true)
    if ignore_class is not None:
        y_true = xp.where(y_true == ignore_class, count, y_true)
    matrix = xp.zeros((count, count), dtype)
    return matrix.at[xp.ravel(y_true), xp.ravel(y_pred)].add(xp.ravel(weights), mode="drop")


@op
def _class_numbers(y: Any, axis: int) -> Any:
    return xp.argmax(as_array(y), axis=axis)


@op
def _above(y_pred: Any, threshold: float) -> Any:
    return (as_array(y_pred) >= threshold).astype("int32")


@op
def _iou(matrix: Any, targets: Sequence[int]) -> Any:
    matrix = as_array(matrix)
    chosen = xp.asarray(list(targets))
    right = xp.diagonal(matrix)[chosen]
    union = (xp.sum(matrix, axis=0) + xp.sum(matrix, axis=1))[chosen] - right
    return _ratio(xp.sum(_ratio(right, union)), xp.sum(union > 0))


@register("metrics")
class IoU(Metric):
    """Mean over some classes of `true positives / (all that are or are predicted so)`.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes that count.
        name, dtype: see `Metric`.
        ignore_class: a class number whose samples do not count, or None.
        sparse_y_true: whether targets are class numbers, not one-hot.
        sparse_y_pred: whether predictions are class numbers, not scores.
        axis: axis of the classes of one-hot targets and scores.

    Example:
        >>> metric = IoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1])
        >>> round(float(metric.result()), 4)
        0.3333
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        owner = type(self).__name__
        self.num_classes = errors.positive_int(owner, "num_classes", num_classes)
        self.target_class_ids = list(target_class_ids)
        if max(self.target_class_ids) >= num_classes:
            raise ValueError(
                f"`target_class_ids` of `{owner}` must be below num_classes={num_classes}. "
                f"Received: {self.target_class_ids}"
            )
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_confusion_matrix = self.add_variable(
            (num_classes, num_classes), name="total_confusion_matrix"
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: class numbers, any shape, or one-hot.
            y_pred: class numbers, or scores.
            sample_weight: weights that broadcast with the class numbers, or None.
        """
        y_true = y_true if self.sparse_y_true else _class_numbers(y_true, self.axis)
        y_pred = y_pred if self.sparse_y_pred else _class_numbers(y_pred, self.axis)
        matrix = _confusion_matrix(
            y_true, y_pred, sample_weight, self.num_classes, self.ignore_class, self.dtype
        )
        self.total_confusion_matrix.assign_add(matrix)

    def result(self) -> Any:
        """Return the mean over the target classes that occur."""
        return _iou(self.total_confusion_matrix, self.target_class_ids)


@register("metrics")
class BinaryIoU(IoU):
    """Intersection over union of thresholded probabilities.

    Args:
        target_class_ids: which of the classes 0 and 1 count.
        threshold: from it on a prediction counts as 1.
        name, dtype: see `Metric`.

    Example:
        >>> metric = BinaryIoU(target_class_ids=[0, 1], threshold=0.3)
        >>> metric.update_state([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])
        >>> round(float(metric.result()), 4)
        0.3333
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch.

        Args:
            y_true: labels 0 and 1, any shape.
            y_pred: probabilities of the same shape.
            sample_weight: weights that broadcast with them, or None.
        """
        super().update_state(y_true, _above(y_pred, self.threshold), sample_weight)


@register("metrics")
class MeanIoU(IoU):
    """Intersection over union, averaged over all classes.

    Args:
        num_classes: number of classes.
        name, dtype: see `Metric`.
        ignore_class: a class number whose samples do not count, or None.
        sparse_y_true: whether targets are class numbers, not one-hot.
        sparse_y_pred: whether predictions are class numbers, not scores.
        axis: axis of the classes of one-hot targets and scores.

    Example:
        >>> metric = MeanIoU(num_classes=2)
        >>> metric.update_state([0, 0, 1, 1], [0, 1, 0, 1])
        >>> round(float(metric.result()), 4)
        0.3333
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        count = errors.positive_int(type(self).__name__, "num_classes", num_classes)
        super().__init__(
            count, range(count), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis
        )


@register("metrics")
class OneHotIoU(IoU):
    """Intersection over union of one-hot targets.

    Args:
        num_classes: number of classes.
        target_class_ids: the classes that count.
        name, dtype: see `Metric`.
        ignore_class: a class number whose samples do not count, or None.
        sparse_y_pred: whether predictions are class numbers, not scores.
        axis: axis of the classes.

    Example:
        >>> metric = OneHotIoU(num_classes=2, target_class_ids=[0])
        >>> metric.update_state([[1, 0], [0, 1]], [[0.8, 0.2], [0.6, 0.4]])
        >>> float(metric.result())
        0.5
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


@register("metrics")
class OneHotMeanIoU(MeanIoU):
    """Intersection over union of one-hot targets, averaged over all classes.

    Args:
        num_classes: number of classes.
        name, dtype: see `Metric`.
        ignore_class: a class number whose samples do not count, or None.
        sparse_y_pred: whether predictions are class numbers, not scores.
        axis: axis of the classes.

    Example:
        >>> metric = OneHotMeanIoU(num_classes=2)
        >>> metric.update_state([[1, 0], [0, 1]], [[0.8, 0.2], [0.6, 0.4]])
        >>> float(metric.result())
        0.25
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

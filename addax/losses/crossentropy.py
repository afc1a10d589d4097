"""Crossentropies of targets and predicted probabilities (or logits)."""

from __future__ import annotations

import warnings
from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.core.tensor import TensorLike
from addax.engine import xp
from addax.losses.base import LossFunctionWrapper
from addax.losses.labels import check_if_concrete
from addax.losses.shapes import squeeze_or_expand_to_same_rank
from addax.ops import crossentropy, math, shaping
from addax.ops._arrays import as_array, as_float

_MEAN = "sum_over_batch_size"


@op
def _as_predictions(y_pred: Any) -> Any:
    return as_float(y_pred)


@op
def _as_targets(y_true: Any, dtype: str) -> Any:
    return as_array(y_true).astype(dtype)


def as_pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return both as float tensors of the same rank; predictions keep their logits."""
    if not isinstance(y_pred, TensorLike):
        y_pred = _as_predictions(y_pred)
    return squeeze_or_expand_to_same_rank(_as_targets(y_true, y_pred.dtype), y_pred)


def _smooth(y_true: Any, label_smoothing: float, num_classes: int) -> Any:
    if not label_smoothing:
        return y_true
    return y_true * (1.0 - label_smoothing) + label_smoothing / num_classes


@register("losses", aliases=("bce", "BCE"))
def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """`mean(-t log(p) - (1 - t) log(1 - p))` over the last axis.

    Args:
        y_true: labels 0 and 1 (or probabilities), `(batch, ..., d)`.
        y_pred: probabilities (or logits) of the same shape. Probabilities that a
            sigmoid gave are exact: what it was applied to is used.
        from_logits: whether `y_pred` are logits, without a sigmoid.
        label_smoothing: in [0, 1]; moves labels towards 0.5.
        axis: axis of the mean.

    Returns: `(batch, ...)`.

    Example:
        >>> binary_crossentropy([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]).numpy().round(3)
        array([0.916, 0.714], dtype=float32)
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    y_true = _smooth(y_true, label_smoothing, 2)
    values = crossentropy.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
    return math.mean(values, axis=axis)


@register("losses", aliases=("cce",))
def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """`-sum(t log(p))` along `axis`.

    Args:
        y_true: one-hot targets (or probabilities), `(batch, ..., classes)`.
        y_pred: probabilities (or logits) of the same shape. Probabilities that a
            softmax gave are exact: what it was applied to is used.
        from_logits: whether `y_pred` are logits, without a softmax.
        label_smoothing: in [0, 1]; the part of the targets that all classes share.
        axis: axis of the classes.

    Returns: `(batch, ...)`.

    Example:
        >>> y_pred = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]
        >>> categorical_crossentropy([[0, 1, 0], [0, 0, 1]], y_pred).numpy().round(3)
        array([0.051, 2.303], dtype=float32)
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    if y_pred.shape[-1] == 1:
        warnings.warn(
            "`categorical_crossentropy` of a single class is always 0. For two classes and one "
            f"output use `binary_crossentropy`. Received: y_pred of shape {y_pred.shape}",
            SyntaxWarning,
            stacklevel=2,
        )
    y_true = _smooth(y_true, label_smoothing, y_pred.shape[axis])
    return crossentropy.categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)


@register("losses", aliases=("scce",))
def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Any:
    """`-log(p[y_true])` along `axis`.

    Args:
        y_true: class numbers, `(batch, ...)` or `(batch, ..., 1)`.
        y_pred: probabilities (or logits), `(batch, ..., classes)`. Probabilities
            that a softmax gave are exact: what it was applied to is used.
        from_logits: whether `y_pred` are logits, without a softmax.
        ignore_class: a class number whose samples do not count, or None.
        axis: axis of the classes.

    Returns: `(batch, ...)`.

    Raises:
        ValueError: if a label is not in [0, classes); not in code being compiled,
            where such a label gives 0.

    Example:
        >>> y_pred = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]
        >>> sparse_categorical_crossentropy([1, 2], y_pred).numpy().round(3)
        array([0.051, 2.303], dtype=float32)
    """
    if not isinstance(y_pred, TensorLike):
        y_pred = _as_predictions(y_pred)
    y_true = _as_targets(y_true, "int32")
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = shaping.squeeze(y_true, axis=-1)
    if y_pred.shape:
        check_if_concrete(y_true, y_pred.shape[axis], ignore_class)
    valid = None if ignore_class is None else math.not_equal(y_true, ignore_class)
    y_true = y_true if valid is None else math.where(valid, y_true, 0)
    values = crossentropy.sparse_categorical_crossentropy(
        y_true, y_pred, from_logits=from_logits, axis=axis
    )
    if valid is not None:
        values = math.where(valid, values, 0.0)
        values.mask = valid
    return values


# Loss objects leave these targets as integers.
sparse_categorical_crossentropy.integer_targets = True  # type: ignore[attr-defined]


@register("losses")
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """`(1 - p[y_true]^q) / q`: from crossentropy (q to 0) to mean absolute error (q = 1).

    Args:
        y_true: class numbers, `(batch, ...)`.
        y_pred: probabilities, `(batch, ..., classes)`.
        q: in (0, 1); the larger, the less wrong labels matter.

    Returns: `(batch, ...)`.

    Raises:
        ValueError: if `q` is out of range.

    Example:
        >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5).numpy()
        array([1.], dtype=float32)

    Reference: Zhang and Sabuncu 2018, arXiv:1805.07836.
    """
    if not 0 < q < 1:
        raise ValueError(
            "`q` of `categorical_generalized_cross_entropy` must be between 0 and 1. "
            f"Received: q={q}"
        )
    return _generalized(y_true, y_pred, q)


@op
def _generalized(y_true: Any, y_pred: Any, q: float) -> Any:
    y_pred = as_float(y_pred)
    labels = as_array(y_true).astype("int32")
    if labels.ndim == y_pred.ndim and labels.shape[-1] == 1:
        labels = xp.squeeze(labels, -1)
    right = xp.take_along_axis(y_pred, labels[..., None], axis=-1)[..., 0]
    some = right > 0  # the slope at 0 is infinite; none is passed on
    return (1.0 - xp.where(some, xp.power(xp.where(some, right, 1), q), 0)) / q


categorical_generalized_cross_entropy.integer_targets = True  # type: ignore[attr-defined]


@register("losses")
class BinaryCrossentropy(LossFunctionWrapper):
    """Crossentropy of labels 0 and 1.

    Args:
        from_logits: whether predictions are logits, without a sigmoid.
        label_smoothing: in [0, 1]; moves labels towards 0.5.
        axis: axis of the mean.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(BinaryCrossentropy()([[0], [1]], [[0.5], [0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            binary_crossentropy, reduction, name, dtype,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits


@register("losses")
class CategoricalCrossentropy(LossFunctionWrapper):
    """Crossentropy of one-hot targets.

    Args:
        from_logits: whether predictions are logits, without a softmax.
        label_smoothing: in [0, 1]; the part of the targets that all classes share.
        axis: axis of the classes.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(CategoricalCrossentropy()([[0, 1]], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_crossentropy, reduction, name, dtype,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits


@register("losses")
class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Crossentropy of class numbers.

    Args:
        from_logits: whether predictions are logits, without a softmax.
        ignore_class: a class number whose samples do not count, or None.
        reduction: see `Loss`.
        axis: axis of the classes.
        name, dtype: see `Loss`.

    Example:
        >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
        0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = _MEAN,
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy, reduction, name, dtype,
            from_logits=from_logits, ignore_class=ignore_class, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.ignore_class = ignore_class


@register("losses")
class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """Crossentropy of class numbers that forgives wrong labels.

    Args:
        q: in (0, 1); the larger, the less wrong labels matter.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(CategoricalGeneralizedCrossEntropy(q=0.5)([1], [[0.75, 0.25]]))
        1.0
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = _MEAN,
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
        self.q = q

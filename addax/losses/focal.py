"""Focal crossentropies: samples that are already right count less."""

from __future__ import annotations

from typing import Any

from addax import config
from addax.core.registry import register
from addax.losses.base import LossFunctionWrapper
from addax.losses.crossentropy import _as_targets, _smooth, as_pair
from addax.ops import activation, crossentropy, math, special

_MEAN = "sum_over_batch_size"


@register("losses", aliases=("bfce",))
def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """Binary crossentropy times `(1 - p)^gamma`, `p` the probability of the right label.

    Args:
        y_true: labels 0 and 1, `(batch, ..., d)`.
        y_pred: probabilities (or logits) of the same shape.
        apply_class_balancing: whether label 1 weighs `alpha` and label 0 `1 - alpha`.
        alpha: weight of label 1, in (0, 1).
        gamma: focus; 0 gives the plain crossentropy.
        from_logits: whether `y_pred` are logits, without a sigmoid.
        label_smoothing: in [0, 1]; moves labels towards 0.5.
        axis: axis of the mean.

    Returns: `(batch, ...)`.

    Example:
        >>> binary_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy().round(4)
        array([0.1733], dtype=float32)

    Reference: Lin et al. 2017, arXiv:1708.02002.
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    y_true = _smooth(y_true, label_smoothing, 2)
    y_pred = activation.sigmoid(y_pred) if from_logits else y_pred
    values = crossentropy.binary_crossentropy(y_true, y_pred)
    right = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
    values = math.power(1.0 - right, gamma) * values
    if apply_class_balancing:
        values = values * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return math.mean(values, axis=axis)


@register("losses")
def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """`-sum(alpha (1 - p)^gamma t log(p))` along `axis`.

    Args:
        y_true: one-hot targets, `(batch, ..., classes)`.
        y_pred: probabilities (or logits) of the same shape.
        alpha: weight, a number or one per class.
        gamma: focus; 0 gives the crossentropy times `alpha`.
        from_logits: whether `y_pred` are logits, without a softmax.
        label_smoothing: in [0, 1]; the part of the targets that all classes share.
        axis: axis of the classes.

    Returns: `(batch, ...)`.

    Example:
        >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy().round(4)
        array([0.0433], dtype=float32)

    Reference: Lin et al. 2017, arXiv:1708.02002.
    """
    y_true, y_pred = as_pair(y_true, y_pred)
    y_true = _smooth(y_true, label_smoothing, y_pred.shape[axis])
    if from_logits:
        y_pred = activation.softmax(y_pred, axis=axis)
    y_pred = special.divide_no_nan(y_pred, math.sum(y_pred, axis=axis, keepdims=True))
    y_pred = math.clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
    weights = math.power(1.0 - y_pred, gamma) * _as_targets(alpha, y_pred.dtype)
    return math.sum(-weights * y_true * math.log(y_pred), axis=axis)


@register("losses")
class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary crossentropy in which samples that are already right count less.

    Args:
        apply_class_balancing: whether label 1 weighs `alpha` and label 0 `1 - alpha`.
        alpha: weight of label 1, in (0, 1).
        gamma: focus; 0 gives the plain crossentropy.
        from_logits: whether predictions are logits, without a sigmoid.
        label_smoothing: in [0, 1]; moves labels towards 0.5.
        axis: axis of the mean.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(BinaryFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
        0.1733
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            binary_focal_crossentropy, reduction, name, dtype,
            apply_class_balancing=apply_class_balancing, alpha=alpha, gamma=gamma,
            from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits


@register("losses")
class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Categorical crossentropy in which samples that are already right count less.

    Args:
        alpha: weight, a number or one per class.
        gamma: focus; 0 gives the crossentropy times `alpha`.
        from_logits: whether predictions are logits, without a softmax.
        label_smoothing: in [0, 1]; the part of the targets that all classes share.
        axis: axis of the classes.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
        0.0433
    """

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = _MEAN,
        name: str = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            categorical_focal_crossentropy, reduction, name, dtype,
            alpha=alpha, gamma=gamma, from_logits=from_logits,
            label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits

"""True and false positives and negatives at thresholds: what the confusion metrics share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from addax import config
from addax.core.graph import op
from addax.engine import engine, xp
from addax.losses.base import expand_to_rank
from addax.losses.shapes import same_rank
from addax.ops._arrays import as_array, as_float

NEGATIVE_INFINITY = -1e10


@dataclass(frozen=True)
class Thresholds:
    """Thresholds, and whether they are ascending and divide [0, 1] evenly."""

    values: tuple[float, ...]
    even: bool


def parse_thresholds(owner: str, thresholds: Any, default: float) -> Thresholds:
    """Return the thresholds a user gave: None, a number, or a sequence of numbers in [0, 1].

    Raises:
        ValueError: if one is not in [0, 1].
    """
    if thresholds is None:
        return Thresholds((default,), False)
    given = np.atleast_1d(np.asarray(thresholds, float))
    wrong = [t for t in given.tolist() if not 0 <= t <= 1]
    if wrong:
        raise ValueError(f"`thresholds` of `{owner}` must be in [0, 1]. Received: {wrong}")
    return Thresholds(tuple(given.tolist()), is_even(given))


def is_even(thresholds: Any) -> bool:
    """Say whether thresholds from 0 to 1 have equal distances (of at least 3)."""
    values = np.asarray(thresholds, float)
    if len(values) < 3:
        return False
    return bool(np.allclose(values, np.linspace(0, 1, len(values)), atol=config.epsilon()))


def grid(count: int, inner: Sequence[float] | None = None) -> Thresholds:
    """Return `count` thresholds from just below 0 to just above 1.

    Args:
        count: how many, for an even grid.
        inner: thresholds between the ends instead of an even grid.
    """
    middle = np.linspace(0, 1, count)[1:-1] if inner is None else np.sort(np.asarray(inner, float))
    even = is_even([0.0, *middle, 1.0])
    return Thresholds((-config.epsilon(), *middle.tolist(), 1.0 + config.epsilon()), even)


def _keep_top_k(y_pred: Any, k: int) -> Any:
    top = engine.nn.one_hot(engine.nn.top_k(y_pred, k)[1], y_pred.shape[-1])
    return xp.where(xp.sum(top, axis=-2) > 0, y_pred, NEGATIVE_INFINITY)


@op
def confusion_counts(
    y_true: Any,
    y_pred: Any,
    sample_weight: Any,
    thresholds: Thresholds,
    top_k: int | None = None,
    class_id: int | None = None,
    label_weights: Any = None,
    per_label: bool = False,
    from_logits: bool = False,
    dtype: str = "float32",
) -> Any:
    """Return weighted true positives, false positives, true negatives, false negatives.

    Args:
        y_true: labels 0 and 1, `(batch, ..., labels)`.
        y_pred: probabilities of the same shape.
        sample_weight: weights of that rank or less, or None.
        thresholds: a prediction above a threshold is positive there.
        top_k: only the `top_k` largest predictions of a row can be positive.
        class_id: only this label counts.
        label_weights: weights `(labels,)`, or None.
        per_label: whether labels are counted apart.
        from_logits: whether a sigmoid is applied first.
        dtype: dtype of the counts.

    Returns: four arrays `(thresholds,)`, or `(thresholds, labels)` with `per_label`.
    """
    y_pred = as_float(y_pred).astype(dtype)
    y_pred = engine.nn.sigmoid(y_pred) if from_logits else y_pred
    y_true, y_pred = same_rank(as_array(y_true), y_pred)
    y_pred = y_pred if top_k is None else _keep_top_k(y_pred, top_k)
    if class_id is not None:
        y_true, y_pred = y_true[..., class_id, None], y_pred[..., class_id, None]
    weights = _weights(sample_weight, label_weights, y_pred, dtype)
    width = y_pred.shape[-1] if per_label else 1
    shape = (-1, width)
    positive = xp.reshape(y_true.astype(bool), shape)
    weights, y_pred = xp.reshape(weights, shape), xp.reshape(y_pred, shape)
    kinds = xp.stack([xp.where(positive, weights, 0), xp.where(positive, 0, weights)])
    above = _above_even(kinds, y_pred, thresholds) if thresholds.even else None
    above = _above(kinds, y_pred, thresholds) if above is None else above
    below = xp.sum(kinds, axis=1)[:, None, :] - above
    counts = (above[0], above[1], below[1], below[0])
    return tuple(counts) if per_label else tuple(count[:, 0] for count in counts)


def _weights(sample_weight: Any, label_weights: Any, y_pred: Any, dtype: str) -> Any:
    weights = xp.ones(y_pred.shape, dtype)
    if sample_weight is not None:
        weights = weights * expand_to_rank(xp.asarray(sample_weight, dtype), y_pred.ndim)
    if label_weights is not None:
        weights = weights * xp.asarray(label_weights, dtype)
    return weights


def _above(kinds: Any, y_pred: Any, thresholds: Thresholds) -> Any:
    """Sum weights `(kinds, rows, labels)` above each threshold, by comparing."""
    limits = xp.asarray(np.asarray(thresholds.values, "float32"))
    above = (y_pred[None] > limits[:, None, None]).astype(kinds.dtype)
    return xp.sum(kinds[:, None] * above[None], axis=2)


def _above_even(kinds: Any, y_pred: Any, thresholds: Thresholds) -> Any:
    """The same for evenly spaced thresholds: a histogram, summed from the right."""
    count = len(thresholds.values)
    bins = xp.minimum(xp.ceil(y_pred * (count - 1)) - 1, count - 1).astype("int32")
    # what is not above 0 belongs to the first threshold if that is below 0, else to none
    bins = xp.where(bins < 0, 0 if thresholds.values[0] < 0 else count, bins)
    labels = xp.arange(y_pred.shape[1])
    histogram = xp.zeros((kinds.shape[0], count, y_pred.shape[1]), kinds.dtype)
    histogram = histogram.at[:, bins, labels].add(kinds, mode="drop")
    return xp.flip(xp.cumsum(xp.flip(histogram, 1), axis=1), 1)

"""Array helpers on the host."""

from __future__ import annotations

from typing import Any

import numpy as np


def _class_numbers(x: Any, owner: str) -> np.ndarray:
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels.reshape(labels.shape[:-1])
    if labels.size and labels.min() < 0:
        raise ValueError(f"`x` of `{owner}` must hold class numbers >= 0. Received: {labels.min()}")
    return labels.astype("int64")


def _count(labels: np.ndarray, num_classes: int | None, owner: str) -> int:
    needed = int(labels.max()) + 1 if labels.size else 0
    if num_classes is not None and needed > num_classes:
        raise ValueError(
            f"`num_classes` of `{owner}` must be larger than the largest class number. "
            f"Received: num_classes={num_classes}, largest class number {needed - 1}"
        )
    return num_classes or needed


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Return class numbers as one-hot vectors, float32.

    Args:
        x: integers in `[0, num_classes)`, any shape; a last axis of size 1 is dropped.
        num_classes: default: the largest number plus one.

    Returns: array of shape `(*x.shape, num_classes)`.

    Raises:
        ValueError: for numbers out of range.

    Example:
        >>> to_categorical([0, 2])
        array([[1., 0., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    labels = _class_numbers(x, "to_categorical")
    count = _count(labels, num_classes, "to_categorical")
    one_hot = np.zeros((labels.size, count), "float32")
    one_hot[np.arange(labels.size), labels.ravel()] = 1
    return one_hot.reshape((*labels.shape, count))


def to_ordinal(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Return class numbers as ordinal vectors: ones up to the class, `(*, num_classes - 1)`.

    Example:
        >>> to_ordinal([0, 2], 3)
        array([[0., 0.],
               [1., 1.]], dtype=float32)
    """
    labels = _class_numbers(x, "to_ordinal")
    count = _count(labels, num_classes, "to_ordinal")
    return (np.arange(count - 1) < labels[..., None]).astype("float32")


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Return an array divided by its norm along an axis (by 1 where the norm is 0).

    Example:
        >>> normalize([[3.0, 4.0]])
        array([[0.6, 0.8]])
    """
    array = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(array, order, axis))
    norm[norm == 0] = 1
    return array / np.expand_dims(norm, axis)

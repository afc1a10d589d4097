"""Class numbers that are out of range are told, not ignored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.core.tensor import TensorLike, raw
from addax.engine import engine


def check_sparse_labels(
    y: Any, num_classes: int, ignore_class: int | None = None, name: str = "y"
) -> None:
    """Check that class numbers lie in `[0, num_classes)`.

    Args:
        y: NumPy array of class numbers, any shape, integers or whole floats.
        num_classes: number of classes the model predicts.
        ignore_class: a class number that is allowed anyway, or None.
        name: what the labels are called in the message.

    Raises:
        ValueError: with the first label that is out of range.

    Example:
        >>> check_sparse_labels(np.array([0, 2]), 3)
        >>> check_sparse_labels(np.array([0, 3]), 3)
        Traceback (most recent call last):
        ...
        ValueError: Labels of `y` must lie in [0, 3), one for each of the 3 classes the model
        predicts. Received: label 3. ...
    """
    labels = np.asarray(y)
    wrong = (labels < 0) | (labels >= num_classes)
    if ignore_class is not None:
        wrong &= labels != ignore_class
    if wrong.any():
        raise ValueError(
            f"Labels of `{name}` must lie in [0, {num_classes}), one for each of the "
            f"{num_classes} classes the model predicts. Received: label {labels[wrong][0]}. Number "
            "the classes from 0, or give the last layer as many units as there are classes."
        )


def check_if_concrete(y: Any, num_classes: int, ignore_class: int | None) -> None:
    """Check class numbers, unless they are symbolic or the code is being compiled."""
    value = raw(y)
    if isinstance(value, TensorLike) or engine.is_traced(value):
        return
    check_sparse_labels(engine.to_numpy(value), num_classes, ignore_class, "y_true")


def label_kind(y_true_shape: Sequence[int | None], y_pred_shape: Sequence[int | None]) -> str:
    """Say what `"accuracy"` and `"crossentropy"` mean for these shapes.

    Args:
        y_true_shape: shape of the targets, with the batch axis.
        y_pred_shape: shape of the predictions, with the batch axis.

    Returns: `"binary"`, `"sparse_categorical"` or `"categorical"`.

    Example:
        >>> label_kind((None,), (None, 10)), label_kind((None, 10), (None, 10))
        ('sparse_categorical', 'categorical')
        >>> label_kind((None, 1), (None, 1))
        'binary'
    """
    if len(y_pred_shape) < 2 or y_pred_shape[-1] == 1:
        return "binary"
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return "sparse_categorical"
    return "categorical"

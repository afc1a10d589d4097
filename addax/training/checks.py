"""Checks of what `fit` is given, before anything is compiled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from addax import errors, losses, tree
from addax.training.matching import per_output


def check_fit_arguments(epochs: Any, initial_epoch: Any, validation_freq: Any) -> None:
    """Raise a ValueError for counts that are no counts."""
    errors.non_negative_int("fit", "epochs", epochs)
    errors.non_negative_int("fit", "initial_epoch", initial_epoch)
    if not isinstance(validation_freq, Iterable):
        errors.positive_int("fit", "validation_freq", validation_freq)


def validates(epoch: int, frequency: Any) -> bool:
    """Say whether validation is due after this epoch (counted from 0)."""
    if isinstance(frequency, Iterable):
        return epoch + 1 in frequency
    return (epoch + 1) % frequency == 0


def batch_length(x: Any) -> int | None:
    """Return the number of rows of one batch, None if it cannot be told."""
    first = next((leaf for leaf in tree.flatten(x) if hasattr(leaf, "shape")), None)
    if first is not None and len(first.shape):
        return int(first.shape[0]) or None
    return len(x) or None if isinstance(x, (list, tuple)) else None


def class_weight_in_order(class_weight: Any, y: Any, names: list[str] | None) -> Any:
    """Return class weights by output name as weights by place, where the targets are a list."""
    if not isinstance(class_weight, dict) or not isinstance(y, (list, tuple)) or not names:
        return class_weight
    if not all(isinstance(table, dict) for table in class_weight.values()):
        return class_weight
    places = {name: place for place, name in enumerate(names)}
    return {places.get(key, key): table for key, table in class_weight.items()}


def check_targets(y: Any, y_pred: Any, loss: Any) -> None:
    """Raise a ValueError if class numbers do not fit the outputs.

    Args:
        y: targets of the first batch, NumPy arrays.
        y_pred: outputs, symbolic.
        loss: the `CompiledLoss`, or None.
    """
    if loss is None or y is None:
        return
    targets = per_output(y, loss.names, "y")
    for target, output, function in zip(targets, tree.flatten(y_pred), loss.functions, strict=True):
        if isinstance(target, np.ndarray) and is_sparse(function):
            losses.check_sparse_labels(target, output.shape[-1])


def is_sparse(function: Any) -> bool:
    """Say whether a loss takes class numbers."""
    name = type(function).__name__ + str(getattr(function, "name", ""))
    return "sparse" in name.lower()

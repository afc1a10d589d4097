"""`class_weight` and `sample_weight`, folded into one weight per sample."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from addax import config, tree


def class_ids(y: np.ndarray) -> np.ndarray:
    """Return the class number of each target.

    Args:
        y: integer labels of shape `(n,)` or `(n, 1)`, or one-hot rows `(n, classes)`.

    Returns: integer array of shape `(n,)`.

    Example:
        >>> class_ids(np.array([[0, 1, 0], [0, 0, 1]])).tolist()
        [1, 2]
    """
    if y.ndim > 1:
        y = y[..., 0] if y.shape[-1] == 1 else y.argmax(axis=-1)
    return np.rint(y).astype(np.int64) if y.dtype.kind == "f" else y


def _weights_of_labels(y: np.ndarray, table: Mapping[int, float]) -> np.ndarray:
    ids, inverse = np.unique(class_ids(y), return_inverse=True)
    dtype = "float32" if config.floatx() == "bfloat16" else config.floatx()
    known = np.array([table.get(int(label), 1.0) for label in ids], dtype=dtype)
    return known[inverse].reshape(y.shape[:1] if y.ndim == 1 else y.shape[:-1])


def _multiply(weight: np.ndarray | None, other: np.ndarray) -> np.ndarray:
    if weight is None:
        return other
    axes = max(weight.ndim, other.ndim)
    left, right = (
        array.reshape(array.shape + (1,) * (axes - array.ndim)) for array in (weight, other)
    )
    return (left * right).astype(other.dtype, copy=False)


def check_class_weight(class_weight: Any, owner: str) -> dict[Any, Any] | None:
    """Return `class_weight` with its classes as ints.

    Args:
        class_weight: None, `{class: weight}`, or `{output: {class: weight}}`.
        owner: the function that received it, for messages.

    Raises:
        ValueError: if it is not such a dict.
    """
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"`class_weight` of `{owner}` must be a dict from class number to weight. "
            f"Received: {class_weight!r:.80}. For a list `w`, pass `dict(enumerate(w))`."
        )
    if any(isinstance(value, Mapping) for value in class_weight.values()):
        return {key: check_class_weight(value, owner) for key, value in class_weight.items()}
    return {_class_number(key, owner): _weight_of(key, class_weight, owner) for key in class_weight}


def _class_number(key: Any, owner: str) -> int:
    if isinstance(key, (numbers.Real, np.bool_)) and float(key).is_integer():
        return int(float(key))
    raise ValueError(
        f"`class_weight` of `{owner}` must have class numbers as keys. "
        f"Received: {key!r}. Use the integer that stands for the class in `y`."
    )


def _weight_of(key: Any, class_weight: Mapping[Any, Any], owner: str) -> float:
    weight = class_weight[key]
    if isinstance(weight, numbers.Real) and math.isfinite(weight):
        return float(weight)
    raise ValueError(
        f"`class_weight` of `{owner}` must have finite numbers as weights. "
        f"Received: {weight!r} for class {key!r}"
    )


def fold_class_weight(y: Any, weight: Any, class_weight: dict[Any, Any] | None, owner: str) -> Any:
    """Return `weight` multiplied with the weight of each sample's class.

    Args:
        y: targets; one array, or a structure of them if `class_weight` names outputs.
        weight: None, or weights in the structure of `y`.
        class_weight: what `check_class_weight` returned.
        owner: the function that received it, for messages.

    Returns: float weights, or `weight` if `class_weight` is None. Classes that are not in
        `class_weight` weigh 1.

    Raises:
        ValueError: without `y`, or if there are several outputs and no weights by output.

    Example:
        >>> fold_class_weight(np.array([0, 1, 1]), None, {1: 5.0}, "fit").tolist()
        [1.0, 5.0, 5.0]
    """
    if class_weight is None:
        return weight
    if y is None:
        raise ValueError(
            f"`class_weight` of `{owner}` needs targets to weigh. Received: y=None. "
            "Pass `y`, or yield `(x, y)` batches."
        )
    if not tree.is_nested(y):
        return _multiply(weight, _weights_of_labels(y, class_weight))
    return _fold_by_output(y, weight, class_weight, owner)


def _fold_by_output(y: Any, weight: Any, tables: dict[Any, Any], owner: str) -> Any:
    outputs = dict(y) if isinstance(y, dict) else dict(enumerate(y))
    by_output = any(isinstance(table, dict) for table in tables.values())
    if not by_output or not set(tables) <= set(outputs):
        raise ValueError(
            f"`class_weight` of `{owner}` must be given by output, such as "
            f"{{{next(iter(outputs), 0)!r}: {{0: 1.0, 1: 2.0}}}}, because `y` has the outputs "
            f"{list(outputs)}. Received: {tables!r:.80}"
        )
    weights = {key: None for key in outputs} if weight is None else weight
    folded = {
        key: _multiply(weights[key], _weights_of_labels(target, tables[key]))
        if tables.get(key) is not None
        else weights[key]
        for key, target in outputs.items()
    }
    return folded if isinstance(y, dict) else type(y)(folded.values())


def match_weights(y: Any, weight: Any, owner: str) -> Any:
    """Return sample weights in the structure of the targets.

    One array of weights for several outputs is used for each of them. In a dict of weights,
    outputs that are not named get None.

    Raises:
        ValueError: if the weights name an output that `y` lacks, or their number differs.

    Example:
        >>> match_weights({"a": np.zeros(2), "b": np.zeros(2)}, {"a": np.ones(2)}, "fit")
        {'a': array([1., 1.]), 'b': None}
    """
    if weight is None or y is None:
        return weight
    if not tree.is_nested(y):
        if isinstance(weight, (list, tuple)) and len(weight) == 1:
            return weight[0]
        if tree.is_nested(weight):
            raise _unmatched(y, weight, owner)
        return weight
    if not tree.is_nested(weight):
        if weight.ndim > 2 or (weight.ndim == 2 and weight.shape[1] != 1):
            raise ValueError(
                f"`sample_weight` of `{owner}` must have one weight per sample, shape (n,), when "
                f"`y` has several outputs. Received: shape {weight.shape}. "
                "Pass one array of weights per output instead."
            )
        return tree.map_structure(lambda _: weight, y)
    if isinstance(y, dict) and isinstance(weight, dict) and set(weight) <= set(y):
        return {key: weight.get(key) for key in y}
    if isinstance(weight, dict) and not isinstance(y, dict):
        return weight  # By output name; only the model knows the names.
    if isinstance(y, dict) or len(y) != len(weight):
        raise _unmatched(y, weight, owner)
    return type(y)(weight)


def _unmatched(y: Any, weight: Any, owner: str) -> ValueError:
    def outline(value: Any) -> str:
        if isinstance(value, dict):
            return f"a dict with the keys {sorted(map(str, value))}"
        if isinstance(value, (list, tuple)):
            return f"a {type(value).__name__} of {len(value)} arrays"
        return "one array"

    return ValueError(
        f"`sample_weight` of `{owner}` must be one array, or match `y`, which is {outline(y)}. "
        f"Received: {outline(weight)}"
    )

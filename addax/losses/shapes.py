"""Ranks and dtypes of targets, predictions and weights."""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from addax import tree
from addax.core.graph import op
from addax.core.tensor import Tensor, TensorLike
from addax.engine import xp
from addax.ops import math, shaping
from addax.ops._arrays import as_array, as_float

F = TypeVar("F", bound=Callable[..., Any])


def same_rank(x1: Any, x2: Any, squeeze: Any = None, expand: Any = None) -> tuple[Any, Any]:
    """Give or take a last axis of size 1, so that both have the same rank.

    A vector is expanded to match `(n, 1)`; otherwise the last axis of the tensor of
    higher rank is dropped. Other pairs are returned as they are.

    Args:
        x1: array or tensor.
        x2: array or tensor.
        squeeze: function that drops the last axis; default: that of arrays.
        expand: function that adds a last axis; default: that of arrays.
    """
    squeeze = squeeze or (lambda x: xp.squeeze(x, -1))
    expand = expand or (lambda x: xp.expand_dims(x, -1))
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if rank1 == rank2 + 1 and x1.shape[-1] == 1:
        return (x1, expand(x2)) if rank2 == 1 else (squeeze(x1), x2)
    if rank2 == rank1 + 1 and x2.shape[-1] == 1:
        return (expand(x1), x2) if rank1 == 1 else (x1, squeeze(x2))
    return x1, x2


def squeeze_or_expand_to_same_rank(x1: Any, x2: Any) -> tuple[Any, Any]:
    """`same_rank` for tensors; masks and remembered logits are kept.

    Example:
        >>> from addax.ops import shaping
        >>> a, b = squeeze_or_expand_to_same_rank(shaping.ones((4,)), shaping.ones((4, 1)))
        >>> a.shape, b.shape
        ((4, 1), (4, 1))
    """
    expand = functools.partial(shaping.expand_dims, axis=-1)
    return same_rank(x1, x2, _squeeze, expand)


def _squeeze(x: Any) -> Any:
    squeezed = shaping.squeeze(x, axis=-1)
    if isinstance(x, Tensor):
        squeezed.mask = x.mask
        if x.logits is not None and x.logits_kind == "sigmoid":
            squeezed.logits, squeezed.logits_kind = shaping.squeeze(x.logits, axis=-1), "sigmoid"
    return squeezed


def map_tensors(function: Callable[[Any], Any], structure: Any) -> Any:
    """Apply `function` to the tensors of a structure; nested lists of numbers are one tensor."""
    if isinstance(structure, (list, tuple)) and structure:
        leaves = tree.flatten(structure)
        if all(isinstance(leaf, (numbers.Number, np.generic)) for leaf in leaves):
            return function(structure)
    return tree.map_structure(function, structure)


def to_dtype(x: Any, dtype: str) -> Any:
    """Return `x` as a tensor of `dtype`; masks and remembered logits are kept."""
    if x is None:
        return None
    if isinstance(x, TensorLike) and x.dtype == dtype:
        return x
    converted = math.cast(x, dtype) if isinstance(x, TensorLike) else _to_dtype(x, dtype)
    if isinstance(x, Tensor):
        converted.mask = x.mask
        if x.logits is not None:
            converted.logits, converted.logits_kind = math.cast(x.logits, dtype), x.logits_kind
    return converted


@op
def _to_dtype(x: Any, dtype: str) -> Any:
    return xp.asarray(x, dtype)


def paired(function: F) -> F:
    """Make a function of two arrays of equal rank an op on targets and predictions.

    Predictions become floats, targets take their dtype, and the ranks are matched.
    """

    @functools.wraps(function)
    def call(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
        y_pred = as_float(y_pred)
        y_true = as_array(y_true).astype(y_pred.dtype)
        y_true, y_pred = same_rank(y_true, y_pred)
        _check_broadcast(function.__name__, y_true, y_pred)
        return function(y_true, y_pred, *args, **kwargs)

    return cast(F, op(call))


def _check_broadcast(name: str, y_true: Any, y_pred: Any) -> None:
    try:
        xp.broadcast_shapes(y_true.shape, y_pred.shape)
    except (ValueError, TypeError):
        raise ValueError(
            f"`y_true` and `y_pred` of `{name}` must have shapes that broadcast. Received: "
            f"y_true of shape {tuple(y_true.shape)}, y_pred of shape {tuple(y_pred.shape)}"
        ) from None

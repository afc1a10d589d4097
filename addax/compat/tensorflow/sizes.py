"""Functions that keep sizes (see `tf.shape`) known while a function is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import ops
from addax.compat.tensorflow import functions
from addax.compat.tensorflow.functions import _Sizes
from addax.core.tensor import raw
from addax.engine import engine


def _known(values: Any) -> bool:
    """Say whether there is a size among values that are all sizes or ints."""
    if not isinstance(values, (list, tuple)):
        return False
    plain = (_Sizes, int, np.integer, list)
    return all(isinstance(v, plain) for v in values) and any(isinstance(v, _Sizes) for v in values)


def concat(values: Any, axis: int, name: str | None = None) -> Any:
    """Join tensors along an axis."""
    if _known(values):
        return np.concatenate(values, axis).view(_Sizes)
    return ops.concatenate(values, axis)


def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Join tensors along a new axis."""
    return np.stack(values, axis).view(_Sizes) if _known(values) else ops.stack(values, axis)


def reduce_prod(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """Return the product along axes."""
    if isinstance(input_tensor, _Sizes) or _known(input_tensor):
        product = np.prod(np.asarray(input_tensor), axis=axis, keepdims=keepdims)
        return np.asarray(product, "int32").view(_Sizes)
    return ops.prod(input_tensor, axis, keepdims)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return a tensor of a value; with `shape`, one number fills it."""
    tensor = functions.constant(value, dtype, shape)
    if not engine.is_traced(raw(tensor)) or isinstance(value, (str, float)):
        return tensor
    host = np.asarray(value) if isinstance(value, (int, list, tuple)) else None
    if host is None or shape is not None or host.ndim > 1 or "int" not in str(tensor.dtype):
        return tensor
    return host.astype(str(tensor.dtype)).view(_Sizes)

"""TensorFlow's functions that take texts too, which are plain arrays here."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import ops
from addax.compat.tensorflow.functions import _Sizes


def expand_dims(input: Any, axis: int, name: str | None = None) -> Any:
    """Return a tensor or an array of texts with an axis of size 1 more.

    Args:
        input: tensor, or array of texts.
        axis: where the new axis goes.
        name: accepted for compatibility.

    Example:
        >>> expand_dims(np.array(["a", "b"]), -1).shape
        (2, 1)
    """
    if isinstance(input, _Sizes):
        return np.expand_dims(input, axis).view(_Sizes)
    if isinstance(input, np.ndarray) and input.dtype.kind in "OSU":
        return np.expand_dims(input, axis)
    return ops.expand_dims(input, axis)

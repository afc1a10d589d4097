"""Vectors of indices, made on the host."""

from __future__ import annotations

from typing import Any

import numpy as np


def encoded(indices: np.ndarray, size: int, mode: str, dtype: Any) -> np.ndarray:
    """Return one vector per index (`"one_hot"`), or per sample.

    Args:
        indices: integers in `[0, size)`.
        size: size of the vectors.
        mode: `"one_hot"`, `"multi_hot"` (which indices the last axis holds) or `"count"`
            (how often).
        dtype: dtype of the vectors.
    """
    vectors = np.eye(size, dtype=dtype)[indices]
    if mode == "one_hot":
        one = indices.ndim > 1 and indices.shape[-1] == 1
        return vectors[..., 0, :] if one else vectors
    if indices.ndim < 2:
        vectors = vectors[:, None] if indices.ndim else vectors[None]
    return vectors.max(axis=-2) if mode == "multi_hot" else vectors.sum(axis=-2)

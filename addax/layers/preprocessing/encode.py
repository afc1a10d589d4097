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
    shape = encoded_shape(indices.shape, size, mode)
    per_vector = 1 if mode == "one_hot" or indices.ndim < 2 else indices.shape[-1]
    vectors = np.zeros((indices.size // max(per_vector, 1), size), dtype)
    rows = np.repeat(np.arange(len(vectors)), per_vector)
    mark(vectors, rows, indices.reshape(-1), mode)
    return vectors.reshape(shape)


def mark(vectors: np.ndarray, rows: np.ndarray, columns: np.ndarray, mode: str) -> None:
    """Count places of a matrix of zeros, or set them to 1 unless `mode` is `"count"`."""
    if mode == "count":
        np.add.at(vectors, (rows, columns), 1)
    else:
        vectors[rows, columns] = 1


def encoded_shape(shape: tuple[Any, ...], size: int | None, mode: str) -> tuple[Any, ...]:
    """Return the shape of vectors of indices of this shape, or of these for `"int"`."""
    if mode == "int":
        return shape
    if mode != "one_hot":
        return (*shape[:-1], size) if len(shape) > 1 else (*shape, size)
    return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), size)

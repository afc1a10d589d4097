"""The rows of all tables, and what the tests and `record.py` do with a row."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.ops import table, table_nn, table_shapes

_ROWS = [
    *table.ELEMENTWISE, *table.BINARY, *table.REDUCTIONS, *table_shapes.SHAPES,
    *table_shapes.LINALG, *table_shapes.FOURIER, *table_nn.NETWORKS, *table_nn.PICTURES,
    *table_nn.EXTRA,
]  # fmt: skip
ROWS = {f"{row[0]}-{i}": row for i, row in enumerate(_ROWS)}


def is_data(x):
    return isinstance(x, np.ndarray) and x.ndim > 0


def float_places(args):
    return [i for i, x in enumerate(args) if is_data(x) and x.dtype == np.float32]


# The first row of every name.
FIRSTS = {row[0]: row_id for row_id, row in reversed(ROWS.items())}
DIFFERENTIABLE = [
    i for i in reversed(FIRSTS.values()) if ROWS[i][3]["grad"] and float_places(ROWS[i][1])
]


@dataclass
class Leaf:
    """One array of a result; `dtype` is None where Keras returns a plain number."""

    value: np.ndarray
    dtype: str | None


@dataclass
class Answer:
    """What Keras returns for a row, and the gradients of its float arguments, if wanted."""

    values: list[Leaf]
    gradients: list[np.ndarray]


def find(namespace, name):
    return functools.reduce(getattr, name.split("."), namespace)


def leaves(result):
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def filled(args, places, values):
    """Return `args` with `values` in `places`."""
    given = dict(zip(places, values, strict=True))
    return [given.get(i, arg) for i, arg in enumerate(args)]


def weighted(result, add: Any, dtype_of: Any):
    """Return a sum of the float arrays in `result` with fixed, uneven weights."""
    total = 0.0
    for leaf in leaves(result):
        if "float" in dtype_of(leaf):
            size = int(np.prod(leaf.shape))
            weights = np.cos(np.arange(size, dtype="float32")).reshape(leaf.shape)
            total = total + add(leaf * weights)
    return total

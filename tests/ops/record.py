"""Write `keras.npz`: what Keras 3 on JAX returns for every row of the tables, and gradients.

Run it after a row was added or changed, where Keras is installed (a few minutes), and commit the
file: `python tests/ops/record.py`. The tests of the ops then need no Keras to compute;
`pytest -m slow tests/ops` computes everything again with the Keras that is installed.
"""

import os
import sys
import warnings
from pathlib import Path

if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["JAX_PLATFORMS"] = "cpu"
    sys.path.insert(0, str(Path(__file__).parents[2]))

import jax
import keras
import numpy as np

from tests.ops.rows import (
    DIFFERENTIABLE,
    ROWS,
    Answer,
    Leaf,
    filled,
    find,
    float_places,
    leaves,
    weighted,
)
from tests.ops.truth import FILE, Truth


def dtype_of(x):
    return keras.backend.standardize_dtype(x.dtype)


def gradients(row):
    """Return Keras' gradients with respect to the float arguments of a row."""
    name, args, kwargs, _ = row
    places = float_places(args)

    def loss(*values):
        result = find(keras.ops, name)(*filled(args, places, values), **kwargs)
        return weighted(result, keras.ops.sum, dtype_of)

    values = [args[i] for i in places]
    return list(map(np.asarray, jax.grad(loss, tuple(range(len(values))))(*values)))


def as_numpy(x):
    """Return an array that NumPy can store without help."""
    array = np.asarray(x)
    return array.astype("float32") if array.dtype.name == "bfloat16" else array


def answer(row_id):
    """Return what the installed Keras answers to a row."""
    row = ROWS[row_id]
    name, args, kwargs, _ = row
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = leaves(find(keras.ops, name)(*args, **kwargs))
        values = [Leaf(as_numpy(x), dtype_of(x) if hasattr(x, "dtype") else None) for x in found]
        return Answer(values, gradients(row) if row_id in DIFFERENTIABLE else [])


def main():
    truth = Truth({"keras": keras.__version__, "jax": jax.__version__})
    for row_id in ROWS:
        truth.add(row_id, answer(row_id))
    truth.save()
    print(f"{FILE}: {len(truth)} answers, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()

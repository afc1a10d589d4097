"""What the two tables of house prices share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def check_test_split(owner: str, test_split: float) -> float:
    """Return `test_split` when it is in [0, 1), else raise ValueError."""
    if not 0 <= test_split < 1:
        raise ValueError(
            f"`test_split` of `{owner}.load_data` must be a fraction in [0, 1). "
            f"Received: test_split={test_split}"
        )
    return test_split


def split(x: np.ndarray, y: np.ndarray, test_split: float, seed: int) -> Split:
    """Shuffle rows and cut off the last `test_split` of them as test set."""
    # The legacy generator, private to this call: the published splits were drawn with it.
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    cut = int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the arrays `x` and `y` of an `.npz` file."""
    with np.load(path, allow_pickle=False) as arrays:
        return arrays["x"], arrays["y"]

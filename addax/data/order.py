"""The order in which an epoch visits the samples."""

from __future__ import annotations

import numpy as np


def epoch_order(
    n: int, seed: int, epoch: int, shuffle: bool | str, batch_size: int = 1
) -> np.ndarray | None:
    """Return the order of the samples in one epoch, or None for as they are.

    The order depends on the arguments alone, so that an epoch can be repeated or resumed.

    Args:
        n: number of samples.
        seed: any integer; other seeds give other orders.
        epoch: epoch number, from 0.
        shuffle: True for a permutation of all samples, `"batch"` for a permutation of whole
            batches (a last, smaller batch stays last), False for None.
        batch_size: samples per batch; used by `"batch"` only.

    Returns: int32 array of shape `(n,)`, or None.

    Example:
        >>> sorted(epoch_order(5, seed=1, epoch=0, shuffle=True).tolist())
        [0, 1, 2, 3, 4]
        >>> epoch_order(5, seed=1, epoch=0, shuffle=False) is None
        True
    """
    if shuffle is False or shuffle is None:
        return None
    key = np.array([seed & 0xFFFFFFFFFFFFFFFF, epoch], dtype=np.uint64)
    generator = np.random.Generator(np.random.Philox(key=key))
    indices = np.arange(n, dtype=np.int32)
    if shuffle != "batch":
        generator.shuffle(indices)
        return indices
    full = n // batch_size * batch_size
    blocks = indices[:full].reshape(-1, batch_size)
    return np.concatenate([generator.permutation(blocks).ravel(), indices[full:]])

"""The UCI handwritten digits: 1,797 grey images of 8x8, shipped with Addax.

The data are the test part of "Optical Recognition of Handwritten Digits", UCI Machine Learning
Repository, E. Alpaydin and C. Kaynak 1998, doi:10.24432/C50P49, licence CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/). 13 people wrote them; each image counts the inked
points of a 32x32 bitmap in blocks of 4x4. `digits.npz` holds them unchanged, as arrays.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from addax.datasets._tables import Split

_FILE = Path(__file__).with_name("digits.npz")
_TRAIN_ROWS = 1437


def load_data() -> Split:
    """Load the 1,797 UCI handwritten digits that come with Addax.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: the first 1,437 and the last 360 images,
        `(n, 8, 8)` uint8, 0 (paper) to 16 (ink), and labels `(n,)` uint8, 0 to 9.

    Reference:
        E. Alpaydin, C. Kaynak 1998, UCI repository, doi:10.24432/C50P49. CC BY 4.0.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, int(x_train.max()), y_test.shape
        ((1437, 8, 8), 16, (360,))
    """
    with np.load(_FILE, allow_pickle=False) as arrays:
        x, y = arrays["x"], arrays["y"]
    return (x[:_TRAIN_ROWS], y[:_TRAIN_ROWS]), (x[_TRAIN_ROWS:], y[_TRAIN_ROWS:])

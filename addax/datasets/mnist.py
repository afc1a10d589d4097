"""MNIST handwritten digits: 28x28 grey images in 10 classes."""

from __future__ import annotations

import numpy as np

from addax.datasets._local import STORAGE, find
from addax.datasets._tables import Split


def load_data(path: str = "mnist.npz") -> Split:
    """Load the MNIST digits from a local file.

    Args:
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images `(n, 28, 28)` uint8, 0 to 255, and labels
        `(n,)` uint8, 0 to 9. The official file has 60,000 and 10,000 images.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.

    Reference:
        Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits. CC BY-SA 3.0.
    """
    file = find("mnist", path, url=STORAGE + "mnist.npz", takes_path=True)
    with np.load(file, allow_pickle=False) as arrays:
        train = arrays["x_train"], arrays["y_train"]
        return train, (arrays["x_test"], arrays["y_test"])

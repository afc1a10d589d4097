"""Fashion-MNIST: 28x28 grey images of clothing in 10 classes."""

from __future__ import annotations

import gzip

import numpy as np

from addax.datasets._local import STORAGE, find
from addax.datasets._tables import Split

_IMAGES_HEADER = 16
_LABELS_HEADER = 8


def load_data() -> Split:
    """Load the Fashion-MNIST images from local files.

    The four `.gz` files are looked up in the folder `fashion-mnist` of `$ADDAX_DATA` and
    `~/.keras/datasets`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: 60,000 and 10,000 images `(n, 28, 28)` uint8,
        0 to 255, and labels `(n,)` uint8, 0 to 9: T-shirt/top, trouser, pullover, dress, coat,
        sandal, shirt, sneaker, bag, ankle boot.

    Raises:
        FileNotFoundError: if a file is not there; says where to get it.

    Reference:
        H. Xiao, K. Rasul, R. Vollgraf 2017, arXiv:1708.07747. MIT licence, Zalando SE.
    """
    return (_images("train"), _labels("train")), (_images("t10k"), _labels("t10k"))


def _read(name: str, header: int) -> np.ndarray:
    # No bare file name: MNIST's own files are called the same.
    file = find("fashion_mnist", f"fashion-mnist/{name}", url=STORAGE + name)
    with gzip.open(file, "rb") as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=header)


def _images(part: str) -> np.ndarray:
    return _read(f"{part}-images-idx3-ubyte.gz", _IMAGES_HEADER).reshape(-1, 28, 28)


def _labels(part: str) -> np.ndarray:
    return _read(f"{part}-labels-idx1-ubyte.gz", _LABELS_HEADER)

"""CIFAR-100: 32x32 colour images in 100 classes of 20 groups."""

from __future__ import annotations

from addax import errors
from addax.datasets import _cifar
from addax.datasets._tables import Split


def load_data(label_mode: str = "fine") -> Split:
    """Load the CIFAR-100 images from a local archive.

    The folder `cifar-100-python` or `cifar-100-python.tar.gz` is looked up in `$ADDAX_DATA` and
    `~/.keras/datasets`.

    Args:
        label_mode: `"fine"` for the 100 classes, `"coarse"` for their 20 groups.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: 50,000 and 10,000 images `(n, 32, 32, 3)` uint8
        (`(n, 3, 32, 32)` when `image_data_format()` is `"channels_first"`) and labels `(n, 1)`.

    Raises:
        ValueError: for any other `label_mode`.
        FileNotFoundError: if there is no archive; says where to get it.

    Reference:
        A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
    """
    errors.one_of("cifar100.load_data", "label_mode", label_mode, ("fine", "coarse"))
    return _cifar.load(
        "cifar100", "cifar-100-python", "cifar-100-python.tar.gz", ["train"], "test",
        f"{label_mode}_labels".encode(),
    )  # fmt: skip

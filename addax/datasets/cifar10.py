"""CIFAR-10: 32x32 colour images in 10 classes."""

from __future__ import annotations

from addax.datasets import _cifar
from addax.datasets._tables import Split


def load_data() -> Split:
    """Load the CIFAR-10 images from a local archive.

    The folder `cifar-10-batches-py`, `cifar-10-batches-py.tar.gz` or `cifar-10-python.tar.gz` is
    looked up in `$ADDAX_DATA` and `~/.keras/datasets`.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: 50,000 and 10,000 images `(n, 32, 32, 3)` uint8,
        0 to 255 (`(n, 3, 32, 32)` when `image_data_format()` is `"channels_first"`), and labels
        `(n, 1)`, 0 to 9: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.

    Raises:
        FileNotFoundError: if there is none of them; says where to get it.

    Reference:
        A. Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
    """
    train = [f"data_batch_{number}" for number in range(1, 6)]
    return _cifar.load(
        "cifar10", "cifar-10-batches-py", "cifar-10-python.tar.gz", train, "test_batch", b"labels"
    )

"""What CIFAR-10 and CIFAR-100 share: an archive, or its folder, of pickled batches."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from addax import config
from addax.datasets._local import find
from addax.datasets._pickles import load_arrays
from addax.datasets._tables import Split

HOME = "https://www.cs.toronto.edu/~kriz/"


def load(
    dataset: str, folder: str, archive: str, train: Sequence[str], test: str, labels: bytes
) -> Split:
    """Return a CIFAR set in the layout of `image_data_format()`.

    Args:
        dataset: its name, for messages.
        folder: the folder of the batches, as the archive names it.
        archive: the file name of the archive on its home page.
        train: names of the training batches.
        test: name of the test batch.
        labels: the key of the labels in a batch.
    """
    path = find(
        dataset, folder, f"{folder}-target/{folder}", f"{folder}.tar.gz", archive,
        url=HOME + archive,
    )  # fmt: skip
    batches = _read(path, [*train, test])
    x = [_images(batches[name][b"data"]) for name in [*train, test]]
    y = [np.asarray(batches[name][labels], "uint8").reshape(-1, 1) for name in [*train, test]]
    return (np.concatenate(x[:-1]), np.concatenate(y[:-1])), (x[-1], y[-1])


def _read(path: Path, names: Sequence[str]) -> dict[str, dict[bytes, Any]]:
    if path.is_dir():
        return {name: _batch(lambda n=name: (path / n).open("rb")) for name in names}  # type: ignore[misc]
    found: dict[str, dict[bytes, Any]] = {}
    with tarfile.open(path) as archive:
        for member in archive:  # read in order and in memory: nothing is ever extracted
            name = Path(member.name).name
            if member.isfile() and name in names:
                content = archive.extractfile(member)
                found[name] = load_arrays(io.BytesIO(content.read() if content else b""))
    missing = set(names) - set(found)
    if missing:
        raise ValueError(f"{path} has no batch {sorted(missing)}; it seems to be cut short.")
    return found


def _batch(opened: Callable[[], BinaryIO]) -> dict[bytes, Any]:
    with opened() as stream:
        return load_arrays(stream)


def _images(rows: np.ndarray) -> np.ndarray:
    images = rows.reshape(len(rows), 3, 32, 32)
    if config.image_data_format() == "channels_last":
        return np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    return images

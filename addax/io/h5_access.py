"""HDF5 without trust: no links out of the file, no other files, shapes before data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import h5py

_KINDS = "fiub"
_MOST_GROWTH = 100  # of compressed arrays
_MOST_ATTRIBUTES = 64 * 2**20


class BadFileError(ValueError):
    """A file that is damaged, of another format, or does not fit the model."""


@contextlib.contextmanager
def opened(source: Any, name: str) -> Iterator[h5py.File]:
    """Open an HDF5 file for reading.

    Args:
        source: a path or a file object.
        name: what messages call it.

    Raises:
        BadFileError: if it is not an HDF5 file, or is damaged.
    """
    import h5py  # a tenth of a second, which only those pay who use files

    try:
        file = h5py.File(source, "r")
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError) as error:
        raise BadFileError(f"{name} is not an HDF5 file, or is damaged: {error}") from None
    with file:
        try:
            yield file
        except (OSError, RuntimeError, KeyError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise BadFileError(f"{name} is damaged: {error}") from error


def group(parent: h5py.Group, path: str) -> h5py.Group | None:
    """Return the group at `path`, None if there is none; only real entries are followed.

    Raises:
        BadFileError: if a part of the path is a link to elsewhere or not a group.
    """
    import h5py

    for part in path.split("/"):
        item = _entry(parent, part)
        if item is None:
            return None
        if not isinstance(item, h5py.Group):
            raise BadFileError(f"'{part}' in '{parent.name}' must be a group.")
        parent = item
    return parent


def _entry(parent: h5py.Group, name: str) -> Any:
    import h5py

    if name in ("", ".", "..") or name not in parent:
        return None
    if not isinstance(parent.get(name, getlink=True), h5py.HardLink):
        raise BadFileError(
            f"'{name}' in '{parent.name}' is a link to another place. Such files are not read."
        )
    return parent[name]


def dataset(parent: h5py.Group, path: str) -> h5py.Dataset:
    """Return the dataset at `path` below a group.

    Raises:
        BadFileError: if there is none, or its data lie outside of the file.
    """
    import h5py

    folder, _, name = path.rpartition("/")
    inside = group(parent, folder) if folder else parent
    item = None if inside is None else _entry(inside, name)
    if not isinstance(item, h5py.Dataset):
        raise BadFileError(f"The file lacks the array '{path}' in '{parent.name}'.")
    if item.external or item.is_virtual:
        raise BadFileError(f"The data of '{item.name}' lie in another file, which is not read.")
    return item


def read(item: h5py.Dataset, shape: tuple[int, ...], owner: str) -> np.ndarray:
    """Return the data of a dataset for a variable, after a look at its shape and dtype.

    Args:
        item: the dataset.
        shape: the variable's shape.
        owner: name of the variable in messages.

    Raises:
        BadFileError: if shape or dtype do not fit.
    """
    if tuple(item.shape or ()) != tuple(shape):
        raise ShapeError(
            f"The model's '{owner}' has shape {tuple(shape)}. The file has shape "
            f"{tuple(item.shape or ())} for it"
        )
    if _attribute(item, "dtype") == "bfloat16":
        return np.asarray(item[()]).view(np.dtype("bfloat16")).reshape(shape)
    if item.dtype.kind not in _KINDS:
        raise BadFileError(f"'{owner}' in the file must hold numbers. Received: {item.dtype}")
    return np.asarray(item[()])


def read_any(item: h5py.Dataset, owner: str) -> np.ndarray:
    """Return the data of a dataset of unknown shape, if they are really in the file.

    Args:
        item: the dataset.
        owner: name of the layer in messages.

    Raises:
        BadFileError: if it says to be far larger than what is stored, or holds no numbers.
    """
    size = (item.size or 0) * item.dtype.itemsize
    if size > _MOST_GROWTH * item.id.get_storage_size() + 2**20:
        raise BadFileError(f"An array of '{owner}' says it is {size:,} bytes large, and is not.")
    return read(item, tuple(item.shape or ()), owner)


class ShapeError(BadFileError):
    """An array whose shape is not that of the model's variable."""


def _attribute(item: Any, name: str) -> Any:
    value = item.attrs.get(name)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def text(item: Any, name: str) -> str | None:
    """Return a string attribute, None if there is none.

    Raises:
        BadFileError: if it is no text or too large.
    """
    value = _attribute(item, name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _MOST_ATTRIBUTES:
        raise BadFileError(f"Attribute '{name}' of '{item.name}' must be a text.")
    return value


def texts(item: Any, name: str) -> list[str] | None:
    """Return an attribute that is a list of strings, also when split over several."""
    found: list[Any] = []
    if name in item.attrs:
        found = list(np.asarray(item.attrs[name]).ravel())
    elif f"{name}0" in item.attrs:
        index = 0
        while f"{name}{index}" in item.attrs:
            found += list(np.asarray(item.attrs[f"{name}{index}"]).ravel())
            index += 1
    else:
        return None
    return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in found]


def created(target: Any) -> h5py.File:
    """Return a new HDF5 file for writing.

    Args:
        target: a path or a file object.
    """
    import h5py

    return h5py.File(target, "w")


def text_type() -> Any:
    """Return HDF5's dtype of texts."""
    import h5py

    return h5py.string_dtype()


def write(parent: h5py.Group, name: str, value: np.ndarray) -> None:
    """Write an array, 16-bit floats of the brain kind as Keras does."""
    if value.dtype.name == "bfloat16":
        item = parent.create_dataset(name, data=value.view("V2"))
        item.attrs["dtype"] = "bfloat16"
    else:
        parent.create_dataset(name, data=value)

"""Saving and loading: which format a path means, and what is in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from addax.core import registry
from addax.core.variable import size_limit
from addax.io import assets, atomic, h5, keras_zip, weights
from addax.io.h5_access import BadFileError
from addax.io.snapshot import restore_model, seed_states, snapshot

_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_SMALL, _GROWTH = 2**26, 8
_H5 = (".h5", ".hdf5", ".hdf")
_FORMATS = {"keras": "keras", "h5": "h5", "hdf5": "h5", "tf": "folder", "tensorflow": "folder"}
_SUFFIXES = (
    "Name it '{name}.keras' (a file), or pass `save_format='h5'`, 'tf' (a folder) or 'keras'."
)


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    zipped: bool | None = None,
    save_format: str | None = None,
    include_optimizer: bool = True,
    **ignored: Any,
) -> None:
    """Write a model with its weights, its `compile` arguments and its optimizer's state.

    The file appears whole or not at all. It holds no code.

    Args:
        model: the model.
        filepath: `.keras` is the format of Keras 3; `.h5` and `.hdf5` that of Keras 2; a
            name without a suffix is a folder.
        overwrite: whether an existing file is replaced.
        zipped: whether the `.keras` content is one file (default) or a folder.
        save_format: `"keras"`, `"h5"` or `"tf"` (a folder), whatever the name.
        include_optimizer: whether the optimizer goes in.
        **ignored: arguments of older Keras without a meaning here.

    Raises:
        FileExistsError: if the file exists and `overwrite` is False.
        ValueError: if the format is not known.

    Example:
        >>> import addax, os, tempfile
        >>> model = addax.Sequential([addax.Input((3,)), addax.layers.Dense(2)])
        >>> path = os.path.join(tempfile.mkdtemp(), "model.keras")
        >>> save_model(model, path)
        >>> load_model(path).count_params()
        8
    """
    path = _as_path(filepath)
    kind = _format_of(path, save_format, zipped)
    atomic.check_target(path, overwrite)
    if kind == "h5":
        h5.write_model(path, model, include_optimizer)
        return
    content = snapshot(model, include_optimizer)
    seeds = [np.asarray(state) for state in seed_states(model)]
    if kind == "folder":
        with atomic.new_folder(path) as temporary:
            keras_zip.write_folder(temporary, content, seeds)
        return
    if path.is_dir():
        raise IsADirectoryError(f"'{path}' is a folder. Choose another name for the file.")
    with atomic.new_file(path) as temporary:
        keras_zip.write(temporary, content, seeds)


def load_model(
    filepath: Any,
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Read a model that Addax or Keras wrote.

    Nothing in the file is run or imported: classes and functions are looked up by name among
    those of Addax, the registered ones and `custom_objects`.

    Args:
        filepath: a `.keras` file, a folder of the same content, or a Keras 2 `.h5` file.
        custom_objects: own classes and functions by name.
        compile: whether to compile the model as it was.
        safe_mode: accepted; lambdas in files are never run.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is damaged, or names something unknown.
    """
    path = _existing(filepath)
    with _explained(path), size_limit(_allowed_numbers(path)):
        if _starts_with(path, _HDF5):
            return h5.read_model(path, custom_objects, compile)
        contents = keras_zip.read(path)
        # a function, a layer or a loss may be looked up as late as in `build`
        with registry.extra_objects(custom_objects):
            model = restore_model(contents.config, custom_objects, compile)
            weights.read(contents.weights, f"'{path.name}'", model, whole=compile)
            assets.restore(weights.groups(model, False), contents.assets)
        return model


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what a damaged config sets off into one kind of error."""
    try:
        yield
    except (KeyError, IndexError, AttributeError, RecursionError, MemoryError) as error:
        raise BadFileError(
            f"'{path.name}' does not describe a model that can be built: "
            f"{type(error).__name__}: {error}"
        ) from error
    except (ValueError, TypeError) as error:
        error.add_note(f"while loading '{path}'")
        raise


def _allowed_numbers(path: Path) -> int:
    """Return how many numbers the weights of a model in this file may have.

    A config of a few bytes can describe layers that fill the memory, but the weights of a
    built model are in the file as well, hardly compressible.
    """
    size = sum(p.stat().st_size for p in path.iterdir()) if path.is_dir() else path.stat().st_size
    return _SMALL + _GROWTH * size


def save_weights(model: Any, filepath: Any, overwrite: bool = True, **ignored: Any) -> None:
    """Write the weights of a model.

    Args:
        model: a built model.
        filepath: the file; `.h5` and `.hdf5` (without `.weights`) are written in the layout
            of Keras 2, all other names in that of Keras 3's `.weights.h5`.
        overwrite: whether an existing file is replaced.
        **ignored: arguments of older Keras without a meaning here.

    Raises:
        FileExistsError: if the file exists and `overwrite` is False.
    """
    path = _as_path(filepath)
    atomic.check_target(path, overwrite)
    if path.suffix in _H5 and not path.name.endswith(".weights.h5"):
        h5.write_weights(path, model)
        return
    content = snapshot_weights(model)
    seeds = [np.asarray(state) for state in seed_states(model)]
    with atomic.new_file(path) as temporary:
        weights.write(temporary, content, seeds)


def snapshot_weights(model: Any) -> Any:
    """Return a snapshot without a config, which weights do not need."""
    from_groups = weights.groups(model)
    arrays = [(g.path, g.name, g.arrays()) for g in from_groups]
    return weights.Snapshot({}, arrays)


def load_weights(
    model: Any, filepath: Any, skip_mismatch: bool = False, by_name: bool = False, **ignored: Any
) -> None:
    """Set the weights of a model from a file of weights or of a whole model.

    Args:
        model: a built model.
        filepath: the file, in Keras 3's or Keras 2's layout, or a `.keras` file.
        skip_mismatch: whether layers that do not fit are skipped, with a warning.
        by_name: for files in Keras 2's layout: whether layers are matched by their
            names instead of their order.
        **ignored: arguments of older Keras without a meaning here.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is damaged or does not fit; no weight is changed then.
    """
    path = _existing(filepath)
    with _explained(path):
        if path.is_dir() or _starts_with(path, _ZIP):
            source: Any = keras_zip.read(path).weights
        elif _starts_with(path, _HDF5):
            source = path
        else:
            raise BadFileError(f"'{path.name}' is not a file of weights, or is damaged.")
        if source is path and h5.is_keras2(path):
            h5.read_weights(path, model, skip_mismatch, by_name)
        else:
            weights.read(source, f"'{path.name}'", model, skip_mismatch)


def _as_path(filepath: Any) -> Path:
    try:
        return Path(os.fsdecode(filepath))
    except TypeError:
        raise TypeError(
            f"`filepath` must be a path. Received: {filepath!r} of type {type(filepath).__name__}"
        ) from None


def _existing(filepath: Any) -> Path:
    path = _as_path(filepath)
    if not path.exists():
        raise FileNotFoundError(f"There is no file '{path}'.")
    return path


def _starts_with(path: Path, magic: bytes) -> bool:
    """Say what a file is by its first bytes; the libraries also look further inside."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _format_of(path: Path, save_format: str | None, zipped: bool | None) -> str:
    if save_format is not None:
        if save_format not in _FORMATS:
            raise ValueError(
                f"`save_format` must be one of {sorted(_FORMATS)}. Received: {save_format!r}"
            )
        return _FORMATS[save_format]
    if path.suffix in _H5:
        return "h5"
    if zipped is False or not path.suffix:
        return "folder"
    if path.suffix != ".keras":
        raise ValueError(
            f"The suffix of '{path.name}' names no format. {_SUFFIXES.format(name=path.stem)}"
        )
    return "keras"

"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


def check_target(path: Path, overwrite: bool) -> None:
    """Raise unless `path` can be written.

    Raises:
        FileExistsError: if it exists and `overwrite` is False.
        FileNotFoundError: if its folder does not exist.
    """
    if path.exists() and not overwrite:
        raise FileExistsError(f"'{path}' exists. Pass `overwrite=True` to replace it.")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder '{path.parent}' does not exist. Create it before saving '{path.name}'."
        )


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder; it replaces `path` if the block succeeds."""
    path = path.resolve() if path.is_symlink() else path
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _flush(temporary)
        temporary.chmod(_usual_mode(0o666))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; it replaces `path` if the block succeeds."""
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
    old = temporary.with_suffix(".old")
    try:
        yield temporary
        temporary.chmod(_usual_mode(0o777))
        if path.exists():
            path.replace(old)
        temporary.replace(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        if old.exists() and not path.exists():
            old.replace(path)
        raise
    if old.is_dir():
        shutil.rmtree(old, ignore_errors=True)
    else:
        old.unlink(missing_ok=True)


def _usual_mode(mode: int) -> int:
    """Return the mode that a file made by `open` would have."""
    umask = os.umask(0)
    os.umask(umask)
    return mode & ~umask


def _flush(path: Path) -> None:
    """Have the file on the disk before its name points to it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())

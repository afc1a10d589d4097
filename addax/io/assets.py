"""Further files of layers, such as vocabularies: `Layer.save_assets` and `load_assets`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from addax.io.h5_access import BadFileError


def collect(groups: Iterable[Any]) -> dict[str, bytes]:
    """Return the contents of the files that layers write, by path.

    Args:
        groups: of the model, see `snapshot.Group`.
    """
    found: dict[str, bytes] = {}
    for group in groups:
        if not group.overrides("save_assets"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            group.owner.save_assets(folder)
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file() and not path.is_symlink():
                    name = path.relative_to(folder).as_posix()
                    found[f"{group.path}/{name}" if group.path else name] = path.read_bytes()
    return found


def restore(groups: Iterable[Any], contents: Mapping[str, bytes]) -> None:
    """Let layers read the files that they have written.

    Args:
        groups: of the model, see `snapshot.Group`.
        contents: what `collect` gave.
    """
    for group in groups:
        if not group.overrides("load_assets"):
            continue
        prefix = f"{group.path}/" if group.path else ""
        own = {n[len(prefix) :]: data for n, data in contents.items() if n.startswith(prefix)}
        if own:
            _restore_one(group.owner, own)


def _restore_one(layer: Any, contents: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in contents.items():
            path = Path(folder, *checked(name).parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        layer.load_assets(folder)


def checked(name: str) -> PurePosixPath:
    """Return a name inside an archive as a path that stays below its folder.

    Raises:
        BadFileError: if it would lead elsewhere.
    """
    path = PurePosixPath(name)
    bad = not path.parts or path.is_absolute() or any(c in name for c in "\\:\0")
    if bad or any(part in (".", "..") for part in name.split("/")):
        raise BadFileError(f"'{name}' is no name for a file of a layer. Such files are not read.")
    return path

"""The `.keras` file: a zip with `metadata.json`, `config.json` and `model.weights.h5`.

The same three files in a folder are read and written as well.
"""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from addax.io import weights
from addax.io.h5_access import BadFileError
from addax.io.snapshot import Snapshot

ASSETS = "assets/"
METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
# the version of Keras whose format this is
_FORMAT_VERSION = "3.15.0"
_MOST_TEXT = 64 * 2**20
_MOST_ASSETS = 2**30
_MOST_MEMBERS = 10_000
_MOST_GROWTH = 100  # of a compressed member; weights hardly shrink at all


class Contents(NamedTuple):
    """What was read of a file: the config, the weights as a file object or path, and files."""

    config: Any
    weights: Any
    assets: dict[str, bytes]


def write(path: Path, snapshot: Snapshot, seeds: list[np.ndarray]) -> None:
    """Write a `.keras` file; the caller sees to it that it appears whole.

    Args:
        path: where to.
        snapshot: of the model.
        seeds: states of the random generators.
    """
    arrays = io.BytesIO()
    weights.write(arrays, snapshot, seeds)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(METADATA, json.dumps(_metadata()))
        archive.writestr(CONFIG, _dumps(snapshot.config))
        archive.writestr(WEIGHTS, arrays.getbuffer())
        for name, data in snapshot.assets.items():
            archive.writestr(f"{ASSETS}{name}", data)


def write_folder(path: Path, snapshot: Snapshot, seeds: list[np.ndarray]) -> None:
    """Write the three files into an existing folder."""
    (path / METADATA).write_text(json.dumps(_metadata()), encoding="utf-8")
    (path / CONFIG).write_text(_dumps(snapshot.config), encoding="utf-8")
    weights.write(path / WEIGHTS, snapshot, seeds)
    for name, data in snapshot.assets.items():
        target = path / ASSETS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _metadata() -> dict[str, str]:
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d@%H:%M:%S")
    return {"keras_version": _FORMAT_VERSION, "date_saved": now, "written_by": "addax"}


def _dumps(config: Any) -> str:
    try:
        return json.dumps(config)
    except TypeError as error:
        raise TypeError(
            f"The model's config holds something that JSON cannot express ({error}). Let every "
            "`get_config()` return numbers, strings, lists, dicts, or objects with `get_config()`."
        ) from None


def read(path: Path) -> Contents:
    """Read a `.keras` file, or a folder with its members.

    Raises:
        ValueError: if it is damaged, too large, or holds what a model does not need.
    """
    if path.is_dir():
        return _read_folder(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked_members(archive, path.name)
            config = _parse(_extract(archive, members, CONFIG, path.name), path.name)
            data = _extract(archive, members, WEIGHTS, path.name)
            assets = _extract_assets(archive, members, path.name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as error:
        raise BadFileError(f"'{path.name}' is not a .keras file, or is damaged: {error}") from None
    return Contents(config, io.BytesIO(data), assets)


def _read_folder(path: Path) -> Contents:
    if (path / "saved_model.pb").exists():
        raise BadFileError(
            f"'{path}' is a SavedModel of TensorFlow, which holds code. Save the model as `.keras` "
            "where it was made."
        )
    for name in (CONFIG, WEIGHTS):
        if not (path / name).is_file():
            raise BadFileError(f"The folder '{path}' holds no model: it has no '{name}'.")
    if (path / CONFIG).stat().st_size > _MOST_TEXT:
        raise BadFileError(f"'{CONFIG}' in '{path}' is larger than any model needs.")
    assets = _read_assets(path / ASSETS)
    return Contents(_parse((path / CONFIG).read_bytes(), path.name), path / WEIGHTS, assets)


def _read_assets(folder: Path) -> dict[str, bytes]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]
    if sum(p.stat().st_size for p in files) > _MOST_ASSETS:
        raise BadFileError(f"The files in '{folder}' are larger than any model needs.")
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def _extract_assets(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> dict[str, bytes]:
    """Return the further files of layers, whose names are looked at when they are used."""
    wanted = [n for n in members if n.startswith(ASSETS) and not n.endswith("/")]
    if sum(members[n].file_size for n in wanted) > _MOST_ASSETS:
        raise BadFileError(f"The files of layers in '{name}' are larger than any model needs.")
    return {n[len(ASSETS) :]: _extract(archive, members, n, name) for n in wanted}


def _checked_members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    if len(archive.infolist()) > _MOST_MEMBERS:
        raise BadFileError(f"'{name}' has {len(archive.infolist())} members, far too many.")
    for member in archive.infolist():
        if member.filename in members:
            raise BadFileError(f"'{name}' holds '{member.filename}' twice.")
        members[member.filename] = member
    missing = [wanted for wanted in (CONFIG, WEIGHTS) if wanted not in members]
    if missing:
        raise BadFileError(f"'{name}' is not a .keras file: it has no '{missing[0]}'.")
    return members


def _extract(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], wanted: str, name: str
) -> bytes:
    """Return the bytes of a member whose size is believable."""
    member = members[wanted]
    text = wanted == CONFIG
    limit = _MOST_TEXT if text else _MOST_GROWTH * member.compress_size + 2**20
    if member.file_size > limit:
        raise BadFileError(
            f"'{wanted}' in '{name}' says it is {member.file_size:,} bytes large, out of "
            f"{member.compress_size:,} in the file. Such files are not read."
        )
    if member.flag_bits & 1:
        raise BadFileError(f"'{wanted}' in '{name}' is encrypted.")
    with archive.open(member) as file:
        return file.read(member.file_size + 1)


def _parse(data: bytes, name: str) -> Any:
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadFileError(f"'{CONFIG}' in '{name}' is not JSON: {error}") from None
    if not isinstance(config, dict) or "class_name" not in config:
        raise BadFileError(f"'{CONFIG}' in '{name}' does not describe a model.")
    return config

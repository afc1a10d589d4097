"""Archives of files, unpacked into a folder without a member landing outside of it."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from addax import errors


def extract(file: Path, folder: Path, formats: Any) -> bool:
    """Unpack an archive; False if it is none of these formats."""
    formats = ("tar", "zip") if formats == "auto" else formats
    formats = [formats] if isinstance(formats, str) else list(formats or ())
    for form in formats:
        errors.one_of("get_file", "archive_format", form, ("tar", "zip"))
    kinds = {
        "tar": (tarfile.is_tarfile, tarfile.open),
        "zip": (zipfile.is_zipfile, zipfile.ZipFile),
    }
    opener: Any = next((kinds[form][1] for form in formats if kinds[form][0](file)), None)
    if opener is None:
        return False
    existed = folder.exists()
    try:
        with opener(file) as archive:
            _check_members(archive, folder)
            folder.mkdir(parents=True, exist_ok=True)
            if isinstance(archive, tarfile.TarFile):
                _extract_tar(archive, folder)
            else:
                archive.extractall(folder)
    except BaseException as error:
        if not existed:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, tarfile.TarError):
            raise ValueError(f"{file} cannot be unpacked safely: {error}") from error
        raise
    return True


def _extract_tar(archive: tarfile.TarFile, folder: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
        return
    # Python before 3.11.4: plain files and folders only
    for member in archive.getmembers():
        if not (member.isfile() or member.isdir()):
            raise tarfile.ExtractError(f"{member.name!r} is no plain file")
    archive.extractall(folder)  # noqa: S202 - members and their names are checked


def _check_members(archive: Any, folder: Path) -> None:
    """Refuse names that lead out of the folder before anything is written."""
    is_tar = isinstance(archive, tarfile.TarFile)
    home = folder.resolve()
    for name in archive.getnames() if is_tar else archive.namelist():
        if not (home / name).resolve().is_relative_to(home):
            raise ValueError(
                f"The archive has a member that would land outside its folder: {name!r}"
            )

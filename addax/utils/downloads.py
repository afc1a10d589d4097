"""`get_file`: a file from the network or a disk, kept in a folder, checked and unpacked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import urllib.parse
import warnings
from pathlib import Path
from typing import Any

from addax import errors
from addax.callbacks.console import write_line

_SCHEMES = ("http", "https", "ftp", "file")
_ALGORITHMS = ("auto", "md5", "sha256")
_TIMEOUT = 60  # seconds without an answer
_MISMATCH = (
    "The {algorithm} hash of {path} is not the expected one, so the file is cut short or another "
    "one. Expected: {expected}. Received: {found}"
)


def get_file(
    fname: Any = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: Any = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file, which is fetched unless it is there already.

    Only unpack archives of people you trust, and give `file_hash` where it is known. Members that
    would land outside the folder are refused.

    Args:
        fname: name of the file; default: that in `origin`.
        origin: URL: `http`, `https`, `ftp` or `file`.
        untar: the old form of `extract`, for tar files.
        md5_hash: the old form of `file_hash`, for MD5.
        file_hash: hash that the file must have, in hexadecimal.
        cache_subdir: folder in `cache_dir`.
        hash_algorithm: `"md5"`, `"sha256"`, or `"auto"` by the length of the hash.
        extract: whether to unpack the file.
        archive_format: `"tar"`, `"zip"`, `"auto"` for both, a list of them, or None for none.
        cache_dir: folder of all files; default: `$KERAS_HOME`, or `~/.keras`.
        force_download: whether to fetch it even if it is there.

    Returns: path of the file; of the folder with its content for `extract`.

    Raises:
        OSError: if it cannot be fetched.
        ValueError: for another kind of URL, a wrong hash, or an archive that is not safe.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "words.txt").write_text("a b")
        >>> path = get_file(origin=(folder / "words.txt").as_uri(), cache_dir=folder)
        Downloading data from file:...
        >>> Path(path).read_text()
        'a b'
    """
    if origin is None:
        raise ValueError("`get_file` needs `origin`, the URL of the file.")
    errors.one_of("get_file", "hash_algorithm", hash_algorithm, _ALGORITHMS)
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    home = Path(cache_dir or os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    folder = home / cache_subdir
    file, unpacked = _places(folder, fname, origin, bool(extract or untar))
    folder.mkdir(parents=True, exist_ok=True)
    if force_download or not _is_good(file, file_hash, hash_algorithm):
        write_line(f"Downloading data from {origin}")
        _fetch(origin, file, file_hash, hash_algorithm)
    if not (extract or untar):
        return str(file)
    from addax.utils import archives

    if not archives.extract(file, unpacked, "tar" if untar else archive_format):
        warnings.warn(f"{file} is no archive of the form {archive_format!r}.", stacklevel=2)
    return str(unpacked)


def _places(folder: Path, fname: Any, origin: str, extract: bool) -> tuple[Path, Path]:
    """Return where the file and its content go."""
    given = "" if fname is None else os.fspath(fname)
    name = given or Path(urllib.parse.unquote(urllib.parse.urlsplit(origin).path)).name
    if not name or name in (".", "..") or "/" in name or os.sep in name:
        raise ValueError(
            "`fname` of `get_file` must be a name without folders (see `cache_dir` and "
            f"`cache_subdir`). Received: fname={fname!r}, origin={origin!r}"
        )
    if not extract:
        return folder / name, folder / name
    if given and "." in given:
        return folder / given, folder / f"{given[: given.find('.')]}_extracted"
    return folder / f"{name}_archive", folder / name


def _is_good(file: Path, expected: str | None, algorithm: str) -> bool:
    if not file.exists():
        return False
    if expected is None or _hash(file, _algorithm(expected, algorithm)) == expected.lower():
        return True
    write_line(f"{file} is there, but its hash is not the expected one: it is fetched again.")
    return False


def _algorithm(expected: str, algorithm: str) -> str:
    if algorithm != "auto":
        return algorithm
    return "sha256" if len(expected) == 64 else "md5"


def _hash(file: Path, algorithm: str) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(
            stream, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def _fetch(origin: str, file: Path, expected: str | None, algorithm: str) -> None:
    """Write what `origin` has to `file`, once all of it is there and has the right hash."""
    errors.one_of("get_file", "origin", urllib.parse.urlsplit(origin).scheme, _SCHEMES)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            _copy(origin, target)
        if expected is not None:
            algorithm = _algorithm(expected, algorithm)
            found = _hash(part, algorithm)
            if found != expected.lower():
                raise ValueError(
                    _MISMATCH.format(
                        algorithm=algorithm, path=origin, expected=expected, found=found
                    )
                )
        part.chmod(0o644)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _copy(origin: str, target: Any) -> None:
    import urllib.error  # slow to import, and seldom used
    import urllib.request

    try:
        with urllib.request.urlopen(origin, timeout=_TIMEOUT) as source:
            shutil.copyfileobj(source, target)
            length = source.headers.get("Content-Length")
    except urllib.error.URLError as error:
        raise OSError(f"`get_file` cannot fetch {origin}: {error}") from error
    if length is not None and int(length) != target.tell():
        raise OSError(f"`get_file` got {target.tell()} of {length} bytes of {origin}.")

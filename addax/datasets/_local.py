"""Finds data files on this computer. Nothing here downloads."""

from __future__ import annotations

import os
from pathlib import Path

STORAGE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

_NOT_FOUND = """No data file for `{dataset}`. Looked for:
{places}
Addax does not download by itself. Get {url}
and put it, under that name, into {home}
or into the folder that the environment variable ADDAX_DATA names{path_hint}."""


def folders() -> list[Path]:
    """Return the folders that are searched for data files, in order.

    They are `$ADDAX_DATA` when set, then `$KERAS_HOME/datasets` (`~/.keras/datasets`).
    """
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
    named = os.environ.get("ADDAX_DATA")
    return [Path(named).expanduser(), home] if named else [home]


def find(dataset: str, *names: str, url: str, takes_path: bool = False) -> Path:
    """Return the first existing file or folder among `names`.

    Args:
        dataset: what is loaded, for the message, such as `"mnist"`.
        names: file names, best first. An absolute name, or one that exists seen from the working
            directory, is taken as it is; others are looked up in `folders()`.
        url: where the file can be had.
        takes_path: whether `load_data` has a `path` argument to name in the message.

    Raises:
        FileNotFoundError: if there is none; the message lists every place that was tried.
    """
    tried: list[Path] = []
    for name in names:
        given = Path(name).expanduser()
        has_folder = given.is_absolute() or len(given.parts) > 1
        candidates = [folder / given for folder in folders()]
        candidates = [given] if given.is_absolute() else candidates + [given] * has_folder
        tried += candidates
        for candidate in candidates:
            if candidate.exists():
                return candidate
    raise FileNotFoundError(
        _NOT_FOUND.format(
            dataset=dataset,
            places="\n".join(f"  {place}" for place in tried),
            url=url,
            home=folders()[-1],
            path_hint=", or pass `path=`" if takes_path else "",
        )
    )

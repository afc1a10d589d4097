"""The persistent compilation cache, kept where no other user can write."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from pathlib import Path

import jax

_enabled = False


def cache_folder() -> Path | None:
    """Return the folder for compiled programs, or None where it is switched off.

    `ADDAX_CACHE_DIR` names another folder; the empty string switches it off.
    """
    given = os.environ.get("ADDAX_CACHE_DIR")
    if given is not None:
        return Path(given) if given else None
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "addax" / "compiled"


def _is_private(folder: Path) -> bool:
    info = folder.stat()
    writable_by_others = info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return info.st_uid == os.getuid() and not writable_by_others


def _prepare(folder: Path) -> bool:
    """Create `folder` with mode 0700; a compiled program is code, so others must not write it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = not hasattr(os, "getuid") or _is_private(folder)
    except OSError:
        return False
    if not private:
        warnings.warn(
            f"The compilation cache {folder} can be written by others and is not used. "
            "Run `chmod 700` on it, or set ADDAX_CACHE_DIR to a folder of your own.",
            stacklevel=2,
        )
    return private


def private_folder() -> Path | None:
    """Return the folder for compiled programs, made if need be; None where there is none."""
    folder = cache_folder()
    return folder if folder is not None and _prepare(folder) else None


def enable() -> None:
    """Switch JAX's persistent cache on, once, unless the user configured it."""
    global _enabled
    if _enabled:
        return
    _enabled = True
    if getattr(jax.config, "jax_compilation_cache_dir", None):
        return  # chosen by the user
    folder = private_folder()
    if folder is None:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)

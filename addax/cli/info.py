"""What a bug report needs to say about the installation."""

from __future__ import annotations

import importlib.metadata
import os
import platform

from addax.datasets import _local
from addax.engine import engine

_PACKAGES = ("addax", "jax", "jaxlib", "numpy", "h5py", "rich")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def info() -> str:
    """Return versions, devices and folders, a line each."""
    rows = {
        "python": f"{platform.python_version()} on {platform.platform()}",
        **{package: _version(package) for package in _PACKAGES},
        "devices": ", ".join(map(str, engine.devices())),
        "cores": str(os.cpu_count()),
        "data folders": ", ".join(map(str, _local.folders())),
    }
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())

"""The category of all diagnostic warnings, told once each per model."""

from __future__ import annotations

import sys
import warnings
from typing import Any


class TrainingWarning(RuntimeWarning):
    """Training will not do what it looks like, and the message says why.

    Switch all of them off with
    `warnings.simplefilter("ignore", addax.utils.TrainingWarning)`.
    """


def warn_once(model: Any, key: str, message: str) -> None:
    """Warn, unless this model has been warned of `key` before."""
    told = model.__dict__.setdefault("_diagnosed", set())
    if key not in told:
        told.add(key)
        warnings.warn(message, TrainingWarning, stacklevel=_level())


def _level() -> int:
    """Return how far up the stack the line is that called Addax."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("addax."):
        level, frame = level + 1, frame.f_back
    return level

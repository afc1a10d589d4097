"""The engine: arrays, compilation and differentiation, and nothing of Keras.

One engine is chosen when this package is first imported, by the environment
variable `ADDAX_ENGINE` (default and, so far, only choice: `jax`).
"""

from __future__ import annotations

import importlib
import os
from typing import Any, cast

from addax import config
from addax.engine.protocol import Engine

_KNOWN = ("jax",)


def _load() -> Engine:
    name = os.environ.get("ADDAX_ENGINE", "jax")
    if name not in _KNOWN:
        raise ImportError(
            f"ADDAX_ENGINE must be one of {', '.join(_KNOWN)}. Received: ADDAX_ENGINE={name!r}"
        )
    return cast(Engine, importlib.import_module(f"addax.engine.{name}"))


engine: Engine = _load()
config.more["backend"] = lambda: engine.name
xp: Any = engine.xp

__all__ = ["Engine", "engine", "xp"]

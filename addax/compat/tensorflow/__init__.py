"""The `tf` namespace, built from the tables in `names` when a name is asked for."""

from __future__ import annotations

import builtins
import importlib
import logging
from types import ModuleType
from typing import Any

from addax import ops
from addax.compat.tensorflow import more, names
from addax.compat.tensorflow.renamed import renamed_op
from addax.compat.tensorflow.types import VERSION, DType

_OWN_FILES = (
    "data",
    "devices",
    "draws",
    "files",
    "functions",
    "kernels",
    "lookups",
    "maths",
    "pictures",
    "randomness",
    "sizes",
    "strategies",
    "strings_",
    "tensorboard",
    "texts",
    "toplevel",
    "tutorials",
    "types",
)


def _paths() -> set[str]:
    """Return all namespaces, with those that only hold others."""
    given = {*names.OBJECTS, *names.FUNCTIONS}
    parts = {path: path.split(".") for path in given}
    return {".".join(p[:end]) for p in parts.values() for end in range(1, len(p) + 1)} | {""}


PATHS = _paths()


class Namespace(ModuleType):
    """A module without a file: names come from the tables.

    Args:
        path: below `tf`, such as `"math"`; `""` for `tf` itself.
    """

    def __init__(self, path: str) -> None:
        name = f"{__name__}.{path}" if path else __name__
        super().__init__(name, f"The part of TensorFlow's `tf.{path}` that Addax has.")
        self._path_below = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = find(self._path_below, name)
        self.__dict__[name] = value
        return value

    def __dir__(self) -> list[str]:
        return known(self._path_below)


def known(path: str) -> list[str]:
    """Return the names in a namespace, sorted."""
    prefix = f"{path}." if path else ""
    children = {p[len(prefix) :].split(".")[0] for p in PATHS if p.startswith(prefix) and p != path}
    dtypes = names.DTYPES if path in ("", "dtypes") else ()
    rows = {**names.FUNCTIONS.get(path, {}), **names.OBJECTS.get(path, {})}
    return sorted({*rows, *dtypes, *children} - {""})


def find(path: str, name: str) -> Any:
    """Return the object behind `tf.<path>.<name>`.

    Raises:
        AttributeError: if no table has it.
    """
    full = f"{path}.{name}" if path else name
    if name in names.OBJECTS.get(path, {}):
        return _object(names.OBJECTS[path][name])
    if name in names.FUNCTIONS.get(path, {}):
        op, parameters = names.FUNCTIONS[path][name]
        return renamed_op(f"tf.{full}", getattr(ops, op), parameters)
    if name in names.DTYPES and path in ("", "dtypes"):
        return DType(name)
    if full in more.REFUSED:
        raise AttributeError(f"Addax has no tf.{full}. {more.REFUSED[full]}")
    if full in PATHS:
        return Namespace(full)
    if path == "math" and name in known("") and name not in PATHS:
        return find("", name)
    raise AttributeError(f"Addax has no tf.{full} (yet).")


def _object(path: str) -> Any:
    """Return an object by its path, of a file here or in full."""
    root = path.split(".")[0]
    if root == "builtins":
        return getattr(builtins, path.split(".")[1])
    if root == "logging":
        return getattr(logging, path.split(".")[1])
    full = f"{__name__}.{path}" if root in _OWN_FILES else path
    module, _, name = full.rpartition(".")
    if not module:
        return importlib.import_module(full)
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise AttributeError(f"Addax has no {full} yet: {error}") from error
    finally:
        if root in PATHS:  # the file's module hides the namespace of its name
            globals().pop(root, None)


__version__ = VERSION


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return find("", name)


def __dir__() -> list[str]:
    return known("")

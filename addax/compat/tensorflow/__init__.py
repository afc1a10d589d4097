"""The `tf` namespace, built from the tables in `names` when a name is asked for."""

from __future__ import annotations

import builtins
import importlib
import inspect
import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

from addax.compat.tensorflow import names
from addax.compat.tensorflow.types import VERSION, DType

_OWN_FILES = ("data", "devices", "functions", "randomness", "tutorials", "types")
_POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD


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
        value = lookup(self._path_below, name)
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


def lookup(path: str, name: str) -> Any:
    """Return the object behind `tf.<path>.<name>`.

    Raises:
        AttributeError: if no table has it.
    """
    full = f"{path}.{name}" if path else name
    if name in names.OBJECTS.get(path, {}):
        return _object(names.OBJECTS[path][name])
    if name in names.FUNCTIONS.get(path, {}):
        return _function(name, *names.FUNCTIONS[path][name])
    if name in names.DTYPES and path in ("", "dtypes"):
        return DType(name)
    if full in PATHS:
        return Namespace(full)
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


def _parameters(text: str) -> tuple[list[inspect.Parameter], set[str]]:
    """Read parameters of a row; also the names of those that go by keyword."""
    parameters, by_keyword = [], set()
    for word in text.split():
        name, _, default = word.removeprefix("->").partition("=")
        if word.startswith("->"):
            by_keyword.add(name)
        value = _LITERALS[default] if default else inspect.Parameter.empty
        parameters.append(inspect.Parameter(name, _POSITIONAL, default=value))
    return parameters, by_keyword


_LITERALS: dict[str, Any] = {
    "None": None, "True": True, "False": False, "'float32'": "float32",
    **{str(number): number for number in (-1, 0, 1, 0.2)},
}  # fmt: skip


def _function(name: str, op_name: str, text: str) -> Callable[..., Any]:
    """Return an op with TensorFlow's parameter names (and its `name=`, which is ignored)."""
    op = getattr(importlib.import_module("addax.ops"), op_name)
    parameters, by_keyword = _parameters(text)
    last = inspect.Parameter("name", _POSITIONAL, default=None)
    signature = inspect.Signature([*parameters, last])

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"tf.{name}{signature}: {error}") from None
        bound.apply_defaults()
        values = {key: bound.arguments[key] for key in (p.name for p in parameters)}
        keywords = {key: values.pop(key) for key in by_keyword}
        return op(*values.values(), **keywords)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = op.__doc__
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


__version__ = VERSION


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return lookup("", name)


def __dir__() -> list[str]:
    return known("")

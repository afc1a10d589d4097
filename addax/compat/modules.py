"""One import finder that answers `import keras` and its kin with Addax.

A module it makes (`Alias`) holds nothing: every name is looked up in Addax when it is asked for,
so that the classes are the very same and Addax' own modules stay untouched.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from addax import errors
from addax.compat import tables

_ALREADY_IMPORTED = (
    "{names} was imported before Addax could take its place, so this process already uses the real "
    "one. Call `addax.install()` before any `import {first}`, or start the script with "
    "`python -m addax run script.py`."
)

ROOTS = {**dict.fromkeys(tables.KERAS_ROOTS, ""), **tables.OTHER_ROOTS}
TOP_LEVEL = frozenset(root.partition(".")[0] for root in ROOTS)
_MISSING = object()
_HELPERS = ("__future__", "collections.abc", "typing")


def split_root(fullname: str) -> tuple[str, str] | None:
    """Return the longest known root of a module name, and what follows it.

    Example:
        >>> split_root("tensorflow.keras.layers.core")
        ('tensorflow.keras', 'layers.core')
        >>> split_root("numpy") is None
        True
    """
    parts = fullname.split(".")
    for end in range(len(parts), 0, -1):
        root = ".".join(parts[:end])
        if root in ROOTS:
            return root, ".".join(parts[end:])
    return None


def _load(name: str) -> ModuleType | None:
    """Import a module below `addax`; None when there is no such module."""
    full = f"addax.{name}" if name else "addax"
    try:
        return importlib.import_module(full)
    except ModuleNotFoundError as error:
        if error.name is None or not (full + ".").startswith(error.name + "."):
            raise
        return None


def _keras_targets(path: str, free: bool) -> tuple[str, ...]:
    """Return the names below `addax` that hold the content of `keras.<path>`, best first."""
    if path in tables.MOVED:
        return tables.MOVED[path]
    package, _, rest = path.partition(".")
    if not rest:
        return (path,) if package in tables.PUBLIC else ()
    parent = path.rpartition(".")[0]
    if path in tables.REAL_SUBMODULES or parent in tables.REAL_SUBMODULES:
        return (path,)
    known = tables.FLATTENED.get(package, "").split()
    if path == path.lower() and (free or rest.split(".")[0] in known):
        base = ".".join(path.split(".")[:2])
        return tables.MOVED.get(base, (package,))
    return ()


def _namespace(root: str, path: str) -> ModuleType | None:
    """Walk down attributes as long as they are modules: namespaces need no file of their own."""
    found: Any = _load(root)
    for part in filter(None, path.split(".")):
        if not isinstance(found, ModuleType):
            return None
        found = getattr(found, part, None) or _load(f"{found.__name__}.{part}"[len("addax.") :])
    return found if isinstance(found, ModuleType) else None


@functools.cache
def targets(fullname: str) -> tuple[ModuleType, ...]:
    """Return the Addax modules that stand behind `fullname`; none when there are none.

    Args:
        fullname: the full name of a module, such as `"keras.utils.np_utils"`.
    """
    found = split_root(fullname)
    if found is None:
        return ()
    root, path = found
    if ROOTS[root] or not path:
        module = _namespace(ROOTS[root], path)
        return (module,) if module else ()
    names = _keras_targets(path, free=root.endswith(".src") or ".python." in root)
    return tuple(module for name in names if (module := _load(name)))


def _shown(fullname: str) -> str:
    """Return a module name as users write it: `tf.keras.layers`, `keras.layers`."""
    top, dot, rest = fullname.partition(".")
    return {"tensorflow": "tf", "kerastuner": "keras_tuner"}.get(top, top) + dot + rest


class Alias(ModuleType):
    """A module that looks every name up in the modules behind it."""

    def __init__(self, name: str, behind: Sequence[ModuleType]) -> None:
        super().__init__(name, f"Addax in the place of `{name}`.")
        self.__dict__["_behind"] = tuple(behind)
        self.__path__: list[str] = []  # makes it a package: what lies below is ours too
        if name in tables.VERSIONS:
            self.__version__ = tables.VERSIONS[name]

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [n for n in dir(self) if not n.startswith("_")]
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        is_module = _is_listed(full)
        for module in self._behind:
            value = getattr(module, name, _MISSING)
            if isinstance(value, ModuleType):
                is_module = True
            elif value is not _MISSING:
                return value
        if is_module and targets(full):
            return importlib.import_module(full)
        # With `obj`, Python adds no suggestion of its own to ours.
        raise AttributeError(missing(full), name=name, obj=None)

    def __setattr__(self, name: str, value: Any) -> None:
        # The import machinery stores submodules; they are found by `__getattr__` instead, so that
        # `keras.optimizers.adam`, class and module, stays the class.
        if not isinstance(value, Alias):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        names = {name for module in self._behind for name in _public_names(module)}
        return sorted(names | {n for n in self.__dict__ if not n.startswith("_")})


def _is_listed(fullname: str) -> bool:
    """Whether a table names this module, in contrast to one that only has the right form."""
    found = split_root(fullname)
    if found is None:
        return False
    root, path = found
    return not path or (not ROOTS[root] and bool(_keras_targets(path, free=False)))


def _public_names(module: ModuleType) -> list[str]:
    listed = list(getattr(module, "__all__", ()))
    if listed and module.__name__ != "addax":
        return listed
    return listed + [name for name in dir(module) if _is_public(module, name)]


def _is_public(module: ModuleType, name: str) -> bool:
    """Whether `from keras.x import *` gives this name: no private ones, modules or helpers."""
    value = getattr(module, name, None)
    if isinstance(value, ModuleType):
        return module.__name__ == "addax" and name in tables.PUBLIC
    return not name.startswith("_") and getattr(value, "__module__", "") not in _HELPERS


def missing(fullname: str) -> str:
    """Return the message for a name that Addax does not have."""
    parent, _, name = fullname.rpartition(".")
    known: set[str] = set()
    if parent:
        known = {public for module in targets(parent) for public in _public_names(module)}
        if parent in tables.KERAS_ROOTS:
            known |= {package for package in tables.PUBLIC if targets(f"{parent}.{package}")}
    return f"Addax has no {_shown(fullname)} (yet).{errors.suggestion(name, sorted(known))}"


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of `tables`, and refuses names below them that Addax does not have."""

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of an alias; None for modules that are none of ours."""
        if fullname in tables.STAND_INS:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if split_root(fullname) is None:
            return None
        if not targets(fullname) and not _has_listed_children(fullname):
            is_class = fullname.rpartition(".")[2][:1].isupper()
            kind = ImportError if is_class else ModuleNotFoundError
            # Without `name`, `from keras.x import y` shows this message instead of its own.
            raise kind(missing(fullname))
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the alias for a module."""
        if spec.name in tables.STAND_INS:
            return Alias(
                spec.name, (importlib.import_module(f"addax.{tables.STAND_INS[spec.name]}"),)
            )
        return Alias(spec.name, targets(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: an alias has no code."""


def _has_listed_children(fullname: str) -> bool:
    """Whether `fullname` is only a stop on the way, such as `tensorflow.python`."""
    return fullname not in ROOTS and any(root.startswith(fullname + ".") for root in ROOTS)


_finder = Finder()


def _real_modules() -> list[str]:
    return sorted(
        name
        for name in TOP_LEVEL
        if name in sys.modules and not isinstance(sys.modules[name], Alias)
    )


def install() -> None:
    """Let `import keras`, `import tensorflow` and their kin mean Addax in this process.

    Calling it again changes nothing. `uninstall` takes it back.

    Raises:
        ImportError: if the real Keras, TensorFlow, KerasTuner or TFLearn was imported before:
            their objects and ours do not mix.
    """
    if _finder in sys.meta_path:
        return
    if real := _real_modules():
        raise ImportError(
            _ALREADY_IMPORTED.format(names=" and ".join(map(repr, real)), first=real[0])
        )
    targets.cache_clear()
    sys.meta_path.insert(0, _finder)


def uninstall() -> None:
    """Take `install` back; a later `import keras` finds the real one again, if there is one."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    for name in [name for name, module in sys.modules.items() if isinstance(module, Alias)]:
        del sys.modules[name]
    importlib.invalidate_caches()

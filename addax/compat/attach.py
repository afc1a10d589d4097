"""Gives Addax' own classes and packages their old names, once, from the tables."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from types import ModuleType
from typing import Any

from addax.compat.kwargs import SHOWN, translate_kwargs
from addax.compat.methods import (
    ARGUMENTS,
    ATTRIBUTES,
    METHODS,
    renamed_attribute,
    with_old_keywords,
)
from addax.compat.tables import OLD_NAMES
from addax.core import registry


def _find(path: str) -> Any:
    """Return the object at a path below `addax`; None where Addax does not have it (yet)."""
    package, *names = path.split(".")
    found: Any = importlib.import_module(f"addax.{package}") if _exists(package) else None
    for name in names:
        found = getattr(found, name, None)
    return found


def _attach_methods() -> None:
    for path, methods in METHODS.items():
        cls = _find(path)
        for name, method in methods.items() if cls else ():
            if not hasattr(cls, name):
                setattr(cls, name, method)


def _attach_attributes() -> None:
    for path, attributes in ATTRIBUTES.items():
        cls = _find(path)
        for old, new in attributes.items() if cls else ():
            if not hasattr(cls, old):
                setattr(cls, old, renamed_attribute(old, new))


def _attach_keywords() -> None:
    for path, methods in ARGUMENTS.items():
        cls = _find(path)
        for name, renamed in methods.items():
            method = getattr(cls, name, None)
            if method is not None and not hasattr(method, "_takes_old_keywords"):
                wrapped = with_old_keywords(method, renamed)
                wrapped._takes_old_keywords = True  # type: ignore[attr-defined]
                setattr(cls, name, wrapped)


def _attach_names() -> None:
    for package, names in OLD_NAMES.items():
        module = _find(package)
        for old, path in names.items() if module else ():
            found = _find(path)
            # `addax.optimizers.sgd` may be a file too; importing from that still works.
            is_free = isinstance(getattr(module, old, None), (ModuleType, type(None)))
            if found is not None and is_free:
                setattr(module, old, found)


def _show_keywords() -> None:
    """Let signatures name old keywords that scripts still ask for."""
    for path, names in SHOWN.items():
        found = _find(path)
        if not inspect.isclass(found):
            _show(found, names)
            continue
        for cls in (found, *found.__subclasses__()):
            _show(vars(cls).get("__init__"), names)


def _show(function: Any, names: tuple[str, ...]) -> None:
    if function is None:
        return
    signature = inspect.signature(function)
    known = dict(signature.parameters)
    last = [known.pop(p.name) for p in signature.parameters.values() if p.kind == p.VAR_KEYWORD]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None)
        for name in names
        if name not in known
    ]
    function.__signature__ = signature.replace(parameters=[*known.values(), *more, *last])


def _exists(package: str) -> bool:
    return importlib.util.find_spec(f"addax.{package}") is not None


def attach() -> None:
    """Attach old keywords, methods and names. `import addax` calls it last; again is harmless."""
    registry.set_kwargs_translator(translate_kwargs)
    _attach_methods()
    _attach_attributes()
    _attach_keywords()
    _attach_names()
    _show_keywords()

"""Write tests/api.txt: every public name of Addax with its signature. Run after changing either.

Usage: python tests/make_api.py
"""

import importlib
import inspect
import pkgutil
import re
import types
from pathlib import Path
from typing import Any

API_FILE = Path(__file__).with_name("api.txt")
INTERNAL = {"cli", "compat", "core", "data", "engine", "errors", "io", "training"}
# Public modules below a public package; other nested modules are where things happen to be written.
NESTED = ("datasets", "preprocessing")


def public_modules() -> list[str]:
    """Names of `addax` and of its public packages."""
    addax = importlib.import_module("addax")
    names = ["addax"]
    for info in pkgutil.iter_modules(addax.__path__, "addax."):
        short = info.name.removeprefix("addax.")
        if short in INTERNAL or short.startswith("_"):
            continue
        names.append(info.name)
        if short in NESTED:
            path = importlib.import_module(info.name).__path__
            nested = [m.name for m in pkgutil.iter_modules(path, f"{info.name}.")]
            names += [name for name in nested if not name.split(".")[-1].startswith("_")]
    return names


def public_names(module: types.ModuleType) -> list[str]:
    """`__all__`, or what a reader would take for public: no modules, nothing underscored.

    A nested module has what it defines itself; a package also what it gathers.
    """
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(listed)
    origin = module.__name__ if module.__name__.count(".") > 1 else "addax"
    return sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not isinstance(value, types.ModuleType)
        and str(getattr(value, "__module__", "addax")).startswith(origin)
    )


def parameters_of(value: Any) -> inspect.Signature:
    """`inspect.signature`; of a class that of `__init__`, since Pythons differ on `__new__`."""
    init = getattr(value, "__init__", None)
    if not isinstance(value, type) or not inspect.isfunction(init):
        return inspect.signature(value)
    found = inspect.signature(init)
    return found.replace(parameters=list(found.parameters.values())[1:])


def signature(value: object) -> str:
    """Parameters with their defaults, without annotations: `(units, activation=None, **kwargs)`."""
    if isinstance(value, types.ModuleType):
        return " (module)"
    if not callable(value):
        return ""
    try:
        found = parameters_of(value)
    except (ValueError, TypeError):
        return "(...)"
    plain = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    text = str(found.replace(parameters=plain, return_annotation=found.empty))
    return re.sub(r"<(?:function|class|built-in function) '?([\w.]+)[^>]*>", r"\1", text)


def render() -> str:
    """The text of api.txt for the library as it is."""
    lines = []
    for module_name in public_modules():
        module = importlib.import_module(module_name)
        for name in public_names(module):
            lines.append(f"{module_name}.{name}{signature(getattr(module, name))}")
    return "\n".join(sorted(set(lines))) + "\n"


if __name__ == "__main__":
    API_FILE.write_text(render(), encoding="utf-8")
    print(f"{API_FILE}: {render().count(chr(10))} names")

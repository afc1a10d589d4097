"""Runs a script as `python script.py` would, with Addax in the place of Keras."""

from __future__ import annotations

import importlib
import io
import runpy
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType


def run(target: str, arguments: Sequence[str] = (), as_module: bool = False) -> int:
    """Run a script; `import keras`, `import tensorflow` and their kin mean Addax in it.

    The script sees what it would see under plain Python: `sys.argv`, its folder in `sys.path`,
    itself as `__main__`. An exception it lets through is printed with its own frames only. Its
    `sys.exit` passes through.

    Args:
        target: path of the script, or the name of a module.
        arguments: the script's own arguments.
        as_module: run `target` as `python -m` does.

    Returns:
        0 when the script ends by itself, 1 after an exception, 2 when it cannot be read.
    """
    # By name, since compat is above the leaves: without it there is nothing to install.
    importlib.import_module("addax.compat").install()
    if as_module:
        sys.argv = [target, *arguments]
        sys.path.insert(0, str(Path.cwd()))
        return _guarded(lambda: runpy.run_module(target, run_name="__main__", alter_sys=True))
    try:
        with io.open_code(str(Path(target).absolute())) as stream:
            source = stream.read()
    except OSError as error:
        print(f"python -m addax run: cannot open {target!r}: {error.strerror}", file=sys.stderr)
        return 2
    sys.argv = [target, *arguments]
    sys.path.insert(0, str(Path(target).resolve().parent))
    return _guarded(lambda: _execute(source, target))


def _execute(source: bytes, name: str) -> None:
    code = compile(source, name, "exec", dont_inherit=True)
    main = types.ModuleType("__main__")
    main.__file__ = name
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    exec(code, main.__dict__)


def _guarded(execute: Callable[[], object]) -> int:
    try:
        execute()
    except (Exception, KeyboardInterrupt) as error:
        error.__traceback__ = _without_ours(error.__traceback__)
        sys.excepthook(type(error), error, error.__traceback__)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _without_ours(traceback: TracebackType | None) -> TracebackType | None:
    """Cut off the frames between the interpreter and the script."""
    ours = {__file__, runpy.__file__, "<frozen runpy>", importlib.__file__}
    while traceback is not None and traceback.tb_frame.f_code.co_filename in ours:
        traceback = traceback.tb_next
    return traceback

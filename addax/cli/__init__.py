"""The command line: `python -m addax`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from addax.cli.run import run

_USAGE = "python -m addax"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_USAGE, description="Addax, the Keras API on JAX.")
    parser.add_argument("--version", action="store_true", help="print the version and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    script = commands.add_parser(
        "run", help="run a script in which `import keras`, `import tensorflow` mean Addax"
    )
    script.add_argument("-m", dest="module", action="store_true", help="TARGET is a module's name")
    script.add_argument("target", metavar="TARGET", help="a script, with its arguments after it")
    script.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    demo = commands.add_parser("demo", help="train a small network on handwritten digits")
    demo.add_argument("--folder", default="demo-output", help="where its files go (%(default)s)")
    commands.add_parser("info", help="print versions, devices and folders")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: without the program's name; None for those of the process.

    Example:
        >>> main(["--version"])
        addax 0.1.0
        0
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.version:
        print(f"addax {importlib.import_module('addax').__version__}")
        return 0
    if given.command == "run":
        return run(given.target, given.arguments, as_module=given.module)
    if given.command == "demo":
        return importlib.import_module("addax.cli.demo").demo(given.folder)
    if given.command == "info":
        print(importlib.import_module("addax.cli.info").info())
        return 0
    parser.print_help(sys.stderr)
    return 2

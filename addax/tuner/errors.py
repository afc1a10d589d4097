"""Errors that end a trial, and errors that end the search."""

from __future__ import annotations

from typing import Any


class FailedTrialError(Exception):
    """Raised in a trial to mark it as failed; the search goes on, without another try.

    Example:
        >>> raise FailedTrialError("no room for this model")
        Traceback (most recent call last):
        addax.tuner.errors.FailedTrialError: no room for this model
    """


class FatalError(Exception):
    """Raised in a trial to end the search."""


class FatalValueError(FatalError, ValueError):
    """A `ValueError` that ends the search."""


class FatalTypeError(FatalError, TypeError):
    """A `TypeError` that ends the search."""


class FatalRuntimeError(FatalError, RuntimeError):
    """A `RuntimeError` that ends the search."""


def require(module: str) -> Any:
    """Import a module of the extra `tuner`.

    Raises:
        ImportError: if it is not installed, with what to install.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = {"sklearn": "scikit-learn"}.get(module.split(".")[0], module.split(".")[0])
        raise ImportError(
            f"Tuning needs {package}, which is not installed. Install it with the extra "
            '`tuner`: pip install "addax[tuner]"'
        ) from error

"""Checks of user input, with messages of one form.

Every message says what was expected, where, and what was received.
"""

from __future__ import annotations

import difflib
import numbers
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


class NotCompiledError(RuntimeError, ValueError):
    """A model was asked to train or evaluate before `compile()`."""


def _is_integer(value: object) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def positive_int(owner: str, name: str, value: Any) -> int:
    """Return `value` as an int when it is a positive integer.

    Example:
        >>> positive_int("Dense", "units", 3)
        3
    """
    if not _is_integer(value) or value <= 0:
        raise ValueError(
            f"`{name}` of `{owner}` must be a positive integer. Received: {name}={value!r}"
        )
    return int(value)


def non_negative_int(owner: str, name: str, value: Any) -> int:
    """Return `value` as an int when it is an integer >= 0.

    Example:
        >>> non_negative_int("fit", "initial_epoch", 0)
        0
    """
    if not _is_integer(value) or value < 0:
        raise ValueError(
            f"`{name}` of `{owner}` must be an integer >= 0. Received: {name}={value!r}"
        )
    return int(value)


def in_interval(owner: str, name: str, value: Any, low: float, high: float) -> Any:
    """Return `value` when it is a number with low <= value <= high.

    Example:
        >>> in_interval("Dropout", "rate", 0.5, 0, 1)
        0.5
    """
    if not isinstance(value, numbers.Real) or not low <= float(value) <= high:
        raise ValueError(
            f"`{name}` of `{owner}` must be a number in [{low}, {high}]. Received: {name}={value!r}"
        )
    return value


def one_of(owner: str, name: str, value: T, allowed: Collection[T]) -> T:
    """Return `value` when it is one of `allowed`.

    Example:
        >>> one_of("Dense", "mode", "a", ("a", "b"))
        'a'
    """
    if value not in allowed:
        listed = ", ".join(repr(item) for item in allowed)
        raise ValueError(f"`{name}` of `{owner}` must be one of {listed}. Received: {value!r}")
    return value


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `" Did you mean 'x'?"` for the nearest known names, else `""`.

    Example:
        >>> suggestion("rel", ["relu", "tanh"])
        " Did you mean 'relu'?"
    """
    near = difflib.get_close_matches(str(name), list(known), n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ValueError:
    """Return the error for a name that no object of this kind has.

    Args:
        kind: what was looked up, in the singular, such as `"loss"`.
        name: the name that was not found.
        known: all names that would have been found.
    """
    known = list(known)
    return ValueError(
        f"Unknown {kind}: {name!r}.{suggestion(name, known)} If it is your own {kind}, pass the "
        "object itself, or register it with `register_keras_serializable` or a "
        f"`custom_object_scope`."
    )

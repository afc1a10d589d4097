"""Matches what users give per output (a value, list or dict) to the outputs."""

from __future__ import annotations

from typing import Any

from addax import errors, tree


def output_names(y_pred: Any, known: list[str] | None) -> list[str]:
    """Return one name per output: the model's, the dict's keys, or `output_1`, ..."""
    if isinstance(y_pred, dict):
        return [str(key) for key in sorted(y_pred)]
    count = len(tree.flatten(y_pred))
    if known and len(known) == count:
        return list(known)
    return [f"output_{i + 1}" for i in range(count)]


def per_output(given: Any, names: list[str], what: str, repeat: bool = False) -> list[Any]:
    """Return one entry of `given` per output.

    Args:
        given: a dict by output name, a list or tuple in the order of the outputs, or
            one value.
        names: names of the outputs.
        what: name of the argument, for messages.
        repeat: whether one value serves all outputs.

    Raises:
        ValueError: if keys or lengths do not fit.
    """
    if isinstance(given, dict):
        unknown = [key for key in given if key not in names]
        if len(names) == 1 and len(given) == 1:
            return list(given.values())
        if unknown:
            raise ValueError(
                f"`{what}` has the key {unknown[0]!r}, which is no output of the model."
                f"{errors.suggestion(str(unknown[0]), names)} Outputs: {names}"
            )
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)) and len(given) == len(names):
        return list(given)
    if isinstance(given, (list, tuple)) and not (repeat and len(names) == 1):
        raise ValueError(
            f"`{what}` must have one entry for each of the {len(names)} outputs {names}. "
            f"Received: {len(given)} entries"
        )
    if len(names) == 1 or repeat or given is None:
        return [given] * len(names)
    raise ValueError(
        f"`{what}` must be a list or dict with one entry for each of the outputs {names}. "
        f"Received: one {type(given).__name__}"
    )

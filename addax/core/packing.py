"""Small Variables that one rule updates, kept in one array inside a compiled loop.

A step of a small network spends most of its time starting one kernel per Variable and
slot. Inside the loop the parameters of a `Group` are slices of one flat array, and so
are the slots of each name; the optimizer updates the flat arrays at once. Outside, and
for all who read or assign the Variables inside, nothing is different.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from addax.core.variable import Variable
from addax.engine import xp

Flats = dict[str, Any]

PARAMETER = ""  # the column of the parameters themselves


@dataclass(frozen=True)
class Group:
    """Variables of one dtype in columns of equal shapes: the parameters, and their slots.

    Args:
        columns: Variables by the name of the column; `PARAMETER` is among them.
    """

    columns: dict[str, tuple[Variable, ...]]

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """The parameters, in the order of all columns."""
        return self.columns[PARAMETER]

    def variables(self) -> list[Variable]:
        """Return the Variables of all columns."""
        return [variable for column in self.columns.values() for variable in column]

    def join(self, arrays: dict[Variable, Any]) -> Flats:
        """Return one flat array per column, made of the arrays of its Variables."""
        return {
            name: xp.concatenate([xp.ravel(arrays[variable]) for variable in column])
            for name, column in self.columns.items()
        }

    def split(self, flats: Flats) -> dict[Variable, Any]:
        """Return what `join` joined."""
        found: dict[Variable, Any] = {}
        for name, column in self.columns.items():
            start = 0
            for variable in column:
                stop = start + math.prod(variable.shape)
                found[variable] = xp.reshape(flats[name][start:stop], variable.shape)
                start = stop
        return found


class Packed:
    """The arrays of a group while a step runs."""

    def __init__(self, group: Group, flats: Flats) -> None:
        """Cut the flat arrays; pieces that nobody reads cost nothing once compiled."""
        self.group = group
        self.set(flats)

    def set(self, flats: Flats) -> None:
        """Replace the arrays; the caller assigns `pieces` to the Variables."""
        self.flats = flats
        self.pieces = self.group.split(flats)

    def result(self, arrays: dict[Variable, Any]) -> Flats:
        """Return the flat arrays, joined again if somebody else assigned to a Variable."""
        kept = all(arrays[variable] is piece for variable, piece in self.pieces.items())
        return self.flats if kept else self.group.join(arrays)


_active: ContextVar[tuple[Packed, ...]] = ContextVar("packed", default=())


@contextlib.contextmanager
def active(packed: Sequence[Packed]) -> Iterator[None]:
    """Let `packed_among` find these groups inside the block."""
    token = _active.set((*_active.get(), *packed))
    try:
        yield
    finally:
        _active.reset(token)


def packed_among(variables: Sequence[Variable]) -> Packed | None:
    """Return the active group whose parameters are all among `variables`, or None.

    It is found only while the Variables hold what it has.
    """
    given = set(variables)
    for packed in _active.get():
        if given.issuperset(packed.group.parameters) and all(
            variable.current() is piece for variable, piece in packed.pieces.items()
        ):
            return packed
    return None

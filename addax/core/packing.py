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


class Packing:
    """What the loop carries: the Variables of groups joined, the others as they are.

    Args:
        groups: groups of `carried` Variables, without overlap.
        carried: all Variables of the loop.
    """

    def __init__(self, groups: Sequence[Group], carried: Sequence[Variable]) -> None:
        self._groups = list(groups)
        self._carried = list(carried)
        self._joined = {variable for group in groups for variable in group.variables()}

    def pack(self, values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return the state for arrays in the order of the carried Variables."""
        arrays = dict(zip(self._carried, values, strict=True))
        return self._rest(arrays), [group.join(arrays) for group in self._groups]

    def _rest(self, arrays: dict[Variable, Any]) -> list[Any]:
        return [arrays[v] for v in self._carried if v not in self._joined]

    def unpack(self, state: tuple[list[Any], list[Any]]) -> tuple[list[Any], list[Packed]]:
        """Return the arrays in the order of the carried Variables, and the groups' own."""
        rest, flats = iter(state[0]), state[1]
        packed = [Packed(*pair) for pair in zip(self._groups, flats, strict=True)]
        pieces = {v: piece for group in packed for v, piece in group.pieces.items()}
        return [pieces[v] if v in pieces else next(rest) for v in self._carried], packed

    def pack_again(self, values: Sequence[Any], packed: Sequence[Packed]) -> Any:
        """Return the state after a step, joined anew only where somebody else assigned."""
        arrays = dict(zip(self._carried, values, strict=True))
        return self._rest(arrays), [group.result(arrays) for group in packed]


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

"""Finds the variables and layers that an object holds, in the order of its attributes.

Nothing is registered when an attribute is set: what an object holds is derived
from its attributes when asked, so lists that grow later and attributes that are
replaced need no care.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from addax.core.variable import SeedGenerator, Variable

# attributes that refer to layers without owning them
UNTRACKED = frozenset(
    {"_init_arguments", "_inbound_nodes", "_nodes", "_call_losses", "_call_metrics", "_compiled"}
)


# A model is walked at every `predict`, so what cannot hold anything is passed over first.
_PLAIN = frozenset({int, float, bool, str, bytes, type(None)})


def attributes(owner: Any) -> list[Any]:
    """Return the leaves of the lists, tuples and dicts that `owner` holds, and the rest as is."""
    hidden = getattr(type(owner), "_untracked", UNTRACKED)
    found: list[Any] = []
    for name, value in list(vars(owner).items()):
        if type(value) not in _PLAIN and name not in hidden:
            _collect(value, found)
    return found


def _collect(value: Any, found: list[Any]) -> None:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple, set)):
        found.append(value)
        return
    for item in list(value):
        if type(item) not in _PLAIN:
            _collect(item, found)


def unique(items: Iterable[Any]) -> list[Any]:
    """Return the items without repetitions, by identity, in order."""
    return list({id(item): item for item in items}.values())


def own_variables(owner: Any) -> list[Variable]:
    """Return the Variables that `owner` holds itself; states of seed generators last."""
    return variables_among(attributes(owner))


def variables_among(found: list[Any]) -> list[Variable]:
    """Return the Variables in a list of attributes; states of seed generators last."""
    direct = [item for item in found if isinstance(item, Variable)]
    seeds = [item.state for item in found if isinstance(item, SeedGenerator)]
    return unique(direct + seeds)


def saved_variables(owner: Any) -> list[Variable]:
    """Return the Variables of `owner` itself as files hold them, those to be trained first."""
    seeds = {id(item.state) for item in attributes(owner) if isinstance(item, SeedGenerator)}
    own = [v for v in own_variables(owner) if id(v) not in seeds]
    return [v for v in own if v.parameter] + [v for v in own if not v.parameter]


def own_items(owner: Any, matches: Callable[[Any], bool]) -> list[Any]:
    """Return the attributes' leaves for which `matches` holds."""
    return unique(item for item in attributes(owner) if matches(item))

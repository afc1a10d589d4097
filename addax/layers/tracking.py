"""Finds the variables and layers that an object holds, in the order of its attributes.

Nothing is registered when an attribute is set: what an object holds is derived
from its attributes when asked, so lists that grow later and attributes that are
replaced need no care.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from addax.core.variable import SeedGenerator, Variable

# attributes that refer to layers without owning them
UNTRACKED = frozenset(
    {"_init_arguments", "_inbound_nodes", "_nodes", "_call_losses", "_call_metrics", "_compiled"}
)


def attributes(owner: Any) -> Iterator[Any]:
    """Yield the leaves of the lists, tuples and dicts that `owner` holds, and the rest as is."""
    hidden = getattr(type(owner), "_untracked", UNTRACKED)
    for name, value in list(vars(owner).items()):
        if name not in hidden:
            yield from _leaves(value)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif not isinstance(value, (int, float, str, bytes, type(None))):
        yield value


def unique(items: Iterator[Any]) -> list[Any]:
    """Return the items without repetitions, by identity, in order."""
    return list({id(item): item for item in items}.values())


def own_variables(owner: Any) -> list[Variable]:
    """Return the Variables that `owner` holds itself; states of seed generators last."""
    found = list(attributes(owner))
    direct = [item for item in found if isinstance(item, Variable)]
    seeds = [item.state for item in found if isinstance(item, SeedGenerator)]
    return unique(iter(direct + seeds))


def own_items(owner: Any, matches: Callable[[Any], bool]) -> list[Any]:
    """Return the attributes' leaves for which `matches` holds."""
    return unique(item for item in attributes(owner) if matches(item))

"""Nested structures of lists, tuples, named tuples and dicts.

`None` is a leaf, and dicts are walked in the order of their sorted keys.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class TreeDef(NamedTuple):
    """The shape of a structure without its leaves; `kind` is None for a leaf."""

    kind: Any
    keys: tuple[Any, ...]
    children: tuple[TreeDef, ...]
    num_leaves: int


_LEAF = TreeDef(None, (), (), 1)
_NESTED = (list, tuple, dict)


def is_nested(structure: Any) -> bool:
    """Say whether `structure` is a list, tuple or dict.

    Example:
        >>> is_nested([1]), is_nested(1)
        (True, False)
    """
    return isinstance(structure, _NESTED)


def _sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError:
        return sorted(mapping, key=lambda key: (type(key).__name__, str(key)))


def _walk(structure: Any, leaves: list[Any]) -> TreeDef:
    if isinstance(structure, dict):
        keys = tuple(_sorted_keys(structure))
        items = [structure[key] for key in keys]
    elif isinstance(structure, (list, tuple)):
        keys, items = (), list(structure)
    else:
        leaves.append(structure)
        return _LEAF
    children = tuple(_walk(item, leaves) for item in items)
    return TreeDef(type(structure), keys, children, sum(c.num_leaves for c in children))


@functools.cache
def _flat_tuple(length: int) -> TreeDef:
    return TreeDef(tuple, (), (_LEAF,) * length, length)


def flatten_with_def(structure: Any) -> tuple[list[Any], TreeDef]:
    """Return the leaves of `structure` and the definition that puts them back.

    Example:
        >>> leaves, definition = flatten_with_def({"b": 1, "a": (2, 3)})
        >>> leaves
        [2, 3, 1]
        >>> unflatten(definition, [20, 30, 10])
        {'a': (20, 30), 'b': 10}
    """
    if type(structure) is tuple:  # of leaves alone: the form of batches, read by the thousand
        for item in structure:
            if isinstance(item, _NESTED):
                break
        else:
            return list(structure), _flat_tuple(len(structure))
    leaves: list[Any] = []
    definition = _walk(structure, leaves)
    return leaves, definition


def flatten(structure: Any) -> list[Any]:
    """Return the leaves of `structure` in order.

    Example:
        >>> flatten([1, (2, None)])
        [1, 2, None]
    """
    return flatten_with_def(structure)[0]


def _rebuild(definition: TreeDef, leaves: Any) -> Any:
    kind = definition.kind
    if kind is None:
        return next(leaves)
    items = [_rebuild(child, leaves) for child in definition.children]
    if issubclass(kind, dict):
        return dict(zip(definition.keys, items, strict=True))
    if hasattr(kind, "_fields"):
        return kind(*items)
    return list(items) if issubclass(kind, list) else tuple(items)


def unflatten(definition: TreeDef, leaves: list[Any]) -> Any:
    """Put `leaves` into the structure that `definition` describes.

    Raises:
        ValueError: if the number of leaves differs.
    """
    if len(leaves) != definition.num_leaves:
        raise ValueError(
            f"The structure holds {definition.num_leaves} leaves. Received: {len(leaves)} leaves"
        )
    return _rebuild(definition, iter(leaves))


def pack_like(structure: Any, leaves: list[Any]) -> Any:
    """Put `leaves` into the structure of `structure`.

    Example:
        >>> pack_like((1, [2]), ["a", "b"])
        ('a', ['b'])
    """
    return unflatten(flatten_with_def(structure)[1], leaves)


def map_structure(function: Callable[..., Any], *structures: Any) -> Any:
    """Apply `function` to the corresponding leaves of equal structures.

    Raises:
        ValueError: if the structures have different numbers of leaves.

    Example:
        >>> map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)])
        [11, (22,)]
    """
    flat, definition = flatten_with_def(structures[0])
    others = [flatten(other) for other in structures[1:]]
    for other in others:
        if len(other) != len(flat):
            raise ValueError(
                f"The structures must have the same leaves. Received: {len(flat)} and {len(other)}"
            )
    return unflatten(definition, [function(*leaves) for leaves in zip(flat, *others, strict=True)])

"""Checks of constructor arguments that several layers share."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from addax import activations, config, constraints, errors, initializers, regularizers

_RESOLVERS: dict[str, Any] = {
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
    "activation": activations.get,
}


def resolve(layer: Any, **arguments: Any) -> None:
    """Store each argument on `layer`, resolved by how its name ends.

    Args:
        layer: object that gets the attributes.
        **arguments: names, configs or objects, such as `kernel_initializer="zeros"`.
    """
    for name, value in arguments.items():
        setattr(layer, name, _RESOLVERS[name.rsplit("_", 1)[-1]](value))


def given(local: dict[str, Any]) -> dict[str, Any]:
    """Return a constructor's arguments by name, of its `locals()` before it sets others.

    Args:
        local: with the entries `self` and `kwargs`; the latter are among the result.

    Example:
        >>> class Layer:
        ...     def __init__(self, units, **kwargs):
        ...         self.arguments = given(locals())
        >>> Layer(3, name="x").arguments
        {'units': 3, 'name': 'x'}
    """
    named = {k: v for k, v in local.items() if k not in ("self", "kwargs", "__class__")}
    return {**named, **local["kwargs"]}


def int_tuple(owner: str, name: str, value: Any, rank: int, minimum: int = 1) -> tuple[int, ...]:
    """Return `value`, an integer or `rank` integers, as a tuple of `rank` integers.

    Raises:
        ValueError: for anything else, or for integers below `minimum`.

    Example:
        >>> int_tuple("Conv2D", "kernel_size", 3, 2)
        (3, 3)
    """
    items = (value,) * rank if isinstance(value, numbers.Integral) else value
    try:
        items = tuple(items)
    except TypeError:
        items = ()
    good = len(items) == rank and all(
        isinstance(item, numbers.Integral) and not isinstance(item, bool) and int(item) >= minimum
        for item in items
    )
    if not good:
        kind = "a positive integer" if minimum == 1 else f"an integer >= {minimum}"
        several = f" or {rank} of them" if rank > 1 else ""
        raise ValueError(f"`{name}` of `{owner}` must be {kind}{several}. Received: {name}={value}")
    return tuple(int(item) for item in items)


def int_pairs(owner: str, name: str, value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """Return `value` as one pair `(before, after)` of integers >= 0 per axis.

    Args:
        owner: class name of the layer.
        name: name of the argument.
        value: an integer, one integer per axis, or one pair per axis (for one axis: the pair).
        rank: number of axes.

    Example:
        >>> int_pairs("ZeroPadding2D", "padding", (1, 2), 2)
        ((1, 1), (2, 2))
    """
    items = (value,) * rank if isinstance(value, numbers.Integral) else value
    is_list = isinstance(items, (list, tuple))
    if rank == 1 and is_list and len(items) == 2:
        items = (tuple(items),)
    pairs = [
        (item, item) if isinstance(item, numbers.Integral) else item
        for item in (items if is_list else ())
    ]
    good = len(pairs) == rank and all(
        isinstance(pair, (list, tuple))
        and len(pair) == 2
        and all(isinstance(size, numbers.Integral) and int(size) >= 0 for size in pair)
        for pair in pairs
    )
    if not good:
        raise ValueError(
            f"`{name}` of `{owner}` must be an integer >= 0, or {rank} integers or pairs (before, "
            f"after) of them. Received: {name}={value}"
        )
    return tuple((int(before), int(after)) for before, after in pairs)


def padding_mode(owner: str, value: Any, allowed: Sequence[str] = ("valid", "same")) -> str:
    """Return `value` in lower case when it is one of `allowed`."""
    lowered = value.lower() if isinstance(value, str) else value
    return errors.one_of(owner, "padding", lowered, tuple(allowed))


def data_format(owner: str, value: str | None) -> str:
    """Return the layout of images, the process-wide default for None."""
    if value is None:
        return config.image_data_format()
    lowered = value.lower() if isinstance(value, str) else value
    return errors.one_of(owner, "data_format", lowered, ("channels_last", "channels_first"))


def channel_axis(layout: str) -> int:
    """Return the axis of the channels in a layout: -1 or 1."""
    return -1 if layout == "channels_last" else 1


def known_size(owner: Any, shape: Sequence[int | None], axis: int) -> int:
    """Return the size of an axis that weights depend on.

    Raises:
        ValueError: if it is not known.
    """
    size = shape[axis]
    if size is None:
        raise ValueError(
            f"{type(owner).__name__} '{owner.name}' needs to know the size of axis {axis} of its "
            f"input. Received: input shape {tuple(shape)}"
        )
    return int(size)


def rate(owner: str, value: Any, name: str = "rate") -> float:
    """Return `value` when it is a number in [0, 1]."""
    if isinstance(value, bool):
        raise ValueError(f"`{name}` of `{owner}` must be a number in [0, 1]. Received: {value!r}")
    return errors.in_interval(owner, name, value, 0, 1)


def check_shape(owner: Any, name: str, value: Any, expected: Sequence[int | None]) -> None:
    """Raise unless an optional tensor, such as a mask, is of the shape `expected`.

    Args:
        owner: the layer.
        name: name of the argument.
        value: tensor, or None, which passes.
        expected: sizes, None where any size is right.
    """
    shape = None if value is None else getattr(value, "shape", None)
    if shape is None:
        return
    same = len(shape) == len(expected) and all(
        have is None or want is None or have == want
        for have, want in zip(shape, expected, strict=True)
    )
    if not same:
        raise ValueError(
            f"`{name}` of {type(owner).__name__} '{owner.name}' must be of shape "
            f"{tuple(expected)}. Received: shape {tuple(shape)}"
        )

"""`rearrange`: axes by name."""

from __future__ import annotations

import math
import re
from typing import Any

from addax.core.graph import op
from addax.engine import xp
from addax.ops._arrays import as_array

_GROUP = re.compile(r"\([^()]*\)|\w+")


def _groups(side: str) -> list[list[str]]:
    """Return the names of each axis: `"b (h w)"` gives `[["b"], ["h", "w"]]`."""
    return [group.strip("()").split() for group in _GROUP.findall(side)]


def _sizes(groups: list[list[str]], shape: Any, given: dict[str, int]) -> dict[str, int]:
    """Return the size of every name; one per group may follow from the others."""
    sizes = dict(given)
    for names, size in zip(groups, shape, strict=True):
        unknown = [name for name in names if name not in sizes]
        known = math.prod(sizes[name] for name in names if name in sizes)
        if len(unknown) > 1 or size % known or (not unknown and size != known):
            raise ValueError(
                f"`rearrange` cannot split an axis of size {size} into {' '.join(names)}. "
                f"Received: {given}"
            )
        sizes.update({name: size // known for name in unknown})
    return sizes


@op
def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Any:
    """Permute, split and join axes that have names.

    Args:
        tensor: tensor.
        pattern: names of the axes before and after, such as `"b h w c -> b (h w) c"`;
            names in brackets share one axis, the last one changes fastest.
        **axes_lengths: sizes of names, where they do not follow from the shape.

    Returns: the tensor with the axes of the right-hand side.

    Raises:
        ValueError: if the pattern does not fit the shape.

    Example:
        >>> import numpy as np
        >>> rearrange(np.ones((2, 30, 40, 3)), "b (h x) w c -> (b x) h w c", x=2).shape
        (4, 15, 40, 3)
    """
    tensor = as_array(tensor)
    sides = pattern.split("->")
    before, after = (_groups(side) for side in (sides if len(sides) == 2 else ("", "")))
    names = [name for group in before for name in group]
    order = [name for group in after for name in group]
    if len(before) != tensor.ndim or sorted(names) != sorted(order) or len(set(names)) < len(names):
        raise ValueError(
            "`pattern` of `rearrange` must name each axis once on both sides of '->'. "
            f"Received: pattern={pattern!r} for a tensor of rank {tensor.ndim}"
        )
    sizes = _sizes(before, tensor.shape, axes_lengths)
    split = xp.reshape(tensor, [sizes[name] for name in names])
    moved = xp.transpose(split, [names.index(name) for name in order])
    return xp.reshape(moved, [math.prod(sizes[name] for name in group) for group in after])

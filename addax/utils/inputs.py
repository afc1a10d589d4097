"""Where symbolic tensors come from."""

from __future__ import annotations

from typing import Any

from addax.core.graph import ancestors


def get_source_inputs(tensor: Any) -> list[Any]:
    """Return the inputs that a symbolic tensor was computed from.

    Args:
        tensor: symbolic tensor.

    Example:
        >>> import addax
        >>> x = addax.Input((3,))
        >>> get_source_inputs(addax.layers.Dense(2)(x) + 1)[0] is x
        True
    """
    symbols = {id(symbol): symbol for node in ancestors([tensor], []) for symbol in node.inputs}
    found = [s for s in symbols.values() if s.node is None or not s.node.inputs]
    return found or [tensor]

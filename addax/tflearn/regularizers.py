"""`"L1"` and `"L2"` with a weight decay, as TFLearn's layers take them."""

from __future__ import annotations

from typing import Any

from addax import regularizers


def get(regularizer: Any, weight_decay: float = 0.001) -> Any:
    """Return the regularizer of a TFLearn name.

    `"L2"` is `weight_decay * sum(w**2) / 2`, half of what Keras makes of the same number.

    Args:
        regularizer: `"L1"`, `"L2"`, a function of the weights, or None.
        weight_decay: factor, for names.

    Example:
        >>> round(float(get("L2", 0.1)([2.0, 0.0])), 6)
        0.2
    """
    name = regularizer.upper() if isinstance(regularizer, str) else None
    if name == "L2":
        return regularizers.L2(0.5 * weight_decay)
    if name == "L1":
        return regularizers.L1(weight_decay)
    return regularizers.get(regularizer)

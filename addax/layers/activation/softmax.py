"""`Softmax`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


def hide(scores: Any, mask: Any) -> Any:
    """Lower the scores where `mask` is False, so that a softmax gives them nothing."""
    lowest = -3e4 if scores.dtype == "float16" else -1e9
    hidden = ops.subtract(1.0, ops.cast(mask, scores.dtype))
    return ops.add(scores, ops.multiply(hidden, lowest))


@register("layers")
class Softmax(Layer):
    """Exponentials of the inputs, divided by their sum over an axis.

    Args:
        axis: axis or axes of the sum.
        **kwargs: `name`, `dtype`.

    Call arguments:
        inputs: tensor of any shape.
        mask: boolean tensor of the same shape: where it is False, the output is 0.

    Example:
        >>> Softmax()([[0.0, 0.0]]).numpy()
        array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the softmax of `inputs`."""
        scores = inputs if mask is None else hide(inputs, mask)
        if isinstance(self.axis, list) and len(self.axis) == 1:
            return ops.softmax(scores, axis=self.axis[0])
        if isinstance(self.axis, list):
            return ops.exp(ops.subtract(scores, ops.logsumexp(scores, self.axis, keepdims=True)))
        return ops.softmax(scores, axis=self.axis)

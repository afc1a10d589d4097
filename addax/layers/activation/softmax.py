"""`Softmax`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer


@op
def masked_softmax(scores: Any, mask: Any, axis: Any = -1) -> Any:
    """Softmax over the places where `mask` holds; 0 elsewhere, also where it holds nowhere.

    Args:
        scores: tensor.
        mask: boolean tensor that broadcasts to `scores`.
        axis: axis or axes of the sum.
    """
    axis = tuple(axis) if isinstance(axis, list) else axis
    lowest = -3e4 if str(scores.dtype) == "float16" else -1e9
    mask = xp.asarray(mask).astype(bool)
    weights = engine.nn.softmax(xp.where(mask, scores, xp.asarray(lowest, scores.dtype)), axis)
    return xp.where(mask, weights, xp.zeros((), weights.dtype))


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
        if mask is not None:
            padded = (1,) * (len(inputs.shape) - len(mask.shape)) + tuple(mask.shape)
            fits = [m if m == 1 else n for m, n in zip(padded, inputs.shape, strict=False)]
            arguments.check_shape(self, "mask", mask, fits[-len(mask.shape) :])
            return masked_softmax(inputs, mask, self.axis)
        return ops.softmax(inputs, axis=self.axis)

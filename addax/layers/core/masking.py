"""`Masking`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Masking(Layer):
    """Marks the time steps whose features all equal a value as missing.

    Later layers that support masks skip them.

    Args:
        mask_value: the value.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, time, ...)`.
    Output shape: that of the input.

    Example:
        >>> out = Masking()([[[1.0, 0.0], [0.0, 0.0]]])
        >>> out.mask.numpy()
        array([[ True, False]])
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs, with zeros at the missing steps."""
        keep = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return ops.multiply(inputs, ops.cast(keep, inputs.dtype))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return which steps are there."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

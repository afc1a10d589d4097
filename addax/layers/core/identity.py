"""`Identity`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Identity(Layer):
    """Returns its input.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> Identity()([[1.0, 2.0]]).numpy()
        array([[1., 2.]], dtype=float32)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return `inputs`."""
        return inputs

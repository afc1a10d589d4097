"""`ELU`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class ELU(Layer):
    """`x` where it is positive, `alpha * (exp(x) - 1)` elsewhere.

    Args:
        alpha: scale of the negative part.
        **kwargs: `name`, `dtype`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> ELU()([-1.0, 2.0]).numpy().round(3)
        array([-0.632,  2.   ], dtype=float32)

    Reference: Clevert, Unterthiner & Hochreiter 2016, https://arxiv.org/abs/1511.07289.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return ops.elu(inputs, alpha=self.alpha)

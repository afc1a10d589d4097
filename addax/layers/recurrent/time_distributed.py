"""`TimeDistributed`."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from addax import ops, tree
from addax.core.registry import register
from addax.layers.base import Layer
from addax.layers.core.wrapper import Wrapper


@register("layers")
class TimeDistributed(Wrapper):
    """Applies a layer to each time step by itself, with the same weights.

    Args:
        layer: the layer.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Call arguments:
        inputs: `(batch, time, ...)`.
        training: passed to the layer.
        mask: boolean `(batch, time)`, passed to the layer if it takes a mask.

    Output shape: `(batch, time, ...)`.

    Example:
        >>> import numpy as np, addax
        >>> TimeDistributed(addax.layers.Conv2D(4, 3))(np.ones((2, 5, 8, 8, 3))).shape
        (2, 5, 6, 6, 4)
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Build the layer inside for one time step."""
        shape = tuple(input_shape)
        if len(shape) < 3:
            raise ValueError(
                f"TimeDistributed '{self.name}' must be called on an input of rank 3 or more, "
                f"(batch, time, ...). Received: input shape {shape}"
            )
        super().build((shape[0], *shape[2:]))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the layer's outputs for all time steps."""
        batch, time = inputs.shape[:2]
        keywords: dict[str, Any] = {}
        if mask is not None and "mask" in inspect.signature(self.layer.call).parameters:
            keywords["mask"] = ops.reshape(mask, (batch * time, *mask.shape[2:]))
        flat = ops.reshape(inputs, (batch * time, *inputs.shape[2:]))
        outputs = self.layer(flat, training=training, **keywords)
        return tree.map_structure(lambda y: ops.reshape(y, (batch, time, *y.shape[1:])), outputs)

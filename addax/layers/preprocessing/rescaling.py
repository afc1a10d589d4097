"""`Rescaling`."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Rescaling(Layer):
    """`inputs * scale + offset`.

    Args:
        scale: number, or array that broadcasts to the input; `1 / 255` for bytes.
        offset: number, or array that broadcasts to the input.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> Rescaling(1 / 127.5, offset=-1)([[0, 255]]).numpy()
        array([[-1.,  1.]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        """Return the rescaled inputs."""
        scale, offset = (np.asarray(v, self.compute_dtype) for v in (self.scale, self.offset))
        return ops.add(ops.multiply(ops.cast(inputs, self.compute_dtype), scale), offset)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        values = {name: np.asarray(getattr(self, name)).tolist() for name in ("scale", "offset")}
        return {**super().get_config(), **values}

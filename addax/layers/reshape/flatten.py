"""`Flatten`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@register("layers")
class Flatten(Layer):
    """Makes one axis of all but the batch axis.

    Args:
        data_format: layout of the input; `"channels_first"` moves the channels last
            before flattening. Default: `image_data_format()`.
        **kwargs: `name`, `dtype`.

    Input shape: `(batch, ...)`.
    Output shape: `(batch, product of the other sizes)`.

    Example:
        >>> import numpy as np
        >>> Flatten()(np.ones((2, 3, 4))).shape
        (2, 12)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = arguments.data_format("Flatten", data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self._channels_first = self.data_format == "channels_first"

    def call(self, inputs: Any) -> Any:
        """Return `inputs` with two axes."""
        rank = len(inputs.shape)
        if self._channels_first and rank > 2:
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        count = 1
        for size in inputs.shape[1:]:
            count *= size
        return ops.reshape(inputs, (inputs.shape[0], count))

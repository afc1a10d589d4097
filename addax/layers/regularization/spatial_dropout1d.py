"""`SpatialDropout1D`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.regularization.spatial_dropout import SpatialDropout


@register("layers")
class SpatialDropout1D(SpatialDropout):
    """Zeros a share of the channels at random, in training only.

    Args:
        rate: probability that a channel is zeroed, in [0, 1].
        seed: integer, for repeatable numbers.
        name: name of the layer.
        dtype: dtype or policy.
        **kwargs: `input_shape`.

    Input shape: `(batch, steps, channels)`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> SpatialDropout1D(0.5)(np.ones((2, 5, 4)), training=True).shape
        (2, 5, 4)

    Reference: Tompson et al. 2015, https://arxiv.org/abs/1411.4280.
    """

    def __init__(
        self,
        rate: float,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(1, rate, "channels_last", seed, name=name, dtype=dtype, **kwargs)

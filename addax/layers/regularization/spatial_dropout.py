"""What the spatial dropouts share."""

from __future__ import annotations

from typing import Any

from addax.layers import arguments
from addax.layers.input_spec import InputSpec
from addax.layers.regularization.dropout import Dropout


class SpatialDropout(Dropout):
    """Base of layers that drop whole channels.

    Args:
        rank: number of spatial dimensions.
        rate: probability that a channel is zeroed.
        data_format: layout of the images.
        seed: integer, for repeatable numbers.
        **kwargs: further arguments of `Layer`.
    """

    _not_in_config = ("noise_shape",)

    def __init__(
        self, rank: int, rate: float, data_format: str | None, seed: int | None, **kwargs: Any
    ) -> None:
        super().__init__(rate, seed=seed, **kwargs)
        self.rank = rank
        self.data_format = arguments.data_format(type(self).__name__, data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def _mask_shape(self, inputs: Any) -> tuple[int | None, ...]:
        ones = (1,) * self.rank
        return (None, *ones, None) if self.data_format == "channels_last" else (None, None, *ones)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        config = super().get_config()
        config.pop("trainable")
        config["dtype"] = self.dtype
        return config

"""What the pooling layers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.graph import active_tapes
from addax.core.tensor import Tensor
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec

Sizes = int | Sequence[int]


def max_pool(
    inputs: Any, pool_size: Sizes, strides: Sizes | None, padding: str, data_format: str
) -> Any:
    """Return `ops.max_pool(...)`, taken before a ReLU and a bias per channel if these are last.

    The values are the same and there are fewer of them: the program keeps one large array
    less, and the gradient of the bias has less to add up. Not under a tape, which may be asked
    for the gradient of the tensor that would be left out.
    """
    before = inputs.increasing_of if isinstance(inputs, Tensor) else None
    if before is None or active_tapes.get() or before[2] not in (None, data_format):
        return ops.max_pool(inputs, pool_size, strides, padding, data_format)
    tensor, function, _ = before
    return function(max_pool(tensor, pool_size, strides, padding, data_format))


class Pooling(Layer):
    """Base of layers that reduce each window of an image.

    Args:
        rank: number of spatial dimensions.
        pool_size: size of the window, an integer or one per dimension.
        strides: step between windows; default: `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    def __init__(
        self,
        rank: int,
        pool_size: Sizes,
        strides: Sizes | None,
        padding: str,
        data_format: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = type(self).__name__
        strides = pool_size if strides is None else strides
        self.pool_size = arguments.int_tuple(owner, "pool_size", pool_size, rank)
        self.strides = arguments.int_tuple(owner, "strides", strides, rank)
        self.padding = arguments.padding_mode(owner, padding)
        self.data_format = arguments.data_format(owner, data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Check that a window fits into the input."""
        first = 1 if self.data_format == "channels_last" else 2
        sizes = input_shape[first : first + len(self.pool_size)]
        fits = all(
            size is None or size >= pool for size, pool in zip(sizes, self.pool_size, strict=True)
        )
        if self.padding == "valid" and not fits:
            raise ValueError(
                f"`pool_size` of {type(self).__name__} '{self.name}' must not be larger than its "
                f"input. Received: pool_size={self.pool_size}, input shape {tuple(input_shape)}. "
                "Use `padding='same'` or a smaller window."
            )


class GlobalPooling(Layer):
    """Base of layers that reduce all spatial dimensions.

    Args:
        data_format: layout of the images.
        keepdims: whether the spatial axes stay, with size 1.
        **kwargs: further arguments of `Layer`.
    """

    rank = 2

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = arguments.data_format(type(self).__name__, data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _axes(self) -> tuple[int, ...]:
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

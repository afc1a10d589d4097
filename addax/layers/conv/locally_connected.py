"""What the locally connected layers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.core.graph import op
from addax.engine import xp
from addax.layers import arguments
from addax.layers.conv.base import ConvBase, as_float


@op
def local_products(
    x: Any, kernel: Any, kernel_size: tuple[int, ...], strides: tuple[int, ...]
) -> Any:
    """Product of each window of `x` with a matrix of its own.

    Args:
        x: `(batch, *spatial, channels)`.
        kernel: `(windows, product of kernel_size * channels, filters)`.
        kernel_size: size of the window per dimension.
        strides: step between windows per dimension.

    Returns: `(batch, *windows, filters)`.
    """
    spatial = x.shape[1:-1]
    counts = tuple(
        (size - width) // step + 1
        for size, width, step in zip(spatial, kernel_size, strides, strict=True)
    )
    parts = []
    for offset in _offsets(kernel_size):
        index = tuple(
            slice(start, start + (count - 1) * step + 1, step)
            for start, count, step in zip(offset, counts, strides, strict=True)
        )
        parts.append(x[(slice(None), *index)])
    windows = xp.stack(parts, axis=-2).reshape((x.shape[0], kernel.shape[0], -1))
    products = xp.einsum("bwk,wkf->bwf", windows, kernel)
    return products.reshape((x.shape[0], *counts, kernel.shape[-1]))


def _offsets(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    offsets: list[tuple[int, ...]] = [()]
    for size in sizes:
        offsets = [(*offset, i) for offset in offsets for i in range(size)]
    return offsets


class LocallyConnected(ConvBase):
    """Base of layers like a convolution, whose kernel is another one at each place.

    Args:
        rank: number of spatial dimensions.
        filters: number of output channels.
        implementation: 1, 2 or 3; all compute the same way.
        **kwargs: of `ConvBase`.
    """

    paddings = ("valid",)

    def __init__(self, rank: int, filters: int, implementation: int, **kwargs: Any) -> None:
        super().__init__(rank, dilation_rate=1, **kwargs)
        owner = type(self).__name__
        self.filters = errors.positive_int(owner, "filters", filters)
        self.implementation = errors.one_of(owner, "implementation", implementation, (1, 2, 3))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel` and `bias`."""
        channels = self._channels(input_shape)
        first = 1 if self.data_format == "channels_last" else 2
        counts = []
        for i in range(self.rank):
            size = arguments.known_size(self, input_shape, first + i)
            counts.append((size - self.kernel_size[i]) // self.strides[i] + 1)
        windows, inputs = 1, channels
        for count, width in zip(counts, self.kernel_size, strict=True):
            windows, inputs = windows * count, inputs * width
        self.kernel = self._add_part("kernel", (windows, inputs, self.filters))
        self.bias = self._add_part("bias", (*counts, self.filters)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """Return the products of all windows."""
        x = _last(as_float(inputs, self.compute_dtype), self.data_format)
        x = local_products(x, self.kernel, self.kernel_size, self.strides)
        if self.bias is not None:
            x = x + self.bias
        return self.activation(_first(x, self.data_format))


@op
def _last(x: Any, layout: str) -> Any:
    return x if layout == "channels_last" else xp.moveaxis(x, 1, -1)


@op
def _first(x: Any, layout: str) -> Any:
    return x if layout == "channels_last" else xp.moveaxis(x, -1, 1)

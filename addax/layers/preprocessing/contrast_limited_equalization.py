"""`ContrastLimitedAdaptiveHistogramEqualization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.preprocessing.augmentation import ColorAugmentation


@register("layers")
class ContrastLimitedAdaptiveHistogramEqualization(ColorAugmentation):
    """Spreads the values of each tile of images over the range (CLAHE), always.

    Args:
        value_range: smallest and largest value of pixels.
        clip_limit: how often a value counts at most, as a multiple of the mean count; 0 for
            no limit. It keeps noise in even areas small.
        tile_grid_size: number of tiles, a pair (rows, columns).
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> ContrastLimitedAdaptiveHistogramEqualization()(np.ones((2, 16, 16, 3))).shape
        (2, 16, 16, 3)
    """

    always = True
    _not_in_config = ("seed",)

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Sequence[int] = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(value_range, data_format=data_format, **kwargs)
        self.clip_limit = clip_limit
        self.tile_grid_size = arguments.int_tuple(
            "ContrastLimitedAdaptiveHistogramEqualization", "tile_grid_size", tile_grid_size, 2
        )

    def change(self, x: Any, drawn: Any) -> Any:
        """Return images with evened tiles."""
        even = _evened(ops.cast(self.to_range(x), "float32"), self.tile_grid_size, self.clip_limit)
        return ops.cast(self.from_range(even), x.dtype)


@op
def _evened(x: Any, grid: tuple[int, ...], clip_limit: float) -> Any:
    """Map values in [0, 255] by the tables of the four nearest tiles, weighted by distance."""
    height, width = x.shape[1:3]
    tile = (-(-height // grid[0]), -(-width // grid[1]))
    extra = (tile[0] * grid[0] - height, tile[1] * grid[1] - width)
    padded = xp.pad(x, ((0, 0), (0, extra[0]), (0, extra[1]), (0, 0)), mode="symmetric")
    values = xp.clip(padded, 0, 255).astype("int32")
    tables = _tables(values, grid, tile, clip_limit)
    rows, row_share = _neighbors(height, tile[0], grid[0])
    columns, column_share = _neighbors(width, tile[1], grid[1])
    values = values[:, :height, :width]
    total: Any = 0.0
    for row, across in zip(rows, (1 - row_share, row_share), strict=True):
        for column, along in zip(columns, (1 - column_share, column_share), strict=True):
            weight = across[:, None, None] * along[None, :, None]
            total = total + weight * _looked_up(tables, values, row, column)
    return total


def _looked_up(tables: Any, values: Any, row: Any, column: Any) -> Any:
    batch = xp.arange(values.shape[0])[:, None, None, None]
    channel = xp.arange(values.shape[3])
    return tables[batch, row[:, None, None], column[None, :, None], channel, values]


def _neighbors(size: int, tile: int, count: int) -> tuple[tuple[Any, Any], Any]:
    """Return the tiles before and after each pixel, and how near the later one is."""
    place = (xp.arange(size, dtype="float32") - tile / 2) / tile
    before = xp.floor(place)
    index = before.astype("int32")
    pair = (xp.clip(index, 0, count - 1), xp.clip(index + 1, 0, count - 1))
    return pair, place - before


def _tables(values: Any, grid: tuple[int, ...], tile: tuple[int, int], clip_limit: float) -> Any:
    """Return what each value of each tile becomes, `(batch, rows, columns, channels, 256)`."""
    batch, channels = values.shape[0], values.shape[3]
    tiles = values.reshape(batch, grid[0], tile[0], grid[1], tile[1], channels)
    counts = xp.sum(engine.nn.one_hot(tiles, 256), axis=(2, 4))
    pixels = tile[0] * tile[1]
    if clip_limit > 0:
        clipped = xp.minimum(counts, clip_limit * pixels / 256)
        excess = xp.sum(counts - clipped, axis=-1, keepdims=True)
        counts = clipped + excess / 256
    below = xp.cumsum(counts, axis=-1)
    least = below[..., :1]
    span = pixels - least
    return xp.clip((below - least) * 255 / xp.where(span == 0, 1, span), 0, 255)

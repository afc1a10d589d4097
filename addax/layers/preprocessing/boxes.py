"""Random rectangles in images."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.graph import op
from addax.engine import xp
from addax.layers.preprocessing.augmentation import Augmentation


def draw_boxes(layer: Augmentation, shape: tuple[int, ...], wide: Any, high: Any) -> Any:
    """Return rectangles at random places, `(batch, 4)`: left, right, top, bottom in pixels.

    Args:
        layer: draws the places.
        shape: shape of the images, `(batch, height, width, channels)`.
        wide: width of each as a share of the image's.
        high: height of each as a share of the image's.
    """
    ends = []
    for size, share in ((shape[2], wide), (shape[1], high)):
        length = ops.multiply(share, float(size))
        start = ops.multiply(layer.draw(shape[0]), ops.subtract(float(size), length))
        ends += [start, ops.add(start, length)]
    return ops.stack(ends, axis=-1)


@op
def inside_boxes(boxes: Any, shape: Any) -> Any:
    """Return which pixels lie in the rectangles, `(batch, height, width, 1)`."""
    rows = xp.arange(shape[1])[None, :, None, None]
    columns = xp.arange(shape[2])[None, None, :, None]
    left, right, top, bottom = (boxes[:, i, None, None, None] for i in range(4))
    return (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)

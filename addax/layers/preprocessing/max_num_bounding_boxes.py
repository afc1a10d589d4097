"""`MaxNumBoundingBoxes`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation


@register("layers")
class MaxNumBoundingBoxes(Augmentation):
    """Cuts or fills lists of bounding boxes to one length, always.

    Args:
        max_number: number of boxes of each image.
        fill_value: what boxes and labels that are added consist of.
        **kwargs: `name`, `bounding_box_format`, `dtype`, `input_shape`.

    Input shape: a dict with `"images"` and `"bounding_boxes"`, a dict with `"boxes"`
        `(batch, n, 4)` and `"labels"` `(batch, n)`.
    Output shape: the same with `n = max_number`.

    Example:
        >>> import numpy as np
        >>> boxes = {"boxes": np.ones((1, 2, 4)), "labels": np.ones((1, 2))}
        >>> data = {"images": np.ones((1, 8, 8, 3)), "bounding_boxes": boxes}
        >>> MaxNumBoundingBoxes(3)(data)["bounding_boxes"]["labels"].numpy()
        array([[ 1.,  1., -1.]], dtype=float32)
    """

    always = True
    _not_in_config = ("seed",)

    def __init__(
        self,
        max_number: int,
        fill_value: int = -1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_number = errors.positive_int("MaxNumBoundingBoxes", "max_number", max_number)
        self.fill_value = int(fill_value)

    def change(self, x: Any, drawn: Any) -> Any:
        """Return the images as they are."""
        return x

    def change_boxes(self, boxes: Any, drawn: Any) -> Any:
        """Return boxes and labels of the new length."""
        return {**boxes, **{name: self._fitted(boxes[name]) for name in ("boxes", "labels")}}

    def _fitted(self, values: Any) -> Any:
        values = values[:, : self.max_number]
        widths = [(0, 0)] * len(values.shape)
        widths[1] = (0, self.max_number - values.shape[1])
        return ops.pad(values, widths, constant_values=self.fill_value)

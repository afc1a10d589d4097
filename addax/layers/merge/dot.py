"""`Dot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.layers.base import Layer
from addax.layers.merge.base import Shape, check_list


@op
def batch_dot(x: Any, y: Any, axes: tuple[int, int]) -> Any:
    """Sum of products over one axis of `x` and one of `y`, for each sample.

    Args:
        x: `(batch, ...)`.
        y: `(batch, ...)`.
        axes: the axis of `x` and that of `y`.

    Returns: `(batch, rest of x, rest of y)`, with a last axis of size 1 if nothing is left.
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    left = list(letters[1 : x.ndim])
    right = list(letters[x.ndim : x.ndim + y.ndim - 1])
    right[axes[1] - 1] = left[axes[0] - 1]
    summed = left[axes[0] - 1]
    rest = [letter for letter in (*left, *right) if letter != summed]
    result = xp.einsum(f"a{''.join(left)},a{''.join(right)}->a{''.join(rest)}", x, y)
    return result if rest else result[:, None]


@register("layers")
class Dot(Layer):
    """Dot product of the samples of two tensors.

    Args:
        axes: the axis that is summed over, or one for each input.
        normalize: whether vectors are divided by their length first (cosine similarity).
        **kwargs: `name`, `dtype`.

    Input shape: a list of two tensors of rank 2 or more.
    Output shape: `(batch, rest of the first, rest of the second)`, `(batch, 1)` for vectors.

    Raises:
        ValueError: if the sizes of the axes differ.

    Example:
        >>> import numpy as np
        >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).numpy()
        array([[11.]], dtype=float32)
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = isinstance(axes, (list, tuple)) and len(axes) == 2
        if not isinstance(axes, int) and not (pair and all(isinstance(a, int) for a in axes)):
            raise ValueError(
                f"`axes` of `Dot` must be an integer or two of them. Received: axes={axes}"
            )
        self.axes = axes
        self.normalize = normalize
        self.supports_masking = True

    def _pair(self, ranks: Sequence[int]) -> tuple[int, int]:
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        first, second = (axis % rank for axis, rank in zip(axes, ranks, strict=True))
        return first, second

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Check that there are two inputs that fit."""
        shapes = check_list(self, input_shape, minimum=2)
        if len(shapes) == 2:
            first, second = self._pair([len(shape) for shape in shapes])
            sizes = {shapes[0][first], shapes[1][second]} - {None}
            if first and second and len(sizes) < 2:
                return
        raise ValueError(
            f"Dot '{self.name}' must be called on 2 inputs with the same size in axis {self.axes} "
            f"(not the batch axis). Received: {shapes}"
        )

    def call(self, inputs: Sequence[Any]) -> Any:
        """Return the dot products."""
        x, y = inputs
        axes = self._pair([len(x.shape), len(y.shape)])
        if self.normalize:
            x, y = (ops.normalize(t, axis=axis) for t, axis in zip((x, y), axes, strict=True))
        return batch_dot(x, y, axes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return None."""
        return None


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """Return the dot product of two tensors, with a new `Dot` layer.

    Args:
        inputs: list of two tensors.
        axes: the axis that is summed over, or one for each input.
        **kwargs: `normalize`, and `name`, `dtype` of the layer.

    Example:
        >>> import numpy as np
        >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])], axes=1).numpy()
        array([[11.]], dtype=float32)
    """
    return Dot(axes=axes, **kwargs)(inputs)

"""Functions whose arguments or defaults differ from those of `addax.ops`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import activations, ops
from addax.layers.merge import dot as merge

Axis = int | Sequence[int] | None


def argmax(x: Any, axis: int = -1) -> Any:
    """Return the index of the largest element along `axis`."""
    return ops.argmax(x, axis=axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Return the index of the smallest element along `axis`."""
    return ops.argmin(x, axis=axis)


def cumsum(x: Any, axis: int = 0) -> Any:
    """Return the cumulative sum along `axis`."""
    return ops.cumsum(x, axis=axis)


def cumprod(x: Any, axis: int = 0) -> Any:
    """Return the cumulative product along `axis`."""
    return ops.cumprod(x, axis=axis)


def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the mean over `axis`."""
    return ops.mean(x, axis=axis, keepdims=keepdims)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Limit `x` to `[min_value, max_value]`; None is no limit.

    Example:
        >>> clip([-1.0, 0.5, 2.0], 0.0, 1.0).numpy()
        array([0. , 0.5, 1. ], dtype=float32)
    """
    if max_value is not None and isinstance(max_value, (int, float)) and min_value is not None:
        max_value = max(max_value, min_value)
    return ops.clip(x, min_value, max_value)


def sqrt(x: Any) -> Any:
    """Return the square root, with 0 in place of negative elements."""
    return ops.sqrt(ops.maximum(x, 0.0))


def pow(x: Any, a: Any) -> Any:
    """Return `x` to the power `a`."""
    return ops.power(x, a)


def dot(x: Any, y: Any) -> Any:
    """Return the product over the last axis of `x` and the last but one of `y`.

    Args:
        x: tensor of rank 2 or more.
        y: tensor of rank 2 or more.

    Example:
        >>> dot([[1.0, 2.0]], [[3.0], [4.0]]).numpy()
        array([[11.]], dtype=float32)
    """
    return ops.dot(x, y)


def batch_dot(x: Any, y: Any, axes: int | Sequence[int] | None = None) -> Any:
    """Return the product of each sample of `x` and that of `y`.

    Args:
        x: `(batch, ...)`.
        y: `(batch, ...)`.
        axes: the axis of both that is summed over, or one for each; default: the last
            of `x` and the last but one of `y`.

    Raises:
        ValueError: if a rank is below 2, the sizes differ, or the batch is summed over.

    Example:
        >>> import numpy as np
        >>> batch_dot(np.ones((2, 3, 4)), np.ones((2, 4, 5))).shape
        (2, 3, 5)
    """
    x, y = (ops.convert_to_tensor(each) for each in (x, y))
    if x.ndim < 2 or y.ndim < 2:
        raise ValueError(f"`batch_dot` needs ranks of 2 or more. Received: {x.ndim} and {y.ndim}")
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 1 if y.ndim == 2 else y.ndim - 2)
    pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
    first, second = pair[0] % x.ndim, pair[1] % y.ndim
    if 0 in (first, second) or x.shape[first] != y.shape[second]:
        raise ValueError(
            "`axes` of `batch_dot` must be axes of equal size other than the batch. Received: "
            f"axes={axes} for shapes {tuple(x.shape)} and {tuple(y.shape)}"
        )
    return merge.batch_dot(x, y, (first, second))


def l2_normalize(x: Any, axis: Axis = None) -> Any:
    """Divide by the Euclidean norm over `axis`."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(squares, 1e-12))


def hard_sigmoid(x: Any) -> Any:
    """Return `0.2 x + 0.5`, limited to [0, 1], as Keras 2."""
    return ops.clip(0.2 * ops.convert_to_tensor(x) + 0.5, 0.0, 1.0)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Return `x` above the threshold and `alpha * (x - threshold)` below it.

    Args:
        x: tensor.
        alpha: slope below the threshold.
        max_value: upper limit, or None.
        threshold: where the unit starts.
    """
    return activations.relu(x, negative_slope=alpha, max_value=max_value, threshold=threshold)


def concatenate(tensors: Sequence[Any], axis: int = -1) -> Any:
    """Join tensors along `axis`."""
    return ops.concatenate(tensors, axis=axis)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """Insert an axis of size 1."""
    return ops.expand_dims(x, axis)


def permute_dimensions(x: Any, pattern: Sequence[int]) -> Any:
    """Reorder the axes."""
    return ops.transpose(x, axes=tuple(pattern))


def transpose(x: Any) -> Any:
    """Reverse the axes."""
    return ops.transpose(x)


def reverse(x: Any, axes: int | Sequence[int]) -> Any:
    """Reverse the order along `axes`."""
    return ops.flip(x, axis=axes if isinstance(axes, int) else tuple(axes))


def flatten(x: Any) -> Any:
    """Return all elements along one axis."""
    return ops.reshape(x, (-1,))


def batch_flatten(x: Any) -> Any:
    """Return `(batch, features)`."""
    return ops.reshape(x, (ops.shape(x)[0] or -1, -1 if ops.shape(x)[0] else _size(x)))


def _size(x: Any) -> int:
    size = 1
    for n in x.shape[1:]:
        size *= n
    return size


def repeat(x: Any, n: int) -> Any:
    """Return `(batch, n, features)` for `(batch, features)`."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Repeat each element `rep` times along `axis`."""
    return ops.repeat(x, rep, axis=axis)


def tile(x: Any, n: int | Sequence[int]) -> Any:
    """Repeat the whole tensor `n` times along each axis."""
    x = ops.convert_to_tensor(x)
    return ops.tile(x, (n,) * x.ndim if isinstance(n, int) else tuple(n))


def gather(reference: Any, indices: Any) -> Any:
    """Return the entries of the first axis at `indices`."""
    return ops.take(reference, indices, axis=0)


def one_hot(indices: Any, num_classes: int) -> Any:
    """Return vectors that are 1 at the class number."""
    return ops.one_hot(indices, num_classes)


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Say for each row whether the target is among its `k` largest predictions."""
    return ops.in_top_k(targets, predictions, k)

"""Class numbers as vectors, places in an order, and sums by segment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from addax import errors
from addax.core.dtypes import standardize_dtype
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array

nn: Any = engine.nn


@op
def one_hot(
    x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Any:
    """Return vectors that are 1 at the class number and 0 elsewhere.

    Args:
        x: integer tensor; numbers outside of the classes give zeros.
        num_classes: size of the new axis.
        axis: where the new axis goes.
        dtype: default: `floatx()`.
        sparse: kept for Keras; must be False.

    Example:
        >>> one_hot([0, 2], 3).numpy()
        array([[1., 0., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    _refuse_sparse("one_hot", sparse)
    x = as_array(x)
    x = x if x.dtype.kind in "iu" else x.astype("int32")
    return nn.one_hot(x, num_classes, axis=axis, dtype=standardize_dtype(dtype))


@op
def multi_hot(
    inputs: Any,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
) -> Any:
    """Return vectors that are 1 at each of the class numbers of a row.

    Args:
        inputs: integer tensor `(batch, count)` or `(count,)`.
        num_classes: size of the new axis.
        axis: where the new axis goes.
        dtype: default: `floatx()`.
        sparse: kept for Keras; must be False.

    Example:
        >>> multi_hot([0, 2], 4).numpy()
        array([1., 0., 1., 0.], dtype=float32)
    """
    _refuse_sparse("multi_hot", sparse)
    num_classes = errors.positive_int("multi_hot", "num_classes", num_classes)
    inputs = as_array(inputs).astype("int32")
    vectors = nn.one_hot(inputs, num_classes, axis=axis, dtype=standardize_dtype(dtype))
    return xp.max(vectors, axis=1 if inputs.ndim > 1 else 0)


def _refuse_sparse(name: str, sparse: bool) -> None:
    if sparse:
        raise ValueError(f"`{name}` makes dense tensors only. Received: sparse={sparse!r}")


@op
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """Return the `k` largest elements along the last axis, and their indices.

    Example:
        >>> values, indices = top_k([1.0, 3.0, 2.0], 2)
        >>> values.numpy(), indices.numpy()
        (array([3., 2.], dtype=float32), array([1, 2], dtype=int32))
    """
    values, indices = nn.top_k(as_array(x), k)
    return values, indices


@op
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Say for each row whether the target is among its `k` largest predictions.

    Args:
        targets: integer tensor `(batch,)`.
        predictions: float tensor `(batch, classes)`.
        k: how many places count; equal predictions share a place.

    Returns: boolean tensor `(batch,)`.
    """
    targets, predictions = as_array(targets), as_array(predictions)
    own = xp.take_along_axis(predictions, targets[..., None].astype("int32"), axis=-1)[..., 0]
    least = nn.top_k(predictions, k)[0][..., -1]
    return xp.logical_and(own >= least, xp.isfinite(own))


def _segment_op(name: str, summary: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
    def call(
        data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
    ) -> Any:
        data, ids = as_array(data), as_array(segment_ids)
        return kernel(data, ids, num_segments=num_segments, indices_are_sorted=sorted)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"{summary}\n\nArgs:\n    data: tensor `(rows, ...)`.\n"
        "    segment_ids: integer tensor `(rows,)`.\n"
        "    num_segments: rows of the result; needed in compiled code.\n"
        "    sorted: whether `segment_ids` are in ascending order.\n\n"
        "Returns: tensor `(num_segments, ...)`."
    )
    return op(call)


_ROWS = "of the rows of `data` that have the same segment number."
segment_sum = _segment_op("segment_sum", f"Sum {_ROWS}", nn.segment_sum)
segment_prod = _segment_op("segment_prod", f"Product {_ROWS}", nn.segment_prod)
segment_max = _segment_op("segment_max", f"The largest {_ROWS}", nn.segment_max)
segment_min = _segment_op("segment_min", f"The smallest {_ROWS}", nn.segment_min)


@op
def unravel_index(indices: Any, shape: Sequence[int]) -> Any:
    """Turn flat indices into one index tensor per dimension of `shape`."""
    return list(xp.unravel_index(as_array(indices), tuple(shape)))

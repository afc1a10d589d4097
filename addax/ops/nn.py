"""Building blocks of networks: convolution, pooling, normalization, attention, encodings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import config
from addax.core.dtypes import standardize_dtype
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float, axes_of, broadcast_along

nn = engine.nn
Sizes = int | Sequence[int]


@op
def conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Convolution over 1, 2 or 3 spatial dimensions.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor `(*kernel_size, channels / groups, filters)`.
        strides: step per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, filters)`.

    Example:
        >>> import numpy as np
        >>> conv(np.ones((1, 5, 5, 2)), np.ones((3, 3, 2, 4)), padding="same").shape
        (1, 5, 5, 4)
    """
    data_format = config.standardize_data_format(data_format)
    inputs, kernel = as_array(inputs), as_array(kernel)
    return nn.conv(inputs, kernel, strides, padding, data_format, dilation_rate)


@op
def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Convolution of each channel by itself.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor `(*kernel_size, channels, multiplier)`.
        strides: step per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, channels * multiplier)`.
    """
    data_format = config.standardize_data_format(data_format)
    inputs, kernel = as_array(inputs), as_array(kernel)
    return nn.depthwise_conv(inputs, kernel, strides, padding, data_format, dilation_rate)


@op
def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Depthwise convolution, and then a 1x1 convolution that mixes the channels.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        depthwise_kernel: tensor `(*kernel_size, channels, multiplier)`.
        pointwise_kernel: tensor `(*ones, channels * multiplier, filters)`.
        strides: step per dimension.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, filters)`.
    """
    data_format = config.standardize_data_format(data_format)
    kernels = as_array(depthwise_kernel), as_array(pointwise_kernel)
    return nn.separable_conv(
        as_array(inputs), *kernels, strides, padding, data_format, dilation_rate
    )


@op
def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: Sizes = 1,
    padding: str = "valid",
    output_padding: Sizes | None = None,
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Any:
    """Transposed convolution: the gradient of a convolution, used to enlarge.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        kernel: tensor `(*kernel_size, filters, channels)`.
        strides: enlargement per dimension.
        padding: `"valid"` or `"same"`.
        output_padding: elements added to one side of the output; less than `strides`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
        dilation_rate: distance of kernel elements per dimension.

    Returns: tensor `(batch, *new_spatial, filters)`.
    """
    data_format = config.standardize_data_format(data_format)
    inputs, kernel = as_array(inputs), as_array(kernel)
    return nn.conv_transpose(
        inputs, kernel, strides, padding, output_padding, data_format, dilation_rate
    )


@op
def max_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The largest element of each window.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: size of the window per dimension.
        strides: step per dimension; default: `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    data_format = config.standardize_data_format(data_format)
    return nn.max_pool(as_array(inputs), pool_size, strides, padding, data_format)


@op
def average_pool(
    inputs: Any,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The mean of each window; padding does not count.

    Args:
        inputs: tensor `(batch, *spatial, channels)`, or `(batch, channels, *spatial)`.
        pool_size: size of the window per dimension.
        strides: step per dimension; default: `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` or `"channels_first"`; default: the global one.
    """
    data_format = config.standardize_data_format(data_format)
    return nn.average_pool(as_array(inputs), pool_size, strides, padding, data_format)


def _wide(x: Any) -> Any:
    """16-bit floats as float32: sums of many need the digits."""
    return x.astype("float32") if x.dtype.itemsize < 4 else x


@op
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Return mean and variance over `axes`, computed in at least float32.

    Args:
        x: float tensor.
        axes: int or ints.
        keepdims: whether the reduced axes stay, with size 1.
        synchronized: kept for Keras; a compiled step always sees the global batch.
    """
    x = as_float(x)
    wide, axes = _wide(x), axes_of(axes)
    mean = xp.mean(wide, axis=axes, keepdims=True)
    variance = xp.mean(xp.square(wide - mean), axis=axes, keepdims=keepdims)
    mean = mean if keepdims else xp.squeeze(mean, axes)
    return mean.astype(x.dtype), variance.astype(x.dtype)


@op
def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Any:
    """`(x - mean) / sqrt(variance + epsilon) * scale + offset`.

    Args:
        x: float tensor.
        mean: tensor of shape `(x.shape[axis],)`, as `variance`, `offset` and `scale`.
        variance: see `mean`.
        axis: the axis that the statistics belong to.
        offset: added at the end, or None.
        scale: multiplied before that, or None.
        epsilon: keeps the division finite.
    """
    x = as_float(x)
    factor = nn.rsqrt(as_array(variance) + epsilon)
    if scale is not None:
        factor = factor * scale
    shift = -as_array(mean) * factor
    if offset is not None:
        shift = shift + offset
    factor, shift = (broadcast_along(part, axis, x.ndim) for part in (factor, shift))
    return (x * factor + shift).astype(x.dtype)


@op
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """`(x - mean) / sqrt(variance + epsilon) * gamma + beta` over `axis` of each sample.

    Args:
        x: float tensor.
        gamma: tensor of the sizes of `axis`, or None.
        beta: tensor of the sizes of `axis`, or None.
        axis: int or ints.
        epsilon: keeps the division finite; default: `config.epsilon()`.

    Reference: Ba, Kiros and Hinton, "Layer Normalization", 2016.
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    x = as_float(x)
    wide, axes = _wide(x), axes_of(axis)
    centered = wide - xp.mean(wide, axis=axes, keepdims=True)
    variance = xp.mean(xp.square(centered), axis=axes, keepdims=True)
    factor = nn.rsqrt(variance + epsilon)
    if gamma is not None:
        factor = factor * broadcast_along(as_array(gamma).astype(wide.dtype), axis, x.ndim)
    result = centered * factor
    if beta is not None:
        result = result + broadcast_along(as_array(beta).astype(wide.dtype), axis, x.ndim)
    return result.astype(x.dtype)


@op
def rms_normalization(
    x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """`x / sqrt(mean(x^2) + epsilon) * scale` over `axis`.

    Args:
        x: float tensor.
        scale: tensor of the sizes of `axis`, or None.
        axis: int or ints.
        epsilon: keeps the division finite; default: `config.epsilon()`.

    Reference: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    x = as_float(x)
    wide = _wide(x)
    power = xp.mean(xp.square(wide), axis=axes_of(axis), keepdims=True)
    result = wide * nn.rsqrt(power + epsilon)
    if scale is not None:
        result = result * broadcast_along(as_array(scale).astype(wide.dtype), axis, x.ndim)
    return result.astype(x.dtype)


@op
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: float | None = None) -> Any:
    """Divide `x` by its norm along `axis`.

    Args:
        x: tensor.
        axis: int or ints.
        order: order of the norm: 1, 2, ..., or infinity.
        epsilon: smallest norm to divide by; default: `config.epsilon()`.

    Example:
        >>> normalize([[3.0, 4.0]]).numpy()
        array([[0.6, 0.8]], dtype=float32)
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    x = as_float(x)
    axes = axes_of(axis)
    if order == 2:
        squares = xp.sum(xp.square(x), axis=axes, keepdims=True)
        return x * nn.rsqrt(xp.maximum(squares, epsilon**2))
    norm = engine.linalg.norm(x, ord=order, axis=axes, keepdims=True)  # type: ignore[attr-defined]
    return x / xp.maximum(norm, epsilon)


@op
def dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    bias: Any = None,
    mask: Any = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """`softmax(query key^T * scale + bias) value`, for each head.

    Args:
        query: tensor `(batch, target, heads, size)`.
        key: tensor `(batch, source, key_heads, size)`; `key_heads` divides `heads`.
        value: tensor of the shape of `key`.
        bias: tensor that broadcasts with `(batch, heads, target, source)`, or None.
        mask: boolean tensor that broadcasts likewise, True where attended; or None.
        scale: default: `1 / sqrt(size)`.
        is_causal: whether positions see only those up to their own.
        flash_attention: kept for Keras; the engine chooses the kernel.
        attn_logits_soft_cap: `c` for `c * tanh(logits / c)`; not with `flash_attention`.

    Returns: tensor of the shape of `query`.

    Raises:
        ValueError: if `query`, `key` and `value` are not of rank 4.

    Reference: Vaswani et al., "Attention Is All You Need", 2017.
    """
    query, key, value = as_array(query), as_array(key), as_array(value)
    if not query.ndim == key.ndim == value.ndim == 4:
        raise ValueError(
            "`query`, `key` and `value` of `dot_product_attention` must be of shape (batch, "
            f"length, heads, size). Received: shapes {query.shape}, {key.shape}, {value.shape}"
        )
    scores = _wide(_scores(query, key, scale))
    if attn_logits_soft_cap is not None:
        scores = attn_logits_soft_cap * xp.tanh(scores / attn_logits_soft_cap)
    if bias is not None:
        scores = scores + as_array(bias)
    visible = _visible(mask, is_causal, scores)
    if visible is not None:
        scores = xp.where(visible, scores, -0.7 * xp.finfo(scores.dtype).max)
    weights = nn.softmax(scores, axis=-1).astype(value.dtype)
    value = xp.repeat(value, query.shape[2] // value.shape[2], axis=2)
    return xp.einsum("bhts,bshd->bthd", weights, value)


def _scores(query: Any, key: Any, scale: float | None) -> Any:
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    key = xp.repeat(key, query.shape[2] // key.shape[2], axis=2)
    return xp.einsum("bthd,bshd->bhts", query, key) * scale


def _visible(mask: Any, is_causal: bool, scores: Any) -> Any:
    """Return which (target, source) pairs count, or None for all."""
    visible = None if mask is None else as_array(mask).astype(bool)
    if is_causal:
        causal = xp.tril(xp.ones(scores.shape[-2:], bool))
        visible = causal if visible is None else xp.logical_and(visible, causal)
    return visible


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
    inputs: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
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


@op
def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Sum the rows of `data` that have the same segment number.

    Args:
        data: tensor `(rows, ...)`.
        segment_ids: integer tensor `(rows,)`.
        num_segments: rows of the result; needed in compiled code.
        sorted: whether `segment_ids` are in ascending order.

    Example:
        >>> segment_sum([1.0, 2.0, 3.0], [0, 0, 1]).numpy()
        array([3., 3.], dtype=float32)
    """
    return _segment(nn.segment_sum, data, segment_ids, num_segments, sorted)


@op
def segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """The largest of the rows of `data` that have the same segment number.

    Args:
        data: tensor `(rows, ...)`.
        segment_ids: integer tensor `(rows,)`.
        num_segments: rows of the result; needed in compiled code.
        sorted: whether `segment_ids` are in ascending order.
    """
    return _segment(nn.segment_max, data, segment_ids, num_segments, sorted)


@op
def segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """The smallest of the rows of `data` that have the same segment number.

    Args:
        data: tensor `(rows, ...)`.
        segment_ids: integer tensor `(rows,)`.
        num_segments: rows of the result; needed in compiled code.
        sorted: whether `segment_ids` are in ascending order.
    """
    return _segment(nn.segment_min, data, segment_ids, num_segments, sorted)


def _segment(kernel: Any, data: Any, ids: Any, count: int | None, in_order: bool) -> Any:
    return kernel(as_array(data), as_array(ids), num_segments=count, indices_are_sorted=in_order)


@op
def unravel_index(indices: Any, shape: Sequence[int]) -> Any:
    """Turn flat indices into one index tensor per dimension of `shape`."""
    return list(xp.unravel_index(as_array(indices), tuple(shape)))

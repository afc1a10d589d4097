"""Blocks of networks against Keras."""

import keras
import numpy as np
import pytest

from addax import ops

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def same(name, *args, rtol=1e-5, atol=1e-5, **kwargs):
    ours, theirs = getattr(ops, name)(*args, **kwargs), getattr(keras.ops, name)(*args, **kwargs)
    if not isinstance(ours, (list, tuple)):
        ours, theirs = [ours], [theirs]
    assert len(ours) == len(theirs)
    for one, two in zip(ours, theirs, strict=True):
        assert one.shape == tuple(two.shape)
        assert one.dtype == keras.backend.standardize_dtype(two.dtype)
        np.testing.assert_allclose(one, two, rtol=rtol, atol=atol)


X = normal(2, 8, 9, 4)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions(rank, strides, padding):
    x, window = normal(2, *(7, 6, 5)[:rank], 4), (3, 2, 2)[:rank]
    options = {"strides": strides, "padding": padding}
    same("conv", x, normal(*window, 4, 3), **options)
    same("conv_transpose", x, normal(*window, 3, 4), **options)
    if rank < 3:
        same("depthwise_conv", x, normal(*window, 4, 2), **options)
        pointwise = normal(*(1,) * rank, 8, 3)
        same("separable_conv", x, normal(*window, 4, 2), pointwise, **options)


def test_convolution_options():
    kernel = normal(3, 3, 4, 6)
    same("conv", X, kernel, dilation_rate=2)
    same("conv", X, normal(3, 3, 2, 6), padding="same")  # two groups
    channels_first = np.moveaxis(X, -1, 1)
    result = ops.conv(channels_first, kernel, data_format="channels_first")
    np.testing.assert_allclose(np.moveaxis(result.numpy(), 1, -1), ops.conv(X, kernel), rtol=1e-4)
    same("conv_transpose", X, normal(3, 3, 5, 4), strides=2, padding="same", output_padding=1)


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_pooling(name, padding):
    same(name, X, (2, 2), strides=(2, 2), padding=padding)
    np.testing.assert_array_equal(getattr(ops, name)(X, 2), getattr(ops, name)(X, (2, 2), (2, 2)))
    same(name, X, (3, 2), strides=(1, 2), padding=padding)
    same(name, normal(2, 7, 3), (3,), strides=(3,), padding=padding)
    ours = getattr(ops, name)(np.moveaxis(X, -1, 1), 2, data_format="channels_first")
    np.testing.assert_allclose(np.moveaxis(ours.numpy(), 1, -1), getattr(ops, name)(X, 2))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axes", [[0, 1, 2], -1, [1]])
def test_moments(axes, keepdims):
    mean, variance = ops.moments(X, axes, keepdims=keepdims)
    axis = tuple(axes) if isinstance(axes, list) else axes
    np.testing.assert_allclose(mean, X.mean(axis, keepdims=keepdims), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(variance, X.var(axis, keepdims=keepdims), rtol=1e-5)


def test_moments_are_accurate_far_from_zero():
    x = (1000 + normal(10000)).astype("float32")
    np.testing.assert_allclose(ops.moments(x, 0)[1], x.astype("float64").var(), rtol=1e-4)


def test_normalizations():
    mean, variance, scale, offset = normal(4), normal(4) ** 2, normal(4), normal(4)
    same("batch_normalization", X, mean, variance, -1, offset, scale)
    same("batch_normalization", X, mean, variance, 3)
    same("batch_normalization", X, normal(8), normal(8) ** 2, 1, scale=normal(8))
    same("layer_normalization", X, scale, offset, axis=-1)
    same("layer_normalization", X, epsilon=0.1)
    same("rms_normalization", X, scale, axis=-1, epsilon=1e-3)
    gamma = normal(9, 4)
    result = ops.layer_normalization(X, gamma, axis=(2, 3), epsilon=1e-6)
    expected = (X - X.mean((2, 3), keepdims=True)) / X.std((2, 3), keepdims=True) * gamma
    np.testing.assert_allclose(result, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
def test_normalize(order):
    result = ops.normalize(X, axis=1, order=order).numpy()
    np.testing.assert_allclose(np.linalg.norm(result, order, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(ops.normalize(np.zeros(3, "float32"), order=order), 0)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"scale": 0.3},
        {"is_causal": True},
        {"bias": normal(2, 4, 5, 5)},
        {"mask": RNG.random((2, 1, 5, 5)) > 0.3},
        {"mask": RNG.random((2, 4, 5, 5)) > 0.3, "is_causal": True},
    ],
)
def test_attention(options):
    q, k, v = normal(2, 5, 4, 3), normal(2, 5, 4, 3), normal(2, 5, 4, 3)
    same("dot_product_attention", q, k, v, **options)


def test_grouped_attention():
    q, k, v = normal(2, 5, 4, 3), normal(2, 6, 2, 3), normal(2, 6, 2, 3)
    full = ops.dot_product_attention(q, np.repeat(k, 2, axis=2), np.repeat(v, 2, axis=2))
    np.testing.assert_allclose(ops.dot_product_attention(q, k, v), full, rtol=1e-5, atol=1e-6)
    capped = ops.dot_product_attention(q * 99, k, v, attn_logits_soft_cap=1e-6)
    even = np.repeat(v.mean(1, keepdims=True), 2, axis=2)
    np.testing.assert_allclose(capped, np.broadcast_to(even, q.shape), atol=1e-4)
    with pytest.raises(ValueError, match="length, heads, size"):
        ops.dot_product_attention(q[0], k, v)


def test_encodings():
    labels = np.array([[0, 2], [1, 5]])
    same("one_hot", labels, 4)
    same("one_hot", labels, 4, axis=0, dtype="int32")
    same("multi_hot", labels, 4)
    same("multi_hot", labels[0], 4)
    with pytest.raises(ValueError, match="dense tensors only"):
        ops.one_hot(labels, 4, sparse=True)


def test_top_k():
    predictions = np.array([[0.1, 0.9, 0.8], [0.5, 0.5, 0.1], [0.0, 1.0, 2.0]], "float32")
    same("top_k", predictions[:2], 2)
    for k in (1, 2, 3):
        same("in_top_k", np.array([2, 1, 1]), predictions, k)


@pytest.mark.parametrize("name", ["segment_sum", "segment_max"])
def test_segments(name):
    data, ids = normal(6, 2), np.array([0, 0, 1, 3, 3, 3])
    same(name, data, ids, num_segments=5)
    ours = getattr(ops, name)(data[:, 0], ids, sorted=True)
    np.testing.assert_allclose(ours, getattr(ops, name)(data, ids, 4)[:, 0], rtol=1e-6)


def test_special():
    x = np.linspace(-0.9, 0.9, 7, dtype="float32")
    for name in ("erf", "erfinv"):
        same(name, x)
    same("rsqrt", x + 1)
    same("logsumexp", X, axis=(1, 2), keepdims=True)
    same("unravel_index", np.array([1, 5]), (2, 3))


@pytest.mark.parametrize("name", ["layer_normalization", "rms_normalization", "softmax", "gelu"])
def test_small_floats_keep_their_dtype(name):
    x = ops.cast(X, "bfloat16")
    assert getattr(ops, name)(x).dtype == "bfloat16"
    np.testing.assert_allclose(
        ops.cast(getattr(ops, name)(x), "float32"), getattr(ops, name)(X), atol=0.05
    )

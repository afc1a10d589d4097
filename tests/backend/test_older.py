"""What only Keras 1 and 2 had in their backend; dtypes that result from others."""

import itertools

import keras
import numpy as np
import pytest

import addax
from addax import backend as K  # noqa: N812 (as scripts spell it)
from addax import losses

RNG = np.random.Generator(np.random.Philox(2))


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


PROBABILITIES = RNG.uniform(0.05, 0.95, (6, 3)).astype("float32")
LABELS = RNG.integers(0, 2, (6, 3)).astype("float32")


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("balanced", [False, True])
def test_binary_focal(from_logits, balanced):
    output = K.constant(3 * normal(6, 3) if from_logits else PROBABILITIES)
    options = {"alpha": 0.3, "gamma": 1.5, "from_logits": from_logits}
    got = K.binary_focal_crossentropy(LABELS, output, balanced, **options)
    expected = losses.binary_focal_crossentropy(
        LABELS, output, apply_class_balancing=balanced, **options
    )
    np.testing.assert_allclose(got.numpy().mean(-1), expected, rtol=1e-4)


@pytest.mark.parametrize("from_logits", [False, True])
def test_categorical_focal(from_logits):
    target = np.eye(3, dtype="float32")[[0, 2, 1, 1, 0, 2]]
    output = K.constant(normal(6, 3) if from_logits else PROBABILITIES)
    got = K.categorical_focal_crossentropy(target, output, 0.5, 1.0, from_logits)
    expected = losses.categorical_focal_crossentropy(
        target, output, alpha=0.5, gamma=1.0, from_logits=from_logits
    )
    np.testing.assert_allclose(got, expected, rtol=1e-4)


@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
def test_local_convolution(layout):
    x, kernel = normal(2, 5, 6, 3), normal(2 * 2, 2 * 3 * 3, 4)
    expected = np.zeros((2, 2, 2, 4), "float32")
    for i, j in itertools.product(range(2), range(2)):
        window = x[:, 2 * i : 2 * i + 2, 3 * j : 3 * j + 3]
        window = window if layout == "channels_last" else np.moveaxis(window, -1, 1)
        expected[:, i, j] = window.reshape(2, -1) @ kernel[2 * i + j]
    if layout == "channels_first":
        x, expected = np.moveaxis(x, -1, 1), np.moveaxis(expected, -1, 1)
    got = K.local_conv2d(x, kernel, (2, 3), (2, 3), (2, 2), layout)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_local_convolution_of_sequences():
    x, kernel = normal(2, 7, 3), normal(3, 9, 4)
    windows = np.stack([x[:, i : i + 3].reshape(2, -1) for i in (0, 2, 4)])
    expected = np.einsum("pbk,pkf->bpf", windows, kernel)
    np.testing.assert_allclose(K.local_conv1d(x, kernel, (3,), (2,)), expected, rtol=1e-4)
    first = K.local_conv1d(
        np.moveaxis(x, -1, 1),
        kernel.reshape(3, 3, 3, 4).swapaxes(1, 2).reshape(3, 9, 4),
        (3,), (2,), "channels_first",
    )  # fmt: skip
    np.testing.assert_allclose(np.moveaxis(first.numpy(), 1, -1), expected, rtol=1e-4)


def test_other_convolutions():
    made = K.separable_conv1d(normal(2, 6, 3), normal(2, 3, 2), normal(1, 6, 5))
    assert made.shape == (2, 5, 5)
    assert K.conv3d_transpose(
        normal(1, 2, 2, 2, 3), normal(2, 2, 2, 4, 3), (1, 4, 4, 4, 4), (2, 2, 2)
    ).shape == (1, 4, 4, 4, 4)


def test_normalize_batch_in_training():
    x, gamma, beta = normal(8, 3), normal(3), normal(3)
    made, mean, variance = K.normalize_batch_in_training(x, gamma, beta, [0])
    np.testing.assert_allclose(mean, x.mean(0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(variance, x.var(0), rtol=1e-4)
    expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3) * gamma + beta
    np.testing.assert_allclose(made, expected, rtol=1e-4, atol=1e-5)


def test_small_ones():
    assert K.image_dim_ordering() == "tf"
    K.set_image_dim_ordering("th")
    assert K.image_data_format() == "channels_first"
    K.set_image_dim_ordering("tf")
    assert K.image_data_format() == "channels_last"
    assert K.is_placeholder(addax.Input((2,)))
    assert not K.is_placeholder(K.variable(1.0))
    assert K.is_variable(K.variable(1.0))
    assert K.get_variable_shape(K.variable(normal(2, 3))) == (2, 3)
    np.testing.assert_array_equal(K.identity(np.arange(3)), [0, 1, 2])
    K.set_session(K.get_session())
    K.manual_variable_initialization(True)
    assert K.symbolic(abs) is abs


DTYPES = ["bool", "uint8", "uint32", "int8", "int32", "int64", "float16", "bfloat16", "float32",
          "float64", int, float]  # fmt: skip


@pytest.mark.parametrize("first", DTYPES, ids=str)
def test_result_type(first):
    assert K.result_type(first) == keras.backend.result_type(first)
    for second in DTYPES:
        expected = keras.backend.result_type(first, second)
        assert K.result_type(first, second) == expected, second

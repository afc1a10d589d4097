"""More of the `tf` namespace; the figures are TensorFlow's or closed forms."""

import subprocess
import sys

import numpy as np
import pytest

import addax
from addax.compat import tensorflow as tf

X = np.array([[3.0, -4.0], [0.0, 2.0]], "float32")
IMAGE = np.arange(48, dtype="float32").reshape(4, 4, 3) / 48


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: tf.math.l2_normalize([3.0, 4.0]), [0.6, 0.8]),
        (lambda: tf.math.lgamma([0.5, 5.0]), [0.5723649, 3.1780538]),
        (lambda: tf.math.xlogy([0.0, 2.0], [0.0, 1.0]), [0, 0]),
        (lambda: tf.math.multiply_no_nan([np.inf, 2.0], [0.0, 3.0]), [0, 6]),
        (lambda: tf.math.segment_sum(X, [0, 0]), [[3, -2]]),
        (lambda: tf.math.reduce_euclidean_norm(X, axis=1), [5, 2]),
        (lambda: tf.math.zero_fraction(X), 0.25),
        (lambda: tf.math.polyval([2.0, 1.0], 3.0), 7),
        (lambda: tf.math.reshape(X, (4,)), X.ravel()),
        (lambda: tf.linalg.band_part(X, 0, -1), np.triu(X)),
        (lambda: tf.linalg.set_diag(X, [7.0, 8.0]), [[7, -4], [0, 8]]),
        (lambda: tf.linalg.matvec(X, [1.0, 2.0]), [-5, 4]),
        (lambda: tf.linalg.triangular_solve([[2.0, 0], [1, 1]], [[4.0], [3]]), [[2], [1]]),
        (lambda: tf.nn.l2_loss(X), 14.5),
        (lambda: tf.nn.crelu([1.0, -2.0]), [1, 0, 0, 2]),
        (lambda: tf.nn.max_pool(X[None, :, :, None], 2, 2, "VALID"), [[[[3]]]]),
        (lambda: tf.nn.avg_pool(X[None, :, :, None], 2, 2, "VALID"), [[[[0.25]]]]),
        (
            lambda: tf.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [0.0, 0.0], 2.0),
            [2 * np.log(2), np.log(2)],
        ),
        (lambda: tf.add_n([X, X, X]), 3 * X),
        (lambda: tf.sequence_mask([1, 3]), [[1, 0, 0], [1, 1, 1]]),
        (lambda: tf.scan(lambda a, b: a + b, np.arange(4)), [0, 1, 3, 6]),
        (lambda: tf.foldr(lambda a, b: a - b, np.array([1, 2, 4])), 1),
        (lambda: tf.unique([5, 2, 5])[0], [5, 2]),
        (lambda: tf.unique([5, 2, 5])[1], [0, 1, 0]),
        (lambda: tf.strided_slice(X, [0, 0], [2, 1]), [[3], [0]]),
        (lambda: tf.tensor_scatter_nd_update(X, [[0, 1]], [9.0]), [[3, 9], [0, 2]]),
        (lambda: tf.switch_case(1, [lambda: 1.0, lambda: 2.0]), 2),
        (lambda: tf.case([(True, lambda: 1.0)], default=lambda: 2.0), 1),
        (lambda: tf.image.flip_left_right(IMAGE), IMAGE[:, ::-1]),
        (lambda: tf.image.central_crop(IMAGE, 0.5), IMAGE[1:3, 1:3]),
        (lambda: tf.image.adjust_brightness(IMAGE, 0.1), IMAGE + 0.1),
        (lambda: tf.image.adjust_contrast(np.array([[[0.0], [2.0]]]), 2.0), [[[-1], [3]]]),
        (lambda: tf.image.adjust_hue(np.array([[[1.0, 0, 0]]]), 1 / 3), [[[0, 1, 0]]]),
        (lambda: tf.image.convert_image_dtype(np.array([[[255]]], "uint8"), tf.float32), [[[1]]]),
        (lambda: tf.image.resize_with_crop_or_pad(IMAGE, 2, 6)[:, 1:5], IMAGE[1:3]),
        (lambda: tf.image.psnr(IMAGE, IMAGE + 0.1, 1.0), 20),
        (lambda: tf.bitwise.bitwise_and([6], [3]), [2]),
    ],
)
def test_values(call, expected):
    np.testing.assert_allclose(np.asarray(call()), expected, rtol=2e-4, atol=1e-5)


def test_images_are_standardized_one_by_one():
    result = np.asarray(tf.image.per_image_standardization(IMAGE))
    assert abs(result.mean()) < 1e-5
    assert abs(result.std() - 1) < 1e-5


def test_images_survive_png():
    pytest.importorskip("PIL")
    pixels = np.arange(48, dtype="uint8").reshape(4, 4, 3)
    np.testing.assert_array_equal(tf.io.decode_png(tf.io.encode_png(pixels)), pixels)


def test_texts():
    assert tf.strings.lower(["Ab", "C"]).tolist() == ["ab", "c"]
    assert tf.strings.split("a b").tolist() == ["a", "b"]
    assert tf.strings.regex_replace("a1", "[0-9]", "x").item() == "ax"
    assert tf.strings.join(["a", "b"], "-").item() == "a-b"
    assert tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=1).tolist() == ["ab", "cd"]
    assert tf.strings.length(["abc"]).numpy().tolist() == [3]
    assert tf.strings.substr("hello", 1, 3).item() == "ell"
    assert tf.strings.to_number(["1.5"]).numpy().tolist() == [1.5]


def test_random_crop_has_its_size():
    assert tf.image.random_crop(IMAGE, (2, 3, 3)).shape == (2, 3, 3)


def test_stateless_draws_repeat():
    first, second = (tf.random.stateless_normal((3,), (1, 2)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_lookup_table():
    pairs = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
    table = tf.lookup.StaticHashTable(pairs, -1)
    np.testing.assert_array_equal(table.lookup(np.array(["b", "z"])), [2, -1])


def test_sizes_stay_known_in_a_compiled_function():
    @tf.function
    def f(x):
        sizes = tf.shape(x)
        wide = tf.concat([tf.expand_dims(sizes[0], -1), tf.constant([1])], axis=0)
        return tf.tile(x, wide), tf.reshape(x, tf.stack([sizes[1], -1])), tf.reduce_prod(sizes)

    tiled, turned, count = f(tf.ones((2, 3)))
    assert tiled.shape == (4, 3)
    assert turned.shape == (3, 2)
    assert int(count) == 6


@pytest.mark.parametrize("name", ["RaggedTensor", "sparse", "estimator"])
def test_what_is_missing_says_what_to_use(name):
    with pytest.raises(AttributeError, match=r"instead\."):
        getattr(tf, name)


def test_int64_is_silent():
    code = (
        "import addax; from addax.compat import tensorflow as tf;"
        "tf.cast([1.5], tf.int64); addax.ops.ones((2,), 'int64')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100
    )
    assert "int64" not in run.stderr


def test_sequential_inside_a_layer_of_sequences_of_any_length():
    class Block(addax.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = addax.Sequential([addax.layers.Dense(2)])

        def call(self, inputs):
            return self.inner(inputs)

    symbol = addax.Input((None, 4))
    model = addax.Model(symbol, Block()(symbol))
    assert model(np.ones((2, 5, 4), "float32")).shape == (2, 5, 2)

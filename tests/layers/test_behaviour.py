"""What single layers promise beyond the table."""

import numpy as np
import pytest

from addax import layers, ops
from addax.core.variable import functionalize
from addax.engine import engine

RNG = np.random.default_rng(0)


def test_dense_keeps_the_logits_of_softmax():
    layer = layers.Dense(3, activation="softmax")
    x = np.ones((2, 4), "float32")
    expected = x @ np.asarray(layer(x) is None or layer.kernel)
    np.testing.assert_allclose(layer(x).logits, expected, rtol=1e-5)


def test_activation_layer_keeps_the_logits():
    assert layers.Activation("sigmoid")(np.ones((2, 4))).logits is not None


def test_dropout_drops_the_rate_and_keeps_the_mean():
    layer = layers.Dropout(0.25, seed=3)
    out = np.asarray(layer(np.ones((200, 200)), training=True))
    assert abs((out == 0).mean() - 0.25) < 0.01
    np.testing.assert_allclose(out[out != 0], 1 / 0.75, rtol=1e-6)


def test_dropout_noise_shape_shares_decisions():
    out = layers.Dropout(0.5, noise_shape=(None, 1, 4))(np.ones((8, 5, 4)), training=True)
    np.testing.assert_array_equal(out, np.broadcast_to(np.asarray(out)[:, :1], out.shape))


def test_dropout_is_the_identity_otherwise():
    x = ops.ones((2, 3))
    assert layers.Dropout(0.5)(x) is x
    assert layers.Dropout(0.0)(x, training=True) is x


def test_dropout_of_everything():
    np.testing.assert_array_equal(layers.Dropout(1.0)(np.ones((2, 3)), training=True), 0)


def test_equal_seeds_give_equal_noise():
    one, two = (layers.GaussianNoise(1.0, seed=5)(np.zeros((4, 4)), training=True) for _ in "ab")
    np.testing.assert_array_equal(one, two)


def test_alpha_dropout_keeps_mean_and_variance():
    x = RNG.normal(size=(400, 400)).astype("float32")
    out = np.asarray(layers.AlphaDropout(0.2, seed=1)(x, training=True))
    assert abs(out.mean()) < 0.02
    assert abs(out.std() - 1) < 0.02


def test_spatial_dropout_drops_whole_channels():
    out = np.asarray(layers.SpatialDropout2D(0.5)(np.ones((4, 3, 3, 8)), training=True))
    assert set(np.unique(out.mean(axis=(1, 2)))) == {0.0, 2.0}


def test_batch_normalization_with_a_mask_ignores_hidden_steps():
    x = RNG.normal(size=(4, 5, 3)).astype("float32")
    mask = RNG.random((4, 5)) < 0.6
    layer = layers.BatchNormalization(momentum=0.0)
    layer(x, training=True, mask=mask)
    np.testing.assert_allclose(layer.moving_mean, x[mask].mean(0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, x[mask].var(0), rtol=1e-4)


def test_frozen_batch_normalization_is_in_inference_mode():
    layer = layers.BatchNormalization()
    x = 5 + RNG.normal(size=(8, 3)).astype("float32")
    layer(x)
    layer.trainable = False
    np.testing.assert_allclose(layer(x, training=True), layer(x), rtol=1e-6)
    np.testing.assert_array_equal(layer.moving_mean, 0)


def test_batch_statistics_far_from_zero_do_not_cancel():
    x = (10_000 + RNG.normal(size=(512, 2))).astype("float32")
    layer = layers.BatchNormalization(momentum=0.0)
    layer(x, training=True)
    np.testing.assert_allclose(layer.moving_variance, x.astype("float64").var(0), rtol=1e-2)


def test_batch_normalization_computes_in_float32_under_a_16_bit_policy():
    layer = layers.BatchNormalization(dtype="mixed_bfloat16")
    out = layer(np.ones((4, 3)), training=True)
    assert out.dtype == "bfloat16"
    assert layer.gamma.dtype == "float32"


@pytest.mark.parametrize("axis", [-1, None, (1, 2)])
def test_normalization_adapts(axis):
    data = (3 + 2 * RNG.normal(size=(50, 4, 3))).astype("float32")
    layer = layers.Normalization(axis=axis)
    layer.adapt(data)
    kept = {-1: (0, 1), None: None, (1, 2): 0}[axis]
    expected = (data - data.mean(kept)) / data.std(kept)
    np.testing.assert_allclose(layer(data), expected, rtol=1e-4, atol=1e-4)
    back = layers.Normalization(axis=axis, mean=layer.adapt_mean, variance=layer.adapt_variance)
    np.testing.assert_allclose(back(data), layer(data), rtol=1e-5)


def test_normalization_adapts_to_batches_of_any_size():
    data = RNG.normal(size=(50, 3)).astype("float32")
    whole, parts = layers.Normalization(), layers.Normalization()
    whole.adapt(data)
    parts.adapt((part, part[:, 0]) for part in np.array_split(data, 7))
    np.testing.assert_allclose(whole(data), parts(data), rtol=1e-4, atol=1e-5)


def test_normalization_inverts():
    data = (3 + 2 * RNG.normal(size=(50, 3))).astype("float32")
    forward, back = layers.Normalization(), layers.Normalization(invert=True)
    forward.adapt(data)
    back.adapt(data)
    np.testing.assert_allclose(back(forward(data)), data, rtol=1e-4, atol=1e-4)


def test_normalization_may_adapt_after_it_was_called_on_a_symbol():
    layer = layers.Normalization()
    layer(layers.Input((3,)))
    layer.adapt(np.eye(3))
    assert layer(np.eye(3)).shape == (3, 3)


def test_images_in_bytes_are_convolved():
    assert layers.Conv2D(2, 3)(np.ones((1, 5, 5, 3), "uint8")).dtype == "float32"


def test_weights_given_to_the_constructor():
    table = RNG.normal(size=(5, 2)).astype("float32")
    np.testing.assert_array_equal(layers.Embedding(5, 2, weights=[table])([1])[0], table[1])


def test_input_shape_as_a_list():
    assert layers.Input(shape=[784]).shape == (None, 784)
    assert layers.Input(batch_shape=(32, None)).shape == (32, None)


def test_lambda_passes_arguments_and_masks():
    layer = layers.Lambda(lambda x, factor: x * factor, arguments={"factor": 3})
    np.testing.assert_array_equal(layer(np.ones((2, 2))), 3)


def test_spectral_normalization_sets_the_largest_singular_value_to_one():
    layer = layers.SpectralNormalization(layers.Dense(5), power_iterations=50)
    layer(RNG.normal(size=(3, 4)).astype("float32"), training=True)
    largest = np.linalg.svd(np.asarray(layer.layer.kernel), compute_uv=False)[0]
    np.testing.assert_allclose(largest, 1, rtol=1e-3)


def test_value_size_of_attention_may_differ():
    layer = layers.MultiHeadAttention(2, 3, value_dim=5)
    assert layer(np.ones((2, 3, 8)), np.ones((2, 4, 6))).shape == (2, 3, 8)
    assert [w.shape for w in layer.weights][4] == (6, 2, 5)


def test_layers_compile():
    model = [layers.Conv2D(3, 3), layers.BatchNormalization(), layers.Dropout(0.5)]
    x = RNG.normal(size=(2, 6, 6, 1)).astype("float32")

    def run(x):
        for layer in model:
            x = layer(x, training=True)
        return x

    run(x)
    variables = [v for layer in model for v in layer.variables]
    values = [v.raw for v in variables]
    pure = functionalize(run, variables)
    eager, _ = pure(values, x)
    compiled, after = engine.jit(pure)(values, x)
    np.testing.assert_allclose(compiled, eager, rtol=1e-4, atol=1e-5)
    assert len(after) == len(variables)


def test_thresholded_relu_keeps_what_is_larger():
    x = np.array([-2.0, 0.5, 1.0, 1.5], "float32")
    np.testing.assert_array_equal(layers.ThresholdedReLU(1.0)(x), x * (x > 1))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_cells_of_convolutional_lstms_are_one_step(rank):
    layer = getattr(layers, f"ConvLSTM{rank}D")(2, 2, padding="same")
    x = np.random.default_rng(0).normal(size=(2, 1, *(4,) * rank, 3)).astype("float32")
    expected = layer(x)
    cell = getattr(layers, f"ConvLSTM{rank}DCell")(2, 2, padding="same")
    states = [np.zeros((2, *(4,) * rank, 2), "float32")] * 2
    cell.build((2, *(4,) * rank, 3))
    cell.set_weights(layer.get_weights())
    np.testing.assert_allclose(cell(x[:, 0], states)[0], expected, rtol=1e-5, atol=1e-6)
    again = type(cell).from_config(cell.get_config())
    assert (again.filters, again.kernel_size) == (2, (2,) * rank)


def test_embedding_with_weights_and_a_regularizer_of_its_output():
    table = np.arange(6, dtype="float32").reshape(3, 2)
    layer = layers.Embedding(3, 2, weights=[table], input_length=2, activity_regularizer="l2")
    np.testing.assert_array_equal(layer(np.array([[0, 2]])), table[[[0, 2]]])
    np.testing.assert_allclose(float(layer.losses[0]), 0.01 * np.square(table[[0, 2]]).sum())


def test_normalization_before_adapt_leaves_its_inputs_and_says_so():
    layer = layers.Normalization()
    x = np.array([[1.0, 5.0]], "float32")
    with pytest.warns(UserWarning, match=r"Call `adapt\(data\)` first"):
        np.testing.assert_array_equal(layer(x), x)
    layer.adapt(np.array([[0.0, 1.0], [2.0, 3.0]]))
    np.testing.assert_allclose(layer(x), [[0.0, 3.0]])

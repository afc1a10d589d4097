"""Masks: made by some layers, used by others, and carried in between."""

import numpy as np
import pytest

from addax import layers, ops

WORDS = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])


def embedded():
    return layers.Embedding(5, 3, mask_zero=True)(WORDS)


def test_embedding_marks_zeros():
    np.testing.assert_array_equal(embedded().mask, WORDS != 0)


def test_masks_pass_through_layers_that_support_them():
    x = layers.Dropout(0.5)(layers.Dense(4, activation="tanh")(embedded()))
    np.testing.assert_array_equal(x.mask, WORDS != 0)


def test_masked_steps_do_not_change_the_last_state_of_an_lstm():
    lstm = layers.LSTM(3)
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    masked = lstm(layers.Masking(0.0)(x * (WORDS != 0)[..., None]))
    np.testing.assert_allclose(masked[0], lstm(x[:1, :2])[0], rtol=1e-5)
    np.testing.assert_allclose(masked[1], lstm(x[1:, :1])[0], rtol=1e-5)


def test_the_mask_ends_where_there_are_no_steps_left():
    assert layers.GRU(3)(embedded()).mask is None
    assert layers.GRU(3, return_sequences=True)(embedded()).mask is not None
    assert layers.GlobalAveragePooling1D()(embedded()).mask is None


def test_merged_masks():
    left, right = embedded(), layers.Embedding(5, 3, mask_zero=True)(WORDS[:, ::-1].copy())
    both = (WORDS != 0) | (WORDS[:, ::-1] != 0)
    np.testing.assert_array_equal(layers.add([left, right]).mask, both)
    joined = layers.concatenate([left, right], axis=1)
    np.testing.assert_array_equal(joined.mask, np.concatenate([WORDS, WORDS[:, ::-1]], 1) != 0)


def test_a_merge_with_an_unmasked_input_has_no_mask():
    plain = ops.ones((2, 4, 3))
    assert layers.add([embedded(), plain]).mask is None


def test_attention_takes_the_masks_of_its_inputs():
    x = embedded()
    layer = layers.MultiHeadAttention(2, 3)
    _, scores = layer(x, x, return_attention_scores=True)
    hidden = np.broadcast_to((WORDS == 0)[:, None, None, :], scores.shape)
    assert np.all(np.asarray(scores)[hidden] == 0)


def test_a_layer_without_support_warns_once_that_the_mask_is_lost():
    class Plain(layers.Layer):
        def call(self, inputs):
            return inputs * 2

    with pytest.warns(UserWarning, match="does not support masks"):
        out = Plain()(embedded())
    assert out.mask is None

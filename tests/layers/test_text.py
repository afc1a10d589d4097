"""Lookups and text."""

import numpy as np
import pytest

from addax import layers

WORDS = np.array(["b", "a", "b", "c", "b", "a"])


def test_string_lookup_adapts_by_frequency():
    layer = layers.StringLookup()
    layer.adapt(WORDS)
    assert layer.get_vocabulary() == ["[UNK]", "b", "a", "c"]
    np.testing.assert_array_equal(layer(np.array([["a", "z"], ["b", "c"]])), [[2, 0], [1, 3]])


def test_lookup_and_back():
    forward = layers.StringLookup(vocabulary=["x", "y"], mask_token="")
    back = layers.StringLookup(vocabulary=["x", "y"], mask_token="", invert=True)
    places = forward(np.array(["y", "", "q", "x"]))
    np.testing.assert_array_equal(places, [3, 0, 1, 2])
    np.testing.assert_array_equal(back(places), ["y", "", "[UNK]", "x"])


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("multi_hot", [[1, 1, 0], [0, 0, 1]]), ("count", [[1, 2, 0], [0, 0, 3]])],
)
def test_lookup_to_vectors(mode, expected):
    layer = layers.StringLookup(vocabulary=["a", "b"], output_mode=mode)
    np.testing.assert_array_equal(layer(np.array([["a", "a", "q"], ["b", "b", "b"]])), expected)


def test_one_hot_of_single_tokens():
    layer = layers.IntegerLookup(vocabulary=[10, 20], output_mode="one_hot")
    np.testing.assert_array_equal(layer(np.array([[20], [5]])), [[0, 0, 1], [1, 0, 0]])


def test_unknown_tokens_without_a_place():
    layer = layers.StringLookup(vocabulary=["a"], num_oov_indices=0)
    with pytest.raises(ValueError, match="'q' is not in the vocabulary"):
        layer(np.array(["q"]))


def test_a_lookup_without_vocabulary():
    with pytest.raises(ValueError, match=r"Call `adapt\(data\)` first"):
        layers.StringLookup()(np.array(["q"]))


def test_text_vectorization_of_integers():
    layer = layers.TextVectorization(max_tokens=4)
    layer.adapt(["the cat", "The dog!", "the cat sat"])
    assert layer.get_vocabulary() == ["", "[UNK]", "the", "cat"]
    np.testing.assert_array_equal(layer(["the CAT sat.", "dog"]), [[2, 3, 1], [1, 0, 0]])


def test_text_vectorization_with_ngrams_and_tf_idf():
    layer = layers.TextVectorization(ngrams=2, output_mode="tf_idf")
    layer.adapt(["a b", "a c"])
    assert layer.get_vocabulary()[:2] == ["[UNK]", "a"]
    out = np.asarray(layer(["a a"]))
    np.testing.assert_allclose(out[0, 1], 2 * np.log(1 + 2 / 3), rtol=1e-5)


def test_config_holds_the_vocabulary():
    layer = layers.TextVectorization()
    layer.adapt(["x y", "y"])
    again = layers.TextVectorization.from_config(layer.get_config())
    assert again.get_vocabulary() == layer.get_vocabulary()

"""Lookups on symbolic inputs, and integer lookups in compiled code."""

import numpy as np
import pytest

import addax
from addax import layers

WORDS = ["a", "b"]


@pytest.mark.parametrize(
    ("layer", "shape", "dtype"),
    [
        (layers.StringLookup(vocabulary=WORDS), (None, 4), "int32"),
        (layers.StringLookup(vocabulary=WORDS, output_mode="one_hot"), (None, 4, 3), "float32"),
        (layers.StringLookup(vocabulary=WORDS, output_mode="multi_hot"), (None, 3), "float32"),
        (layers.StringLookup(output_mode="count"), (None, None), "float32"),
        (layers.Hashing(5), (None, 4), "int32"),
        (layers.Hashing(5, output_mode="multi_hot"), (None, 5), "float32"),
    ],
)
def test_what_comes_out_of_symbolic_strings(layer, shape, dtype):
    output = layer(addax.Input((4,), dtype="string"))
    assert (output.shape, output.dtype) == (shape, dtype)
    assert layer.compute_output_shape((None, 4)) == shape


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({}, (None, None)),
        ({"output_sequence_length": 7}, (None, 7)),
        ({"vocabulary": WORDS, "output_mode": "count"}, (None, 3)),
        ({"max_tokens": 9, "pad_to_max_tokens": True, "output_mode": "multi_hot"}, (None, 9)),
    ],
)
def test_what_comes_out_of_symbolic_texts(arguments, shape):
    layer = layers.TextVectorization(**arguments)
    assert layer(addax.Input((1,), dtype="string")).shape == shape


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count", "tf_idf"])
def test_integer_lookup_compiles(mode):
    data = np.random.default_rng(0).integers(-2, 9, (12, 3))
    special = {"mask_token": 0} if mode == "int" else {}
    layer = layers.IntegerLookup(num_oov_indices=2, output_mode=mode, **special)
    layer.adapt(data[:4])
    numbers = addax.Input((3,), dtype="int32")
    model = addax.Model(numbers, layer(numbers))
    np.testing.assert_allclose(model.predict(data, verbose=0), layer(data), rtol=1e-6)
    assert model._front is None


def test_integer_lookup_back_compiles():
    layer = layers.IntegerLookup(vocabulary=[7, 5], invert=True)
    numbers = addax.Input((1,), dtype="int32")
    model = addax.Model(numbers, layer(numbers))
    found = model.predict(np.array([[0], [1], [2], [3], [-1]]), verbose=0)
    np.testing.assert_array_equal(found.ravel(), [-1, 7, 5, -1, -1])


def test_integer_lookup_without_a_place_for_unknown_ones_checks_on_the_host():
    numbers = addax.Input((1,), dtype="int32")
    layer = layers.IntegerLookup(vocabulary=[7, 5], num_oov_indices=0)
    model = addax.Model(numbers, layer(numbers))
    np.testing.assert_array_equal(model.predict(np.array([[5], [7]]), verbose=0), [[1], [0]])
    with pytest.raises(ValueError, match="Token 6 is not in the vocabulary"):
        model.predict(np.array([[6]]), verbose=0)


def test_texts_that_are_split_already():
    layer = layers.TextVectorization(vocabulary=["a", "b", "a b"], split=None, ngrams=2)
    np.testing.assert_array_equal(layer(np.array([["a", "b"]])), [[2, 3, 4]])


def test_the_rank_is_that_of_keras():
    layer = layers.TextVectorization(vocabulary=WORDS)
    assert layer("a b c").numpy().tolist() == [2, 3, 1]
    split = layers.TextVectorization(vocabulary=WORDS, split=None)
    assert split(np.array(["b", "z"])).numpy().tolist() == [3, 1]
    assert split.compute_output_shape((None,)) == (None,)


def test_several_texts_per_sample_are_refused():
    layer = layers.TextVectorization(vocabulary=WORDS)
    with pytest.raises(ValueError, match=r"shape \(batch,\) or \(batch, 1\).*split=None"):
        layer(np.array([["a", "b"]]))


def test_a_lookup_in_code_that_is_compiled_says_where_to_put_it():
    layer = layers.Hashing(3, name="bins")
    with pytest.raises(ValueError, match=r"'bins' \(Hashing\) computes on the host"):
        addax.function(layer)(addax.ops.ones((2, 1), "int32"))


def test_integers_beyond_32_bits_are_looked_up_on_the_host():
    layer = layers.IntegerLookup(vocabulary=[2**40, 5])
    numbers = addax.Input((1,), dtype="int32")
    model = addax.Model(numbers, layer(numbers))
    np.testing.assert_array_equal(model.predict(np.array([[5], [6]]), verbose=0), [[2], [0]])

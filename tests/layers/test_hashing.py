"""Hashes and the layers that put features into bins by them."""

import numpy as np
import pytest

from addax import layers
from addax.layers.preprocessing.hashes import cross_hash, farm_hash, sip_hash

# of `tf.strings.to_hash_bucket_fast` and `..._strong` (key 133, 137), modulo 2 ** 31 - 1
KNOWN = [
    ("", 1699943623, 1380786607),
    ("a", 493484721, 1322453157),
    ("ab", 399016389, 48478701),
    ("abcd", 2127136445, 298740832),
    ("hello wor", 253962666, 1322347682),
    ("a" * 16, 1819159216, 841170089),
    ("the quick brown fox!", 445547602, 1830975274),
    ("x" * 33 + "yz", 634732649, 994565461),
    ("long " * 13, 1002225057, 1354428932),
    ("long " * 40, 1139413336, 1432473706),
    ("é", 2146984076, 1158116967),
    ("-17", 2050051948, 1832422014),
]


@pytest.mark.parametrize(("text", "fast", "strong"), KNOWN, ids=lambda value: str(value)[:20])
def test_hashes_are_those_of_tensorflow(text, fast, strong):
    assert farm_hash(text.encode()) % (2**31 - 1) == fast
    assert sip_hash(text.encode(), [133, 137]) % (2**31 - 1) == strong


def test_crosses_are_those_of_tensorflow():
    numbers = [101, 5, -3]
    pairs = [cross_hash(row) % 1000 for row in zip("ABC", numbers, strict=True)]
    triples = [cross_hash(row) % 1000 for row in zip("ABC", numbers, "zyx", strict=True)]
    assert pairs == [891, 842, 152]
    assert triples == [114, 892, 557]


def test_hashing():
    words = np.array([["A"], ["B"], ["C"], ["D"], ["E"]])
    np.testing.assert_array_equal(layers.Hashing(3)(words), [[1], [0], [1], [1], [2]])
    masked = layers.Hashing(3, mask_value="")(np.array([["A"], ["B"], [""], ["C"], ["D"]]))
    np.testing.assert_array_equal(masked, [[1], [1], [0], [2], [2]])
    salted = layers.Hashing(3, salt=[133, 137])(words)
    np.testing.assert_array_equal(salted, [[1], [2], [1], [0], [2]])
    counts = np.asarray(layers.Hashing(3, output_mode="count")(words.T))
    np.testing.assert_array_equal(counts, [[1, 3, 1]])
    assert layers.Hashing(3)(np.array([1, 2])).shape == (2,)
    large = np.array([2**40, 2**40 + 1])  # do not fit into the 32 bits of the engine
    expected = [farm_hash(str(value).encode()) % 1000 for value in large]
    np.testing.assert_array_equal(layers.Hashing(1000)(large), expected)
    again = layers.Hashing.from_config(layers.Hashing(3, salt=7).get_config())
    assert again.salt == [7, 7]


def test_hashed_crossing():
    features = (np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102]))
    np.testing.assert_array_equal(layers.HashedCrossing(5)(features), [1, 4, 1, 1, 3])
    one_hot = layers.HashedCrossing(5, output_mode="one_hot")(features)
    np.testing.assert_array_equal(np.argmax(one_hot, -1), [1, 4, 1, 1, 3])
    with pytest.raises(ValueError, match=r"features of one shape.* Received: shapes \[\(2,\), "):
        layers.HashedCrossing(5)((np.array([1, 2]), np.array([1, 2, 3])))
    with pytest.raises(ValueError, match="expects integers or strings"):
        layers.HashedCrossing(5)((np.array([1.5, 2]), np.array([1, 2])))


def test_unknown_tokens_are_spread_as_in_keras():
    layer = layers.StringLookup(vocabulary=["x"], num_oov_indices=3)
    np.testing.assert_array_equal(layer(np.array(["A", "B", "E", "x"])), [1, 0, 2, 3])
    layer = layers.IntegerLookup(vocabulary=[7], num_oov_indices=4)
    np.testing.assert_array_equal(layer(np.array([9, -1, 7])), [1, 3, 4])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Hashing(0), "`num_bins` of `Hashing`"),
        (lambda: layers.Hashing(3, salt="x"), "`salt` of `Hashing` must be an integer or two"),
        (lambda: layers.Hashing(3, output_mode="bins"), "`output_mode` of `Hashing`"),
        (lambda: layers.HashedCrossing(3, output_mode="count"), "`output_mode` of `Hashed"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()

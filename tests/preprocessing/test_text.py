"""Texts to numbers, beside Keras."""

import json

import numpy as np
import pytest

from addax.preprocessing.text import (
    Tokenizer,
    hashing_trick,
    one_hot,
    text_to_word_sequence,
    tokenizer_from_json,
)

TEXTS = ["The cat sat, the cat ran.", "A dog ran!", "a\tb\nc The", "", "Ünïcode: 1 2 dog-dog"]
ARGUMENTS = [
    {},
    {"num_words": 4},
    {"num_words": 4, "oov_token": "<oov>"},
    {"oov_token": "<oov>"},
    {"char_level": True},
    {"char_level": True, "lower": False, "oov_token": "?"},
    {"split": "a", "filters": "c "},
    {"analyzer": lambda text: text.split("t")},
]


def keras_text():
    return pytest.importorskip("keras.src.legacy.preprocessing.text")


@pytest.fixture(params=ARGUMENTS, ids=lambda arguments: "-".join(arguments) or "plain")
def pair(request):
    ours, theirs = Tokenizer(**request.param), keras_text().Tokenizer(**request.param)
    for tokenizer in (ours, theirs):
        tokenizer.fit_on_texts(TEXTS)
    return ours, theirs


def test_tokenizer_numbers_words_as_keras(pair):
    ours, theirs = pair
    assert ours.word_index == theirs.word_index
    assert dict(ours.word_counts) == dict(theirs.word_counts)
    assert dict(ours.word_docs) == dict(theirs.word_docs)
    assert dict(ours.index_docs) == dict(theirs.index_docs)


def test_tokenizer_translates_as_keras(pair):
    ours, theirs = pair
    new = [*TEXTS, "the unknown Cat", ["The", "Cat", "dog"]]
    sequences = ours.texts_to_sequences(new)
    assert sequences == theirs.texts_to_sequences(new)
    assert ours.sequences_to_texts(sequences) == theirs.sequences_to_texts(sequences)
    assert ours.sequences_to_texts([[1, 900]]) == theirs.sequences_to_texts([[1, 900]])


@pytest.mark.parametrize("mode", ["binary", "count", "freq", "tfidf"])
def test_matrices_as_keras(pair, mode):
    ours, theirs = pair
    np.testing.assert_allclose(
        ours.texts_to_matrix(TEXTS, mode), theirs.texts_to_matrix(TEXTS, mode)
    )


def test_config_is_that_of_keras_both_ways():
    ours, theirs = Tokenizer(num_words=5, oov_token="x"), keras_text().Tokenizer(5, oov_token="x")
    ours.fit_on_texts(TEXTS)
    theirs.fit_on_texts(TEXTS)
    read = tokenizer_from_json(theirs.to_json())
    assert read.texts_to_sequences(TEXTS) == theirs.texts_to_sequences(TEXTS)
    np.testing.assert_array_equal(
        read.texts_to_matrix(TEXTS, "tfidf"), ours.texts_to_matrix(TEXTS, "tfidf")
    )
    back = keras_text().tokenizer_from_json(ours.to_json(indent=1))
    assert back.word_index == ours.word_index
    assert set(json.loads(ours.to_json())["config"]) == set(theirs.get_config())


def test_a_read_tokenizer_can_learn_more():
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(["a a b"])
    read = tokenizer_from_json(tokenizer.to_json())
    read.fit_on_texts(["b b c"])
    assert read.word_index == {"b": 1, "a": 2, "c": 3}
    assert read.document_count == 2


def test_fit_on_sequences_counts_documents():
    tokenizer = Tokenizer(num_words=5)
    tokenizer.fit_on_sequences([[1, 1, 2], [1, 3]])
    assert tokenizer.document_count == 2
    assert dict(tokenizer.index_docs) == {1: 2, 2: 1, 3: 1}


@pytest.mark.parametrize("arguments", [{}, {"lower": False}, {"split": "t"}, {"filters": ""}])
def test_words_as_keras(arguments):
    expected = [keras_text().text_to_word_sequence(text, **arguments) for text in TEXTS]
    assert [text_to_word_sequence(text, **arguments) for text in TEXTS] == expected


def test_hashes_as_keras():
    for text in TEXTS:
        assert hashing_trick(text, 9, "md5") == keras_text().hashing_trick(text, 9, "md5")
        assert hashing_trick(text, 9, len) == keras_text().hashing_trick(text, 9, len)
        assert one_hot(text, 9) == keras_text().one_hot(text, 9)


def test_old_name_of_num_words():
    with pytest.warns(UserWarning, match="num_words"):
        assert Tokenizer(nb_words=3).num_words == 3


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Tokenizer(words=3), TypeError, "no argument 'words'"),
        (lambda: Tokenizer().texts_to_matrix(["a"]), ValueError, "fit_on_texts"),
        (lambda: Tokenizer(3).texts_to_matrix(["a"], "tfidf"), ValueError, "fit_on_texts"),
        (lambda: Tokenizer(3).texts_to_matrix(["a"], "counts"), ValueError, "mode"),
        (lambda: hashing_trick("a", 1), ValueError, "at least 2"),
        (lambda: hashing_trick("a", 9, "sha"), ValueError, "hash_function"),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()

"""Strings in data, where a model takes them."""

import numpy as np
import pytest

from addax.data import MappedSource, as_source, map_inputs

WORDS = ["a", "bb", "ccc", "dddd", "eeeee"]


def lengths(texts):
    return np.char.str_len(texts.astype(str)).astype("int32")


@pytest.mark.parametrize("x", [WORDS, tuple(WORDS), np.array(WORDS), np.array(WORDS, object)])
def test_strings_are_taken_where_asked_for(x):
    assert list(as_source(x, texts=True).arrays[0]) == WORDS
    with pytest.raises(ValueError, match="must hold numbers"):
        as_source(np.array(WORDS))


def test_strings_of_frames():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"word": WORDS, "size": range(5)})
    x, _, _ = as_source(dict(frame), texts=True).arrays
    assert list(x["word"]) == WORDS
    assert x["size"].dtype == "int32"


def test_targets_stay_numbers():
    with pytest.raises(ValueError, match="`y` of `fit` must hold numbers"):
        as_source(np.zeros(5), np.array(WORDS), texts=True)


def test_missing_strings_are_named():
    with pytest.raises(ValueError, match=r"hold strings throughout. Received: nan.*position 1"):
        as_source(np.array(["a", np.nan], object), texts=True)


def test_mapped_at_once():
    source = map_inputs(as_source(WORDS, np.arange(5), batch_size=2, texts=True), lengths)
    assert source.arrays[0].tolist() == [1, 2, 3, 4, 5]
    assert [x.tolist() for x, _, _ in source] == [[1, 2], [3, 4], [5]]


def test_mapped_per_batch():
    def batches():
        yield np.array(WORDS[:2]), np.arange(2)
        yield np.array(WORDS[2:]), np.arange(3)

    source = map_inputs(as_source(batches(), texts=True), lengths)
    assert isinstance(source, MappedSource)
    assert source.peek()[0].tolist() == [1, 2]
    source.epoch = 3
    assert source._source.epoch == 3
    assert [x.tolist() for x, _, _ in source] == [[1, 2], [3, 4, 5]]

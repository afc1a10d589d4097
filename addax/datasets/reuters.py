"""Reuters newswires as lists of word ranks, labelled with one of 46 topics."""

from __future__ import annotations

import json

import numpy as np

from addax.datasets._local import STORAGE, find
from addax.datasets._pickles import load_npz
from addax.datasets._sequences import limited, marked, ragged, shorter_than, shuffled
from addax.datasets._tables import Split, check_test_split

_TOPICS = """cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade
reserves ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin
strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr
gas silver wpi hog lead"""


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> Split:
    """Load the Reuters newswires from a local file.

    Args:
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.
        num_words: keep word indices below this; None keeps all (but the very last).
        skip_top: leave out word indices below this.
        maxlen: keep only texts with fewer entries than this; None keeps all.
        test_split: share of the texts, in [0, 1), that the test set gets.
        seed: of the order of the texts.
        start_char: put in front of every text; None for nothing.
        oov_char: stands for words left out by `num_words` and `skip_top`; None drops them.
        index_from: added to every rank, so that small numbers are free for the marks above.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: vectors of lists of int, and int labels, 0 to 45.
        The official file has 11,228 texts.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.
        ValueError: if no text is shorter than `maxlen`, or `test_split` is not in [0, 1).

    Reference:
        Reuters-21578, Distribution 1.0; for research purposes only.
    """
    check_test_split("reuters", test_split)
    arrays = load_npz(find("reuters", path, url=STORAGE + "reuters.npz", takes_path=True))
    # A private legacy generator: the published order was drawn with it.
    x, labels = shuffled(np.random.RandomState(seed), arrays["x"], arrays["y"])
    texts = marked(x, start_char, index_from)
    if maxlen:
        texts, labels = shorter_than(maxlen, texts, labels)
    words = limited(texts, num_words, skip_top, oov_char)
    cut = int(len(words) * (1 - test_split))
    return (ragged(words[:cut]), labels[:cut]), (ragged(words[cut:]), labels[cut:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """Return the rank of every word, 1 for the most frequent.

    `load_data` adds its `index_from` to these ranks.

    Args:
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.
    """
    file = find("reuters", path, url=STORAGE + "reuters_word_index.json", takes_path=True)
    return json.loads(file.read_text(encoding="utf-8"))


def get_label_names() -> tuple[str, ...]:
    """Return the 46 topics in the order of the official file's labels.

    Example:
        >>> get_label_names()[3]
        'earn'
    """
    return tuple(_TOPICS.split())

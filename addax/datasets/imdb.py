"""IMDb film reviews as lists of word ranks, labelled positive or negative."""

from __future__ import annotations

import json

import numpy as np

from addax.datasets._local import STORAGE, find
from addax.datasets._pickles import load_npz
from addax.datasets._sequences import limited, marked, ragged, shorter_than, shuffled
from addax.datasets._tables import Split


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> Split:
    """Load the IMDb reviews from a local file.

    Args:
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.
        num_words: keep word indices below this; None keeps all (but the very last).
        skip_top: leave out word indices below this.
        maxlen: keep only reviews with fewer entries than this; None keeps all.
        seed: of the order of the reviews.
        start_char: put in front of every review; None for nothing.
        oov_char: stands for words left out by `num_words` and `skip_top`; None drops them.
        index_from: added to every rank, so that small numbers are free for the marks above.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: vectors of lists of int, and int labels, 1 for
        positive. The official file has 25,000 and 25,000 reviews.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.
        ValueError: if no review is shorter than `maxlen`.

    Reference:
        A. Maas et al. 2011, https://ai.stanford.edu/~amaas/data/sentiment/
    """
    arrays = load_npz(find("imdb", path, url=STORAGE + "imdb.npz", takes_path=True))
    rng = np.random.RandomState(seed)  # private; the published order was drawn with it
    parts = []
    for part in ("train", "test"):
        x, y = shuffled(rng, arrays[f"x_{part}"], arrays[f"y_{part}"])
        reviews = marked(x, start_char, index_from)
        parts.append(shorter_than(maxlen, reviews, y) if maxlen else (reviews, y))
    (x_train, y_train), (x_test, y_test) = parts
    words = limited(x_train + x_test, num_words, skip_top, oov_char)
    cut = len(x_train)
    return (ragged(words[:cut]), y_train), (ragged(words[cut:]), y_test)


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """Return the rank of every word, 1 for the most frequent.

    `load_data` adds its `index_from` to these ranks.

    Args:
        path: file name; looked up in `$ADDAX_DATA` and `~/.keras/datasets`, or a full path.

    Raises:
        FileNotFoundError: if the file is not there; says where to get it.
    """
    file = find("imdb", path, url=STORAGE + "imdb_word_index.json", takes_path=True)
    return json.loads(file.read_text(encoding="utf-8"))

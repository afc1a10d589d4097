"""Beam search of `K.ctc_decode` beside all alignments, counted."""

import itertools

import numpy as np

from addax import backend as K  # noqa: N812 (as scripts spell it)


def best_sequences(probabilities, count):
    """Add up the probability of every alignment, by the label sequence it stands for."""
    steps, classes = probabilities.shape
    found = {}
    for alignment in itertools.product(range(classes), repeat=steps):
        merged = tuple(k for k, _ in itertools.groupby(alignment) if k != classes - 1)
        p = np.prod(probabilities[np.arange(steps), alignment])
        found[merged] = found.get(merged, 0.0) + p
    return sorted(found.items(), key=lambda item: -item[1])[:count]


def test_wide_beam_finds_the_best():
    logits = np.random.default_rng(3).normal(size=(2, 5, 3))
    probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    paths, scores = K.ctc_decode(probabilities.astype("float32"), [5, 5], False, 200, 3)
    for i in range(2):
        for j, (labels, p) in enumerate(best_sequences(probabilities[i], 3)):
            assert tuple(x for x in paths[j].numpy()[i] if x >= 0) == labels
            np.testing.assert_allclose(scores.numpy()[i, j], np.log(p), rtol=1e-4)

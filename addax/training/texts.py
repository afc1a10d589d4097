"""Strings in the data of models whose `call` or steps are code of the user."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from addax import tree
from addax.core.graph import infer
from addax.core.host_text import HostText, TextOutputs, close, is_text
from addax.core.tensor import Symbolic
from addax.data import Source, map_inputs
from addax.training import step as steps


def through_lookups(source: Source, run: Callable[[Any], Any]) -> Source:
    """Return a source with what the model's layers make of the strings in place of them.

    Args:
        source: batches, some of whose inputs are strings.
        run: the model's step, called on a batch `(x, y, sample_weight)` of tensors that have
            no value; shows which layers are called on which strings.
    """
    batch = source.peek()
    if not any(map(is_text, tree.flatten(batch[0]))):
        return source
    return map_inputs(source, functools.partial(close, texts=_lookups(batch, run)))


def _lookups(batch: Any, run: Callable[[Any], Any]) -> list[list[Any]]:
    """Return the layers that are called on each array of strings."""
    leaves, definition = tree.flatten_with_def(batch)
    texts = {
        i: HostText(TextOutputs(np.zeros(leaf.shape, bool), {}), leaf)
        for i, leaf in enumerate(leaves)
        if is_text(leaf)
    }
    symbols = [
        leaf if leaf is None or i in texts else Symbolic(leaf.shape, str(leaf.dtype))
        for i, leaf in enumerate(leaves)
    ]

    def call(filled: list[Any]) -> None:
        given = [texts.get(i, leaf) for i, leaf in enumerate(filled)]
        run(steps.as_data(tree.unflatten(definition, given)))

    infer(call, symbols)
    return [text.layers for text in texts.values()]

"""Strings in the data of models whose `call` or steps are code of the user."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from addax import tree
from addax.core.host_text import close, is_text, lookups
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
    return lookups(lambda given: run(steps.as_data(tree.unflatten(definition, given))), leaves)

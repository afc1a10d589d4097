"""Names, training mode and what else Keras kept in its session."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

import numpy as np

from addax.core.tensor import Symbolic, TensorLike
from addax.core.variable import get_uid as get_uid
from addax.core.variable import reset_names
from addax.engine import engine
from addax.layers import base

reset_uids = reset_names

_learning_phase: int | None = None


def backend() -> str:
    """Return the name of the engine.

    Example:
        >>> backend()
        'jax'
    """
    return str(engine.name)


def clear_session(free_memory: bool = True) -> None:
    """Start the numbering of names again and forget the learning phase.

    Args:
        free_memory: whether models that are no longer used are freed at once.

    Example:
        >>> import addax
        >>> _ = addax.layers.Dense(1)
        >>> clear_session()
        >>> addax.layers.Dense(1).name
        'dense'
    """
    global _learning_phase
    reset_names()
    _learning_phase = None
    if free_memory:
        gc.collect()


def learning_phase() -> int:
    """Return 1 while training, else 0; outside of layers what `set_learning_phase` set."""
    inside = base.learning_phase()
    return int(inside if inside is not None else _learning_phase or 0)


def set_learning_phase(value: int) -> None:
    """Set what `learning_phase` returns outside of layers.

    Layers learn from the `training` argument of their call whether they train.

    Args:
        value: 0 (testing) or 1 (training).

    Raises:
        ValueError: for any other value.
    """
    global _learning_phase
    if value not in (0, 1):
        raise ValueError(
            f"`value` of `set_learning_phase` must be 0 or 1. Received: value={value!r}"
        )
    _learning_phase = int(value)


@contextlib.contextmanager
def learning_phase_scope(value: int) -> Iterator[None]:
    """Set the learning phase inside a `with` block."""
    global _learning_phase
    before = _learning_phase
    set_learning_phase(value)
    try:
        yield
    finally:
        _learning_phase = before


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return `x` when training, else `alt`; functions are called.

    Args:
        x: tensor or function without arguments.
        alt: tensor or function without arguments.
        training: default: `learning_phase()`.
    """
    training = learning_phase() if training is None else training
    chosen = x if training else alt
    return chosen() if callable(chosen) and not isinstance(chosen, TensorLike) else chosen


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return `x` when not training, else `alt`; functions are called."""
    return in_train_phase(alt, x, training)


def is_keras_tensor(x: Any) -> bool:
    """Say whether `x` is symbolic: an `Input` or the output of a layer called on one.

    Raises:
        ValueError: if `x` is no tensor at all.

    Example:
        >>> import addax
        >>> is_keras_tensor(addax.Input((3,))), is_keras_tensor(addax.Variable(1.0))
        (True, False)
    """
    if not isinstance(x, TensorLike) and not engine.is_array(x):
        raise ValueError(
            "`x` of `is_keras_tensor` must be a tensor or a variable. "
            f"Received: {type(x).__name__} {x!r}"
        )
    return isinstance(x, Symbolic)


def is_tensor(x: Any) -> bool:
    """Say whether `x` is a tensor, a variable or symbolic."""
    return isinstance(x, TensorLike) or engine.is_array(x)


def is_sparse(tensor: Any) -> bool:
    """Return False: all tensors are dense."""
    return False


def to_dense(tensor: Any) -> Any:
    """Return `tensor`: all tensors are dense."""
    return tensor


def print_tensor(x: Any, message: str = "") -> Any:
    """Print a tensor and return it."""
    print(message, x if isinstance(x, Symbolic) else np.asarray(x))
    return x

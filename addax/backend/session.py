"""Names, training mode and what else Keras kept in its session."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import errors
from addax.core.tensor import Symbolic, TensorLike
from addax.core.variable import get_uid as get_uid
from addax.core.variable import reset_names
from addax.engine import engine
from addax.layers import base

reset_uids = reset_names

_phase: contextlib.AbstractContextManager[None] | None = None


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
    reset_names()
    _leave_phase()
    if free_memory:
        gc.collect()


def learning_phase() -> int:
    """Return 1 where layers are training, else 0.

    Example:
        >>> learning_phase()
        0
    """
    return int(bool(base.learning_phase()))


def set_learning_phase(value: int) -> None:
    """Set whether layers that are called outside of `fit` and the like are training.

    Args:
        value: 0 (or False) for testing, 1 (or True) for training.

    Raises:
        ValueError: for any other value.
    """
    global _phase
    errors.one_of("set_learning_phase", "value", value, (0, 1))
    _leave_phase()
    _phase = base.training_context(bool(value))
    _phase.__enter__()


def _leave_phase() -> None:
    global _phase
    if _phase is not None:
        _phase.__exit__(None, None, None)
        _phase = None


@contextlib.contextmanager
def learning_phase_scope(value: int) -> Iterator[None]:
    """Set the learning phase inside a `with` block."""
    errors.one_of("learning_phase_scope", "value", value, (0, 1))
    with base.training_context(bool(value)):
        yield


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
            f"`x` of `is_keras_tensor` must be a tensor or a variable. Received: {type(x).__name__}"
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

"""Callbacks made of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import errors
from addax.callbacks.base import Callback

_HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Calls the given functions at the given times.

    Args:
        on_epoch_begin: function of `epoch`, `logs`.
        on_epoch_end: function of `epoch`, `logs`.
        on_train_begin: function of `logs`.
        on_train_end: function of `logs`.
        on_train_batch_begin: function of `batch`, `logs`.
        on_train_batch_end: function of `batch`, `logs`.
        on_batch_begin: older name of `on_train_batch_begin`.
        on_batch_end: older name of `on_train_batch_end`.
        **hooks: functions for the other hooks of `Callback`, such as `on_test_end`.

    Raises:
        TypeError: if there is no such hook, or its value cannot be called.

    Example:
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
        >>> callback.on_epoch_end(3, {"loss": 0.5})
        3 0.5
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        on_batch_begin: Callable[..., Any] | None = None,
        on_batch_end: Callable[..., Any] | None = None,
        **hooks: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        named = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
        }
        for name, function in (named | hooks).items():
            if function is not None:
                setattr(self, _checked(name, function), function)


def _checked(name: str, function: Any) -> str:
    if name not in _HOOKS:
        near = errors.suggestion(name, _HOOKS)
        raise TypeError(f"`LambdaCallback` has no hook {name!r}.{near}")
    if not callable(function):
        raise TypeError(f"`{name}` of `LambdaCallback` must be callable. Received: {function!r}")
    return name

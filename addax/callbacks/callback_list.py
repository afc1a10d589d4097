"""Many callbacks called as one, and the bridge from compiled calls to batch hooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from addax import tree
from addax.callbacks.backup_and_restore import BackupAndRestore
from addax.callbacks.base import BatchMode, Callback, Logs, Mode, strongest
from addax.callbacks.history import History
from addax.callbacks.progbar_logger import ProgbarLogger
from addax.callbacks.swap_ema_weights import SwapEMAWeights

_NOT_A_CALLBACK = (
    "`callbacks` must be `Callback` objects or lists of them. Received: {received}{hint}. "
    "Subclass `addax.callbacks.Callback`, or wrap a function: "
    "`LambdaCallback(on_epoch_end=function)`"
)

_LEAVE_THE_MODEL = (BackupAndRestore, History, ProgbarLogger)


class CallbackList(Callback):
    """Calls a list of callbacks in order; also of use in hand-written loops.

    Args:
        callbacks: a `Callback`, or a (nested) list of them; None for none.
        add_history: whether to add a `History` if there is none.
        add_progbar: whether to add a `ProgbarLogger` if there is none.
        model: the model, passed to each callback's `set_model`.
        **params: `verbose`, `epochs`, `steps`, passed to each callback's `set_params`.

    Log values become plain floats where they can, and are sorted by name. All
    callbacks get the same `logs` dict, so that one may add to it for those behind it.

    Raises:
        TypeError: if something in the list is not a callback.

    Example:
        >>> from addax.callbacks import LambdaCallback
        >>> printer = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
        >>> callbacks = CallbackList([printer], epochs=1)
        >>> callbacks.on_epoch_end(0, {"loss": 1, "acc": 0.5})
        0 {'acc': 0.5, 'loss': 1.0}
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Callback] = []
        # The batch whose begin hooks were called last, while its end is awaited.
        self._announced: tuple[Mode, int] | None = None
        for callback in tree.flatten(callbacks) if callbacks is not None else []:
            self.callbacks += _members(callback)
        if add_history and self.history is None:
            self.callbacks.append(History())
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        # A backup is made when all others have done their part.
        self.callbacks.sort(key=lambda callback: isinstance(callback, BackupAndRestore))
        self.set_model(model)
        self.set_params(params)

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def __len__(self) -> int:
        return len(self.callbacks)

    def __bool__(self) -> bool:
        # A list without members is still the list to call.
        return True

    @property
    def history(self) -> History | None:
        """The last `History` among the callbacks, or None."""
        return next((c for c in reversed(self.callbacks) if isinstance(c, History)), None)

    @property
    def backup(self) -> BackupAndRestore | None:
        """The `BackupAndRestore` among the callbacks, or None."""
        return next((c for c in self.callbacks if isinstance(c, BackupAndRestore)), None)

    @property
    def weights_are_averages(self) -> bool:
        """Whether a `SwapEMAWeights` has put the averages of the weights in their place."""
        return any(isinstance(c, SwapEMAWeights) and c.swapped for c in self.callbacks)

    def state_dicts(self) -> list[list[Any]]:
        """Return name of the class and `state_dict()` of every callback that has one."""
        return [
            [type(c).__name__, c.state_dict()] for c in self.callbacks if hasattr(c, "state_dict")
        ]

    def load_state_dicts(self, states: Sequence[Sequence[Any]]) -> None:
        """Give every callback the state of the one of the same class and number."""
        waiting = [c for c in self.callbacks if hasattr(c, "load_state_dict")]
        for name, state in states:
            found = next((c for c in waiting if type(c).__name__ == name), None)
            if found is not None:
                waiting.remove(found)
                found.load_state_dict(state)

    @property
    def may_change_the_model(self) -> bool:
        """Whether a callback of the user could freeze, add or replace parts of the model."""
        return any(type(c) not in _LEAVE_THE_MODEL for c in self.callbacks)

    def append(self, callback: Callback) -> None:
        """Add a callback, and give it the model and the parameters of this list."""
        for member in _members(callback):
            self.callbacks.append(member)
            if self._model is not None:
                member.set_model(self._model)
            if self.params:
                member.set_params(self.params)

    def set_params(self, params: dict[str, Any]) -> None:
        """Pass the parameters of the run to every callback."""
        self.params = params
        if params:
            self._call("set_params", params)

    def set_model(self, model: Any) -> None:
        """Pass the model to every callback, and hang the `History` on it."""
        if model is None:
            return
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        self._call("set_model", model)

    def batch_mode(self, mode: Mode) -> BatchMode:
        """Return what the most demanding callback asks for.

        Ask when the phase has begun (after `on_train_begin`, `on_test_begin` or
        `on_predict_begin`): the answer depends on `verbose`, and within `fit` the
        progress bar does not follow the validation.
        """
        return strongest(_batch_mode(callback, mode) for callback in self.callbacks)

    def after_chunk(
        self,
        mode: Mode,
        first_step: int,
        last_step: int,
        logs_per_step: Sequence[Logs] | None,
        last_logs: Logs | None,
    ) -> None:
        """Tell the callbacks about a compiled call that ran one or several steps.

        Callbacks that want every step get them all, in order, until one sets
        `model.stop_training`; those that only follow get the last step. A single step that
        was announced by `on_train_batch_begin` (or `test`, `predict`), as it must be when
        `batch_mode` says `"exact"`, ends for every callback.

        Args:
            mode: `"train"`, `"test"` or `"predict"`.
            first_step: index of the call's first batch in the epoch, from 0.
            last_step: index of its last batch, inclusive.
            logs_per_step: the logs after each step; None if `batch_mode` did not ask
                for `"replay"`.
            last_logs: the logs after the last step.
        """
        if first_step == last_step and self._announced == (mode, last_step):
            getattr(self, f"on_{mode}_batch_end")(last_step, last_logs)
            return
        modes = [_batch_mode(callback, mode) for callback in self.callbacks]
        eager = [c for c, wish in zip(self.callbacks, modes, strict=True) if wish == "replay"]
        lazy = [c for c, wish in zip(self.callbacks, modes, strict=True) if wish == "chunk"]
        if logs_per_step is None:
            first_step, logs_per_step = last_step, [last_logs or {}]
        if eager:
            for step, logs in enumerate(logs_per_step, start=first_step):
                _step(eager, mode, step, logs)
                if getattr(self._model, "stop_training", False):
                    break
        if lazy:
            _step(lazy, mode, last_step, last_logs)

    def _call(self, hook: str, *args: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, hook)(*args)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_batch_begin` of every callback."""
        self._call("on_batch_begin", batch, plain_logs(logs))

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_batch_end` of every callback."""
        self._call("on_batch_end", batch, plain_logs(logs))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Call `on_epoch_begin` of every callback."""
        self._call("on_epoch_begin", epoch, plain_logs(logs))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Call `on_epoch_end` of every callback."""
        self._call("on_epoch_end", epoch, plain_logs(logs))

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_train_batch_begin` of every callback."""
        self._announced = ("train", batch)
        self._call("on_train_batch_begin", batch, plain_logs(logs))

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_train_batch_end` of every callback."""
        self._announced = None
        self._call("on_train_batch_end", batch, plain_logs(logs))

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_test_batch_begin` of every callback."""
        self._announced = ("test", batch)
        self._call("on_test_batch_begin", batch, plain_logs(logs))

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_test_batch_end` of every callback."""
        self._announced = None
        self._call("on_test_batch_end", batch, plain_logs(logs))

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_predict_batch_begin` of every callback."""
        self._announced = ("predict", batch)
        self._call("on_predict_batch_begin", batch, plain_logs(logs))

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Call `on_predict_batch_end` of every callback; the outputs stay arrays."""
        self._announced = None
        self._call("on_predict_batch_end", batch, dict(logs or {}))

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Call `on_train_begin` of every callback."""
        self._call("on_train_begin", plain_logs(logs))

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Call `on_train_end` of every callback."""
        self._call("on_train_end", plain_logs(logs))

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Call `on_test_begin` of every callback."""
        self._call("on_test_begin", plain_logs(logs))

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Call `on_test_end` of every callback."""
        self._call("on_test_end", plain_logs(logs))

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Call `on_predict_begin` of every callback."""
        self._call("on_predict_begin", plain_logs(logs))

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Call `on_predict_end` of every callback."""
        self._call("on_predict_end", plain_logs(logs))


def _members(callback: Any) -> list[Callback]:
    """Return the callback, or what it holds if it is a list itself."""
    if isinstance(callback, CallbackList):
        return callback.callbacks
    # Callbacks of other Keras implementations have the same hooks and are welcome.
    if isinstance(callback, type) or not hasattr(callback, "on_epoch_end"):
        hint = f". Did you mean `{callback.__name__}()`?" if isinstance(callback, type) else ""
        raise TypeError(_NOT_A_CALLBACK.format(received=repr(callback), hint=hint.rstrip(".")))
    return [callback]


def _batch_mode(callback: Any, mode: Mode) -> BatchMode:
    """Ask the callback; one of another library is called for every batch."""
    ask = getattr(callback, "batch_mode", None)
    return "exact" if ask is None else ask(mode)


def _step(callbacks: list[Callback], mode: Mode, step: int, logs: Logs | None) -> None:
    """Call both batch hooks of `callbacks` for one step that has been run."""
    logs = dict(logs or {}) if mode == "predict" else plain_logs(logs)
    for callback in callbacks:
        getattr(callback, f"on_{mode}_batch_begin")(step, {})
        getattr(callback, f"on_{mode}_batch_end")(step, logs)


def plain_logs(logs: Mapping[str, Any] | None) -> Logs:
    """Return the logs as a flat dict sorted by name, of floats where possible.

    Example:
        >>> plain_logs({"loss": 1, "head": {"acc": 0.5}, "note": "a"})
        {'acc': 0.5, 'loss': 1.0, 'note': 'a'}
    """
    result: Logs = {}
    for name, value in sorted((logs or {}).items()):
        if isinstance(value, Mapping):
            result.update(plain_logs(value))
        else:
            result[name] = _plain(value)
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, str | bytes) or getattr(value, "ndim", None):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return value

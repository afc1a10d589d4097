"""The base class of callbacks, and how often each wants to be called."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Literal

import numpy as np

Logs = dict[str, Any]
Mode = Literal["train", "test", "predict"]
BatchMode = Literal["none", "chunk", "replay", "exact"]

_PLAIN = (bool, int, float, str, np.ndarray, np.generic)

# From the least to the most demanding.
BATCH_MODES: tuple[BatchMode, ...] = ("none", "chunk", "replay", "exact")

BATCH_HOOKS: dict[str, tuple[str, ...]] = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


class Callback:
    """Base class of objects that `fit`, `evaluate` and `predict` call as they go.

    Subclass it and override the hooks you need. All hooks get `logs`, a dict of
    plain Python floats (empty where nothing is known yet).

    A compiled call runs many training steps. Overriding a batch hook makes the
    loop run one step per call, so that the hook sees the model exactly as it is
    after each step; hooks per epoch cost nothing. A class that can do with less says
    so by its attribute `batch_hooks`, which holds for the batch hooks that this
    very class defines: `"none"` (they need not be called), `"chunk"` (called for
    the last step of each compiled call) or `"replay"` (called for every step with
    its logs, but only after the compiled call). A subclass that overrides them
    again is back to `"exact"`.

    Attributes:
        params: dict with `verbose`, `epochs` and `steps` (per epoch, None if unknown).
        model: the model being trained; set `model.stop_training = True` to end training.

    Example:
        >>> class Shout(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"EPOCH {epoch}: {logs['loss']:.2f}")
        >>> Shout().on_epoch_end(0, {"loss": 0.5})
        EPOCH 0: 0.50
    """

    batch_hooks: ClassVar[BatchMode] = "none"

    # Defaults on the class: a subclass may forget to call `super().__init__()`.
    params: dict[str, Any] | None = None
    _model: Any = None

    def __init__(self) -> None:
        self.params = None
        self._model = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the parameters of the run: `verbose`, `epochs`, `steps`."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model that the callback works with."""
        self._model = model

    @property
    def model(self) -> Any:
        """The model."""
        return self._model

    @model.setter
    def model(self, model: Any) -> None:
        self._model = model

    def state_dict(self) -> dict[str, Any]:
        """Return what a training that is resumed must know of this callback.

        By default these are the attributes that are no arguments of the constructor, as far as
        they are numbers, texts, None, arrays, or lists, tuples and dicts of them.

        Example:
            >>> class Count(Callback):
            ...     def __init__(self, start=0):
            ...         super().__init__()
            ...         self.start, self.count = start, start
            >>> Count(3).state_dict()
            {'count': 3}
        """
        given = {"params", "_model", *inspect.signature(type(self).__init__).parameters}
        found = {name: value for name, value in vars(self).items() if name not in given}
        return {name: value for name, value in found.items() if _is_plain(value)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; called after `on_train_begin`."""
        vars(self).update(state)

    def batch_mode(self, mode: Mode) -> BatchMode:
        """Return how often the batch hooks of `mode` must be called.

        Args:
            mode: `"train"`, `"test"` or `"predict"`.

        Returns: `"none"`, `"chunk"`, `"replay"` or `"exact"`, see the class.

        Example:
            >>> Callback().batch_mode("train")
            'none'
            >>> class PerBatch(Callback):
            ...     def on_train_batch_end(self, batch, logs=None): ...
            >>> PerBatch().batch_mode("train"), PerBatch().batch_mode("test")
            ('exact', 'none')
        """
        return strongest(self._hook_mode(name) for name in BATCH_HOOKS[mode])

    def _hook_mode(self, name: str) -> BatchMode:
        """Return what the object or class that defines the hook asks for."""
        if name in vars(self):
            return "exact"
        owner = next(cls for cls in type(self).__mro__ if name in vars(cls))
        return vars(owner).get("batch_hooks", "exact")

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Older name of `on_train_batch_begin`, called by it."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Older name of `on_train_batch_end`, called by it."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Do something before an epoch of `fit`.

        Args:
            epoch: index of the epoch, from 0.
            logs: empty.
        """

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Do something after an epoch of `fit` and its validation.

        Args:
            epoch: index of the epoch, from 0.
            logs: loss and metrics of the epoch, those of validation as `val_...`.
        """

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do something before a training step.

        Args:
            batch: index of the batch in this epoch, from 0.
            logs: empty.
        """
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Do something after a training step.

        Args:
            batch: index of the batch in this epoch, from 0.
            logs: loss and metrics, averaged over the epoch so far.
        """
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do something before a batch of `evaluate` or of validation in `fit`.

        Args:
            batch: index of the batch, from 0.
            logs: empty.
        """

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Do something after a batch of `evaluate` or of validation in `fit`.

        Args:
            batch: index of the batch, from 0.
            logs: loss and metrics, averaged over the batches so far.
        """

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do something before a batch of `predict`.

        Args:
            batch: index of the batch, from 0.
            logs: empty.
        """

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Do something after a batch of `predict`.

        Args:
            batch: index of the batch, from 0.
            logs: `{"outputs": predictions of this batch}`.
        """

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Do something at the start of `fit`; `logs` is empty."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Do something at the end of `fit`; `logs` are those of the last epoch."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Do something at the start of an evaluation; `logs` is empty."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Do something at the end of an evaluation; `logs` are its results."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Do something at the start of `predict`; `logs` is empty."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Do something at the end of `predict`; `logs` is empty."""


def _is_plain(value: Any) -> bool:
    """Say whether `value` can be written to a file without code."""
    if isinstance(value, dict):
        return all(map(_is_plain, (*value.keys(), *value.values())))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, _PLAIN)


def strongest(modes: Any) -> BatchMode:
    """Return the most demanding of `modes`, `"none"` if there are none.

    Example:
        >>> strongest(["chunk", "exact", "none"])
        'exact'
    """
    return max(modes, key=BATCH_MODES.index, default="none")

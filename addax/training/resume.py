"""Training that is taken up again: what its result depends on, in one file.

The state is captured between two steps or two epochs, when nothing is under way. To restore it,
everything is set up as at the start, what began then is told to begin, the data are moved on,
and at last the state is put in place.
"""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from addax import callbacks as callback_package
from addax.core import variable as variables
from addax.core.variable import Variable
from addax.data import ArraySource, Source
from addax.io import checkpoint
from addax.io.h5_access import BadFileError

_FORMAT = 1
_STATE, _PREVIOUS = "training.state", "training.state.previous"
_OWN = (_STATE, _PREVIOUS)

_FOREIGN = (
    "The folder '{folder}' holds other files ({files}) and no backup. Pass a folder of its own to "
    "`{owner}`: a new one, an empty one, or one with a backup."
)
_OTHER_MODEL = (
    "The backup in '{folder}' is of another model: {what}. Build and compile the model as it was, "
    "or pass another folder to `{owner}`."
)
_OTHER_DATA = (
    "The backup in '{folder}' was made in the middle of an epoch over other data: {what}. "
    "Pass the same data and the same `batch_size`, or another folder to `{owner}`."
)
_OWNER = "resume` or `BackupAndRestore"


def with_backup(callbacks: Any, folder: Any) -> Any:
    """Return the callbacks, and one that makes backups in `folder` and keeps them."""
    if folder is None:
        return callbacks
    backup = callback_package.BackupAndRestore(folder, delete_checkpoint=False)
    return [backup] if callbacks is None else [callbacks, backup]


class Session:
    """The backups of one call of `fit`.

    Args:
        model: what is trained.
        run: its callbacks.
        backup: the one of them that says when to save, and where.
        source: the training data.
        validation: the validation data, or None.
        epochs: the epochs that `fit` was asked for.
        state: the Variables that training changes.
        layers: all layers of the model.

    Attributes:
        epochs: the epochs left.
        batches: steps of the first of them that were done before; None: the epoch is new.
    """

    def __init__(
        self,
        model: Any,
        run: callback_package.CallbackList,
        backup: callback_package.BackupAndRestore,
        source: Source,
        validation: Source | None,
        epochs: range,
        state: Sequence[Variable],
        layers: Sequence[Any],
    ) -> None:
        self._callback = backup
        self._folder = Path(self._callback.backup_dir)
        self._model, self._run = model, run
        self._source, self._validation = source, validation
        self._variables, self._layers = list(state), list(layers)
        self.epochs = epochs
        self.batches: int | None = None
        self._first = epochs.start
        self._state: dict[str, Any] | None = None

    # -- taking up ---------------------------------------------------------------------

    def open(self) -> None:
        """Read the backup; the first time, save how training starts.

        Raises:
            ValueError: if the folder or the backup cannot be used, or there are two of them.
        """
        folders = [c.backup_dir for c in self._run if isinstance(c, type(self._callback))]
        if len(folders) > 1:
            raise ValueError(
                f"One `{_OWNER}` serves a training. Received: {len(folders)} of them, with the "
                f"folders {folders}"
            )
        self._state = self._read()
        self._callback.keeper = self
        if self._state is None:
            self._write(self._capture({}, self._first, None, callbacks=False))
            return
        self._check(self._state)
        self._first = self._state["first"]
        self.batches = self._state["batches"]
        self.epochs = range(self._state["epoch"], self.epochs.stop)

    def begin(self) -> tuple[range, dict[str, Any]]:
        """Move the data on and restore the state, before the first epoch.

        Returns: the epochs left, and the logs of the last one.
        """
        if self._state is None:
            return self.epochs, {}
        passed = self.epochs.start - self._first
        self._source.seed, self._source.epoch = self._state["seed"], self._first
        self._source.forward(passed)
        if self._validation is not None:
            self._validation.forward(self._state["validations"])
        self.restore()
        ended = self.batches is None and self._state["stop"]
        return self.epochs[:0] if ended else self.epochs, self._state["logs"]

    def goes_on(self) -> bool:
        """Say, once, whether the epoch that begins was begun before."""
        inside, self.batches = self.batches, None
        if inside is not None and self._state is not None:
            self._source.skip = sys.maxsize if self._state["stop"] else inside
        return inside is not None

    def restore(self) -> None:
        """Put the state in place."""
        state = self._state
        if state is None:
            return
        for layer, trainable in zip(self._layers, state["trainable"], strict=True):
            if layer.trainable != trainable:
                layer.trainable = trainable
        for variable, value in zip(self._variables, state["variables"], strict=True):
            variable.assign(value)
        self._run.load_state_dicts(state["callbacks"])
        variables.restore_draws(tuple(state["draws"]))
        self._model.stop_training = state["stop"]
        if self._source.skips:  # reading again has drawn the numbers of other data
            _set_random_state(state["random"])

    def _check(self, state: dict[str, Any]) -> None:
        """Raise if the backup does not fit the model or, where it matters, the data."""
        what = _difference(state, self._variables, self._layers)
        if what:
            raise ValueError(_OTHER_MODEL.format(folder=self._folder, what=what, owner=_OWNER))
        data = _description(self._source)
        if state["batches"] is not None and state["data"] != data:
            changed = [key for key in data if data[key] != state["data"].get(key)]
            what = ", ".join(f"{key} {state['data'].get(key)}, now {data[key]}" for key in changed)
            raise ValueError(_OTHER_DATA.format(folder=self._folder, what=what, owner=_OWNER))

    # -- saving ------------------------------------------------------------------------

    def save(self, logs: dict[str, Any], epoch: int, batches: int | None = None) -> None:
        """Write the state after `batches` of `epoch`; None: after the epoch."""
        epoch = epoch + 1 if batches is None else epoch
        self._write(self._capture(logs, epoch, batches))

    def _capture(
        self, logs: dict[str, Any], epoch: int, batches: int | None, callbacks: bool = True
    ) -> dict[str, Any]:
        validation = self._validation
        return {
            "format": _FORMAT,
            "first": self._first,
            "epoch": epoch,
            "batches": batches,
            "stop": bool(self._model.stop_training),
            "logs": _plain(logs),
            "seed": self._source.seed,
            "data": _description(self._source),
            "validations": 0 if validation is None else validation.epoch,
            "random": _random_state(),
            "draws": variables.draws(),
            "paths": [variable.path for variable in self._variables],
            "variables": [np.asarray(variable) for variable in self._variables],
            "trainable": [bool(layer.trainable) for layer in self._layers],
            "callbacks": [
                [name, _plain(state)] for name, state in self._run.state_dicts() if callbacks
            ],
        }

    # -- files -------------------------------------------------------------------------

    def _write(self, state: dict[str, Any]) -> None:
        path = self._folder / _STATE
        if self._callback.double_checkpoint and path.exists():
            _keep_as(path, self._folder / _PREVIOUS)
        checkpoint.write(path, state)

    def _read(self) -> dict[str, Any] | None:
        """Return the backup, None if there is none; clear away what a killed process left."""
        if self._folder.exists() and not self._folder.is_dir():
            raise ValueError(f"`{_OWNER}` needs a folder. '{self._folder}' is a file.")
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.glob(f".{_STATE}*.tmp"):
            path.unlink(missing_ok=True)
        found = [self._folder / name for name in _OWN if (self._folder / name).exists()]
        if not found:
            self._refuse_foreign()
            return None
        try:
            return _content(found[0])
        except BadFileError as error:
            if len(found) == 1:
                error.add_note(
                    "Delete the file to train from the start. With "
                    "`BackupAndRestore(double_checkpoint=True)` the backup before is kept as well."
                )
                raise
            warnings.warn(f"{error} Going on from the backup before it.", stacklevel=5)
            return _content(found[1])

    def _refuse_foreign(self) -> None:
        others = sorted(path.name for path in self._folder.iterdir())
        if others:
            files = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
            raise ValueError(_FOREIGN.format(folder=self._folder, files=files, owner=_OWNER))

    def delete(self) -> None:
        """Remove the backup, and the folder if nothing else is in it."""
        for name in _OWN:
            (self._folder / name).unlink(missing_ok=True)
        if not any(self._folder.iterdir()):
            self._folder.rmdir()


def _content(path: Path) -> dict[str, Any]:
    state = checkpoint.read(path)
    if not isinstance(state, dict) or state.get("format") != _FORMAT:
        version = state.get("format") if isinstance(state, dict) else None
        raise BadFileError(
            f"'{path}' is a training state of another version of Addax: format {version}, "
            f"this one reads {_FORMAT}."
        )
    return state


def _keep_as(path: Path, previous: Path) -> None:
    """Give the file a second name, so that there is no moment without it."""
    link = previous.with_name(f".{previous.name}.tmp")
    link.unlink(missing_ok=True)
    try:
        link.hardlink_to(path)
    except (OSError, NotImplementedError):  # not on every file system
        path.replace(previous)
        return
    link.replace(previous)


def _difference(state: dict[str, Any], model: Sequence[Variable], layers: Sequence[Any]) -> str:
    saved, paths = state["variables"], state["paths"]
    if len(saved) != len(model):
        return f"it holds {len(saved)} variables, and this model has {len(model)}"
    for path, value, variable in zip(paths, saved, model, strict=True):
        if value.shape != variable.shape or value.dtype.name != variable.dtype:
            return (
                f"'{path}' has shape {value.shape} and dtype {value.dtype.name}, and "
                f"'{variable.path}' shape {variable.shape} and dtype {variable.dtype}"
            )
    if len(state["trainable"]) != len(layers):
        return f"it has {len(state['trainable'])} layers, and this model {len(layers)}"
    return ""


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if checkpoint.is_plain(value)}


def _description(source: Source) -> dict[str, Any]:
    found: dict[str, Any] = {"batch_size": source.batch_size, "shuffle": source.shuffle}
    if isinstance(source, ArraySource):
        found["samples"] = source.size
    return found


def _random_state() -> list[Any]:
    kind, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)
    return [random.getstate(), (kind, keys, position, has_gauss, gauss)]


def _set_random_state(state: list[Any]) -> None:
    random.setstate(state[0])
    np.random.set_state(state[1])

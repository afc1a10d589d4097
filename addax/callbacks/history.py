"""The record of a training run, which `fit` returns."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from addax.callbacks.base import Callback, Logs
from addax.callbacks.learning_curves import Curve, compare_curves, draw_curves


class History(Callback):
    """Keeps loss and metrics of every epoch; `fit` adds one and returns it.

    Attributes:
        history: dict from a log's name to the list of its values, one per epoch
            (`val_...` only for epochs that were validated).
        epoch: the indices of the epochs that were run, from 0.
        params: `{"verbose": ..., "epochs": ..., "steps": ...}`.

    Example:
        >>> history = History()
        >>> history.on_train_begin()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.on_epoch_end(1, {"loss": 0.25})
        >>> history.epoch, history.history
        ([0, 1], {'loss': [0.5, 0.25]})
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self._epochs_of: dict[str, list[int]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start a new list of epochs; values of an earlier run are kept."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the epoch's logs."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
            self._epochs_of.setdefault(name, []).append(epoch)
        # Not `self.model`, which would bring the weights up to date for nothing.
        if self._model is not None:
            self._model.history = self

    def plot(
        self,
        path: str | os.PathLike[str] | None = None,
        metrics: Iterable[str] | None = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """Draw the learning curves: one panel per metric, training and validation.

        A training value is the average over its epoch, while the model improved; it stands
        for the middle of the epoch. A validation value stands for its end. So the
        training curves are drawn half an epoch further left, which makes the two
        comparable.

        Args:
            path: file to save to; its ending chooses the format (`.png`, `.svg`, `.pdf`).
            metrics: names to draw, without `val_`; None: all.
            figsize: width and height in inches.

        Returns: the matplotlib `Figure`. Without `path` it is left open, for
            `matplotlib.pyplot.show()`.

        Raises:
            ImportError: if matplotlib is missing (`pip install "addax[plot]"`).
            ValueError: if there is nothing to draw, or a name in `metrics` is unknown.
        """
        curves = {name: self._curve(name) for name in self.history}
        return draw_curves(curves, path, metrics, figsize)

    def to_frame(self) -> Any:
        """Return the values as a pandas `DataFrame`: a row per epoch, a column per name.

        The index holds the epochs, from 0. A value that an epoch lacks, such as that of a
        validation that was left out, is NaN.

        Raises:
            ImportError: if pandas is missing.

        Example:
            >>> history = History()
            >>> history.on_epoch_end(0, {"loss": 0.5})
            >>> history.on_epoch_end(1, {"loss": 0.25, "val_loss": 0.75})
            >>> history.to_frame()
                   loss  val_loss
            epoch
            0      0.50       NaN
            1      0.25      0.75
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "`to_frame` needs pandas, which is not installed: pip install pandas"
            ) from error
        curves = {name: self._curve(name) for name in self.history}
        columns = {name: pandas.Series(values, epochs) for name, (epochs, values) in curves.items()}
        frame = pandas.DataFrame(columns)
        frame.index.name = "epoch"
        return frame

    @staticmethod
    def compare(
        histories: Mapping[str, Any],
        path: str | os.PathLike[str] | None = None,
        metrics: Iterable[str] | None = None,
        figsize: tuple[float, float] | None = None,
    ) -> Any:
        """Draw the learning curves of several trainings in one picture.

        There is one panel per metric, and in it a colour per training: dashed for training
        values, half an epoch further left as in `plot`, solid for those of validation.

        Args:
            histories: from a label to a `History`, or to its dict `history`.
            path: file to save to; its ending chooses the format (`.png`, `.svg`, `.pdf`).
            metrics: names to draw: `"loss"` for both curves, `"val_loss"` for validation
                alone; None: all.
            figsize: width and height in inches.

        Returns: the matplotlib `Figure`. Without `path` it is left open.

        Raises:
            ImportError: if matplotlib is missing (`pip install "addax[plot]"`).
            ValueError: if there is nothing to draw, or a name in `metrics` is unknown.

        Example:
            >>> import os, tempfile
            >>> path = os.path.join(tempfile.mkdtemp(), "curves.png")
            >>> runs = {"small": {"val_loss": [0.5, 0.4]}, "large": {"val_loss": [0.4, 0.6]}}
            >>> figure = History.compare(runs, path)
            >>> [line.get_label() for line in figure.axes[0].lines]
            ['small', 'large']
        """
        curves = {label: _curves_of(history) for label, history in histories.items()}
        return compare_curves(curves, path, metrics, figsize)

    def _curve(self, name: str) -> Curve:
        values = self.history[name]
        epochs = self._epochs_of.get(name, [])
        # `history` is a plain dict: someone may have put lists of their own into it.
        if len(epochs) != len(values):
            epochs = list(range(len(values)))
        return epochs, values


def _curves_of(history: Any) -> dict[str, Curve]:
    if isinstance(history, History):
        return {name: history._curve(name) for name in history.history}
    values = getattr(history, "history", history)
    return {name: (list(range(len(column))), list(column)) for name, column in values.items()}

"""The callback that shows the progress of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from addax.callbacks import console
from addax.callbacks.base import BatchMode, Callback, Logs, Mode
from addax.callbacks.progbar import Progbar


class ProgbarLogger(Callback):
    """Prints a progress bar with loss and metrics.

    It is added by itself unless `verbose=0`; within `fit` it shows the training steps,
    and the validation's results when the epoch ends.

    Args:
        count_mode: `"steps"` counts batches. `"samples"` counts samples when the run's
            `params` name `samples` and `batch_size`, and batches otherwise.
        stateful_metrics: accepted for old scripts. Logs hold averages over the epoch
            already, so that all of them are shown as they are.

    Raises:
        ValueError: for any other `count_mode`.

    Example:
        >>> bar = ProgbarLogger()
        >>> bar.set_params({"verbose": 1, "epochs": 2, "steps": 3})
        >>> bar.on_epoch_begin(0)
        Epoch 1/2
        >>> bar.on_epoch_end(0, {"loss": 0.25})
        3/3 ━━━━━━━━━━━━━━━━━━━━ 0s .../step - loss: 0.2500
    """

    batch_hooks: ClassVar[BatchMode] = "chunk"

    def __init__(
        self, count_mode: str = "steps", stateful_metrics: Iterable[str] | None = None
    ) -> None:
        super().__init__()
        if count_mode not in ("steps", "samples"):
            raise ValueError(
                f"Unknown `count_mode`: {count_mode!r}. `ProgbarLogger` takes 'steps' or 'samples'."
            )
        self.count_mode = count_mode
        self.stateful_metrics = stateful_metrics
        self.seen = 0
        self.target: int | None = None
        self.verbose = 1
        self.epochs = 1
        self.progbar: Progbar | None = None
        self._batch_size: int | None = None
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Take `verbose`, `epochs` and `steps`."""
        super().set_params(params)
        verbose = params.get("verbose", 1)
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = params.get("epochs") or 1
        self.target, self._batch_size = params.get("steps"), None
        if self.count_mode == "samples" and params.get("samples") and params.get("batch_size"):
            self.target, self._batch_size = params["samples"], params["batch_size"]

    def state_dict(self) -> dict[str, Any]:
        """Return nothing: the bar of a resumed training is its own."""
        return {}

    def batch_mode(self, mode: Mode) -> BatchMode:
        """Ask for nothing where no bar moves."""
        wish = super().batch_mode(mode)
        # An unknown number of steps must be counted even if only one line is printed.
        still = self.verbose != 1 and (self.verbose == 0 or self.target is not None)
        if wish == "chunk" and (still or (mode == "test" and self._in_fit)):
            return "none"
        return wish

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Note that evaluations from now on are validations, which stay silent."""
        self._in_fit = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Note that `fit` is over."""
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Print `Epoch 1/30` and start a bar."""
        self._start()
        if self.verbose and self.epochs > 1:
            console.write_line(f"Epoch {epoch + 1}/{self.epochs}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Finish the bar with the results of the epoch."""
        self._finish(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start a bar, unless `fit` is validating."""
        if not self._in_fit:
            self._start()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Finish the bar, unless `fit` is validating."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start a bar."""
        self._start()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Finish the bar."""
        self._finish(logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Move the bar."""
        self._move(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Move the bar, unless `fit` is validating."""
        if not self._in_fit:
            self._move(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Move the bar; the outputs are not shown."""
        self._move(batch, None)

    def _start(self) -> None:
        self.seen = 0
        self.progbar = Progbar(
            self.target,
            verbose=self.verbose,
            stateless_metrics=(),
            unit_name="step" if self._batch_size is None else "sample",
        )

    def _move(self, batch: int, logs: Logs | None) -> None:
        self.seen = (batch + 1) * (self._batch_size or 1)
        if self._batch_size is not None and self.target is not None:
            self.seen = min(self.seen, self.target)
        if self.progbar is None:
            self._start()
        if self.verbose == 1 and self.progbar is not None:
            self.progbar.update(self.seen, (logs or {}).items(), finalize=False)

    def _finish(self, logs: Logs | None) -> None:
        if self.progbar is None:
            self._start()
        if self.target is None:
            # From now on the number of steps is known.
            self.target = self.seen
        if self.progbar is not None:
            self.progbar.target = self.target
            # An epoch that was ended early shows how far it came.
            self.progbar.update(self.seen or self.target, (logs or {}).items(), finalize=True)

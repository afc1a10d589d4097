"""A line of numbers per epoch."""

from __future__ import annotations

from typing import Any

from addax.callbacks import Callback


class TermLogger(Callback):
    """Prints loss and metric after each epoch.

    Args:
        epochs: number of epochs.
        show_metric: whether to print metrics too.
        run_id: name of the run, printed first.

    Example:
        >>> TermLogger(10, False).on_epoch_end(0, {"loss": 0.5, "accuracy": 1.0})
        | epoch: 001/010 | loss: 0.50000
    """

    def __init__(self, epochs: int, show_metric: bool, run_id: str | None = None) -> None:
        super().__init__()
        self.epochs = epochs
        self.show_metric = show_metric
        self.run_id = run_id

    def on_train_begin(self, logs: Any = None) -> None:
        """Print the name of the run."""
        if self.run_id:
            print(f"Run id: {self.run_id}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Print the numbers of an epoch."""
        shown = {k: v for k, v in (logs or {}).items() if self.show_metric or k.endswith("loss")}
        numbers = " - ".join(f"{name}: {value:.5f}" for name, value in shown.items())
        print(f"| epoch: {epoch + 1:03d}/{self.epochs:03d} | {numbers}", flush=True)

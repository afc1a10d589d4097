"""Ending the training when the loss is no longer a number."""

from __future__ import annotations

import math
from typing import ClassVar

from addax.callbacks import console
from addax.callbacks.base import BatchMode, Callback, Logs


class TerminateOnNaN(Callback):
    """Stops training at the first batch whose loss is NaN or infinite.

    Args:
        raise_error: whether to raise instead of setting `model.stop_training`; then
            `on_train_end` of the other callbacks is not called.

    Raises:
        RuntimeError: in training, if `raise_error` and the loss is not finite.

    Example:
        >>> from types import SimpleNamespace
        >>> model = SimpleNamespace(stop_training=False)
        >>> callback = TerminateOnNaN()
        >>> callback.set_model(model)
        >>> callback.on_train_batch_end(7, {"loss": float("nan")})
        Batch 7: Invalid loss, terminating training
        >>> model.stop_training
        True
    """

    # It does not look at the weights, so the logs may come after the compiled call.
    batch_hooks: ClassVar[BatchMode] = "replay"

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"The loss became NaN or infinite at batch {batch}. Received: loss={loss}"
            )
        console.write_line(f"Batch {batch}: Invalid loss, terminating training")
        # Not `self.model`: the flag needs no weights.
        self._model.stop_training = True

"""Evaluation with the running averages of the weights."""

from __future__ import annotations

from typing import Any

from addax.callbacks.base import Callback, Logs


class SwapEMAWeights(Callback):
    """Puts the averages that the optimizer keeps of the weights in their place to evaluate.

    The optimizer must be made with `use_ema=True`. After each validation, `evaluate` or
    `predict`, the weights are put back.

    Args:
        swap_on_epoch: whether the averages are in place at the end of each epoch already, for
            callbacks behind this one, such as `ModelCheckpoint`, until the next epoch begins.

    Raises:
        ValueError: when it begins, if the optimizer keeps no averages.

    Example:
        >>> import numpy as np
        >>> import addax
        >>> model = addax.Sequential([addax.Input((1,)), addax.layers.Dense(1)])
        >>> model.compile(addax.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
        >>> x = np.ones((4, 1))
        >>> history = model.fit(
        ...     x, x, validation_data=(x, x), callbacks=[SwapEMAWeights()], verbose=0
        ... )
        >>> sorted(history.history)
        ['loss', 'val_loss']
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self.swapped = False

    def _pairs(self) -> list[tuple[Any, Any]]:
        """Return each weight with its average."""
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if not getattr(optimizer, "use_ema", False):
            raise ValueError(
                "`SwapEMAWeights` needs an optimizer that keeps averages of the weights: make it "
                f"with `use_ema=True`. Received: optimizer={optimizer!r}"
            )
        slots = optimizer._slots.items()
        return [(weight, held["average"]) for weight, held in slots if "average" in held]

    def _swap(self) -> None:
        for weight, average in self._pairs():
            value = weight.raw
            weight.assign(average.raw)
            average.assign(value)
        self.swapped = not self.swapped

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the weights back, with `swap_on_epoch`."""
        if self.swapped:
            self._swap()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the averages in place, with `swap_on_epoch`."""
        if self.swap_on_epoch and not self.swapped:
            self._swap()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Check the optimizer."""
        self.swapped = False
        self._pairs()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Leave the averages in place: training ends with them."""
        if not self.swapped:
            return
        for weight, average in self._pairs():
            average.assign(weight.raw)
        self.swapped = False

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Put the averages in place."""
        if not self.swapped:
            self._swap()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        if self.swapped:
            self._swap()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Put the averages in place."""
        if not self.swapped:
            self._swap()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        if self.swapped:
            self._swap()

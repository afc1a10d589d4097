"""The learning-rate finder: how the loss answers to rates from tiny to too large."""

from __future__ import annotations

import contextlib
import math
import os
import random
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from addax import errors
from addax.callbacks import Callback
from addax.core import variable as variables

# The loss turns where the rate is too large; a good one is that many times smaller.
_BELOW_THE_TURN = 10.0
# Steps over which the loss is averaged, as a share of all.
_WINDOW = 0.05
_MEMORY = 0.9

_STILL_FALLING = (
    "The loss of model '{name}' still falls at the learning rate {rate:.3g}, so the suggested rate "
    "may be too small. Pass a larger `max_lr` to `find_lr`."
)
_NEVER_FALLS = (
    "The loss of model '{name}' does not fall at any learning rate above {rate:.3g}. Pass a "
    "smaller `min_lr` to `find_lr`, or look at the data and the loss."
)


class LearningRateCurve:
    """What `find_lr` found: the loss at each learning rate.

    Attributes:
        rates: the learning rates that were tried, shape `(n,)`.
        losses: the loss of one batch at each, shape `(n,)`.
        smoothed: the loss averaged over neighbouring steps, shape `(n,)`.
        turning_point: the rate at which the smoothed loss is smallest, before it climbs.
        suggestion: a tenth of it, a good rate to train with.

    Example:
        >>> rates = np.geomspace(1e-3, 1, 60)
        >>> curve = LearningRateCurve(rates, (np.log10(rates) + 1.0) ** 2)
        >>> round(curve.turning_point, 2), round(curve.suggestion, 3)
        (0.1, 0.01)
    """

    def __init__(self, rates: Any, losses: Any) -> None:
        self.rates = np.asarray(rates, "float64")
        self.losses = np.asarray(losses, "float64")
        self.smoothed = _smoothed(self.losses)
        self.turning_point = float(self.rates[np.argmin(self.smoothed)])
        self.suggestion = self.turning_point / _BELOW_THE_TURN

    def __float__(self) -> float:
        return self.suggestion

    def __repr__(self) -> str:
        return (
            f"LearningRateCurve(suggestion={self.suggestion:.3g}, "
            f"turning_point={self.turning_point:.3g}, steps={len(self.rates)})"
        )

    def plot(
        self,
        path: str | os.PathLike[str] | None = None,
        figsize: tuple[float, float] = (6.4, 4.0),
    ) -> Any:
        """Draw the loss over the learning rate, which has a logarithmic axis.

        Args:
            path: file to save to; its ending chooses the format (`.png`, `.svg`, `.pdf`).
            figsize: width and height in inches.

        Returns: the matplotlib `Figure`. Without `path` it is left open.

        Raises:
            ImportError: if matplotlib is missing (`pip install "addax[plot]"`).
        """
        try:
            from matplotlib import pyplot
        except ImportError as error:
            raise ImportError(
                "Drawing needs matplotlib, which is not installed. Install it with the extra "
                '`plot`: pip install "addax[plot]"'
            ) from error
        figure, panel = pyplot.subplots(figsize=figsize, layout="constrained")
        panel.plot(self.rates, self.losses, color="C0", alpha=0.3, label="batch")
        panel.plot(self.rates, self.smoothed, color="C0", label="smoothed")
        panel.axvline(self.turning_point, color="C1", ls=":", label="turning point")
        label = f"suggested: {self.suggestion:.2g}"
        panel.axvline(self.suggestion, color="C2", ls="--", label=label)
        low, high = self.smoothed.min(), self.smoothed[: max(1, len(self.smoothed) // 2)].max()
        margin = 0.15 * max(high - low, 1e-12)
        panel.set_ylim(low - margin, high + 2 * margin)
        panel.set(xscale="log", xlabel="learning rate", ylabel="loss")
        panel.grid(alpha=0.3)
        panel.legend()
        if path is not None:
            figure.savefig(path)
            pyplot.close(figure)
        return figure


def _smoothed(losses: np.ndarray) -> np.ndarray:
    """Return the average over a window around each step, cut off at the ends."""
    half = max(1, round(len(losses) * _WINDOW)) // 2
    weights = np.ones(2 * half + 1)
    count = np.convolve(np.ones(len(losses)), weights, "full")[half : half + len(losses)]
    return np.convolve(losses, weights, "full")[half : half + len(losses)] / count


class _Finished(Exception):
    """Leaves `fit` in the middle of an epoch."""


class _Sweep(Callback):
    """Sets the rate before each step, and notes the loss of each batch by itself."""

    def __init__(self, rates: np.ndarray) -> None:
        super().__init__()
        self.rates = rates
        self.losses: list[float] = []
        self._average = self._best = self._first = math.nan

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._model.optimizer.learning_rate = self.rates[len(self.losses)]
        self._model.reset_metrics()  # else the logs hold the mean over the epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if "loss" not in (logs or {}):
            raise ValueError(
                "`find_lr` needs a log named 'loss' from `train_step`. "
                f"Received: {sorted(logs or {})}"
            )
        loss = float(logs["loss"])
        if not math.isfinite(loss) or self._explodes(loss):
            raise _Finished
        self.losses.append(loss)
        if len(self.losses) == len(self.rates):
            raise _Finished

    def _explodes(self, loss: float) -> bool:
        """Say whether the loss has climbed far above where it began."""
        if not self.losses:
            self._average = self._best = self._first = loss
            return False
        self._average = _MEMORY * self._average + (1 - _MEMORY) * loss
        self._best = min(self._best, self._average)
        fallen = max(self._first - self._best, 0.25 * abs(self._first))
        return self._average > self._best + 4 * fallen


def search(model: Any, min_lr: float, max_lr: float, steps: int, **data: Any) -> LearningRateCurve:
    """Train with growing rates, and put everything back as it was; see `Trainer.find_lr`."""
    errors.positive_int("find_lr", "steps", steps)
    if not 0 < min_lr < max_lr:
        raise ValueError(
            "`min_lr` and `max_lr` of `find_lr` must be two numbers with 0 < min_lr < max_lr. "
            f"Received: min_lr={min_lr}, max_lr={max_lr}"
        )
    factor = math.exp(math.log(max_lr / min_lr) / steps)
    sweep = _Sweep(min_lr * factor ** np.arange(steps))
    keep = _Keep()
    with _untouched(model, keep), contextlib.suppress(_Finished):
        model.fit(**data, epochs=steps, verbose=0, callbacks=[keep, sweep])
    if not sweep.losses:
        raise ValueError(
            f"The loss of model '{model.name}' is not finite at the learning rate {min_lr}. Look "
            "for NaN in the data, scale the inputs, or pass a smaller `min_lr` to `find_lr`."
        )
    curve = LearningRateCurve(sweep.rates[: len(sweep.losses)], sweep.losses)
    _warn_of_ends(model, curve, complete=len(sweep.losses) == steps)
    return curve


def _warn_of_ends(model: Any, curve: LearningRateCurve, complete: bool) -> None:
    place = int(np.argmin(curve.smoothed))
    margin = max(1, round(len(curve.rates) * _WINDOW))
    if complete and place >= len(curve.rates) - margin:
        text, rate = _STILL_FALLING, curve.rates[-1]
    elif place < margin:
        text, rate = _NEVER_FALLS, curve.rates[0]
    else:
        return
    warnings.warn(text.format(name=model.name, rate=rate), UserWarning, stacklevel=4)


class _Keep(Callback):
    """Copies the state of the model when it is built and training has not begun."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[tuple[Any, np.ndarray]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        runner = self._model._runner("train")
        self.values = [(v, np.asarray(v)) for v in (*runner.carried, *runner.fixed)]


@contextlib.contextmanager
def _untouched(model: Any, keep: _Keep) -> Iterator[None]:
    """Put back weights, optimizer, metrics, seeds and learning rate after the block."""
    model._need_compiled("find_lr")
    if model.optimizer is None:
        raise ValueError(
            f"`find_lr` needs an optimizer. Model '{model.name}' was compiled with optimizer=None."
        )
    history, was_built, draws = model.history, model.built, variables.draws()
    state = random.getstate(), np.random.get_state()
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    rate = optimizer._schedule, optimizer._learning_rate
    if rate[0] is not None:  # a schedule cannot be swept
        optimizer._schedule = None
        optimizer.learning_rate = 0.0
    try:
        yield
    finally:
        optimizer._schedule, optimizer._learning_rate = rate
        for variable, value in keep.values:
            variable.assign(value)
        model.history, model.stop_training, model._sample = history, False, None
        random.setstate(state[0])
        np.random.set_state(state[1])
        if was_built:  # else its layers have drawn their seeds meanwhile, for good
            variables.restore_draws(draws)

"""What callbacks share that watch one quantity and ask whether it got better."""

from __future__ import annotations

import math
import re
import warnings
from typing import Any, ClassVar

from addax.callbacks.base import Callback, Logs
from addax.core.registry import Configurable

_HIGHER = (
    "acc accuracy auc precision recall f1 fbeta f_beta iou io_u dice_coef dice_coefficient r2 "
    "cosine_similarity correlation concordance sensitivity specificity "
    "true_positives true_negatives psnr ssim bleu rouge"
)
_LOWER = (
    "loss error mse mae mape msle rmse crossentropy hinge poisson divergence kld logcosh "
    "log_cosh perplexity false_positives false_negatives"
)
_DIRECTIONS = {name: "max" for name in _HIGHER.split()} | {name: "min" for name in _LOWER.split()}
_WORD = re.compile(rf"(?:^|(?<=_))({'|'.join(_DIRECTIONS)})\d*(?=_|$)")

_NO_DIRECTION = (
    "{owner} received monitor={monitor!r} and cannot tell whether higher or lower values are "
    "better. Pass `mode='max'` or `mode='min'`."
)


class MonitorCallback(Configurable, Callback):
    """Base of callbacks that watch one quantity of the logs.

    Args:
        monitor: name in the logs, such as `"val_loss"`.
        mode: `"min"`, `"max"`, or `"auto"`, which asks the metric of that name, or the name:
            losses and errors go down, accuracies go up.
        best: value to beat from the start; None: the first value is the best so far.
        min_delta: by how much a value must be better to count; its sign is ignored.

    Example:
        >>> callback = MonitorCallback("val_accuracy")
        >>> callback.is_improvement(0.9, 0.8)
        True
    """

    # `Configurable` is where `compat` translates old keyword arguments.
    _registry_kind: ClassVar[str] = "callbacks"

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        best: float | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"`mode` of `{type(self).__name__}` must be one of 'auto', 'min', 'max'. "
                f"Received: {mode!r}; going on with 'auto'.",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.best = best
        self.min_delta = abs(min_delta)
        self._direction: str | None = None
        self._has_warned = False

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Say whether `value` is better than `reference` by more than `min_delta`.

        NaN never is; any other value is better than None.

        Raises:
            ValueError: if `mode="auto"` and the direction cannot be told.
        """
        if self._direction is None:
            self._direction = self._find_direction()
        if math.isnan(value):
            return False
        if reference is None:
            return True
        if self._direction == "min":
            return value + self.min_delta < reference
        return value - self.min_delta > reference

    def monitored(self, logs: Logs | None, consequence: str) -> float | None:
        """Return the watched value, or None with one warning if it is missing.

        Args:
            logs: the logs of a batch or an epoch.
            consequence: what happens without it, to end the warning with.
        """
        logs = logs or {}
        value = logs.get(self.monitor)
        if value is not None and not getattr(value, "ndim", 0):
            return float(value)
        if not self._has_warned:
            self._has_warned = True
            state = "not available" if value is None else "not a single number"
            warnings.warn(
                f"{type(self).__name__} watches `{self.monitor}`, which is {state}. "
                f"Available are: {', '.join(logs) or 'none'}. {consequence}",
                stacklevel=4,
            )
        return None

    def _find_direction(self) -> str:
        if self.mode != "auto":
            return self.mode
        name = self.monitor.removeprefix("val_")
        words = _WORD.findall(name)
        direction = _direction_of_metric(self._model, name)
        if direction is None and words:
            # The metric's name comes last, after that of the output.
            direction = _DIRECTIONS[words[-1]]
        if direction is None:
            raise ValueError(_NO_DIRECTION.format(owner=type(self).__name__, monitor=self.monitor))
        return direction


def _direction_of_metric(model: Any, name: str) -> str | None:
    """Return the direction that the model's metric of this name declares, if any."""
    for metric in getattr(model, "metrics", None) or ():
        declared = getattr(metric, "direction", None) or getattr(metric, "_direction", None)
        if getattr(metric, "name", None) == name and declared in ("up", "down"):
            return "max" if declared == "up" else "min"
    return None

"""Base of metrics that count right and wrong decisions."""

from __future__ import annotations

from typing import Any, ClassVar

from addax.metrics.base import Metric
from addax.metrics.counts import Thresholds, confusion_counts

OUTCOMES = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class Counted(Metric):
    """Holds some of the four counts, one number per threshold.

    A subclass says in `_tracked` which: the index in `OUTCOMES` by the variable's name.
    """

    _tracked: ClassVar[dict[str, int]]
    _thresholds: Thresholds

    def _add_counts(self, shape: tuple[int, ...]) -> None:
        for name in self._tracked:
            setattr(self, name, self.add_variable(shape, name=name))

    def _counts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._tracked)

    def _count(self, y_true: Any, y_pred: Any, sample_weight: Any, **options: Any) -> None:
        counts = confusion_counts(
            y_true, y_pred, sample_weight, self._thresholds, dtype=self.dtype, **options
        )
        for name, outcome in self._tracked.items():
            getattr(self, name).assign_add(counts[outcome])

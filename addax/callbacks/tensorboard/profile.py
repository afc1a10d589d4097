"""The profiler, switched on for some batches."""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from typing import Any

from addax.engine import profiler


class Profile:
    """Records the batches that a `profile_batch` asks for.

    Args:
        batches: a number, a pair, or text such as `"10,20"`; 0 for none.
        log_dir: where the record goes.

    Raises:
        ValueError: if `batches` is none of these.
    """

    def __init__(self, batches: Any, log_dir: str) -> None:
        self.first, self.last = _range(batches)
        self._log_dir = log_dir
        self._running = False
        self._step: AbstractContextManager[Any] | None = None
        self.wanted = self.first > 0

    def step_begin(self, number: int) -> None:
        """Start before the first batch of the range, counted from 1."""
        # A later `fit` goes on counting, and the range may lie behind it.
        if self.wanted and not self._running and self.first <= number <= self.last:
            self._start()
        if self._running:
            self._step = profiler.profile_step("train", number)
            self._step.__enter__()

    def step_end(self, number: int) -> None:
        """Stop after the last batch of the range."""
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None
        if self._running and number >= self.last:
            self.stop()

    def _start(self) -> None:
        try:
            profiler.start_profile(self._log_dir)
        except RuntimeError as error:  # somebody else is recording
            self.wanted = False
            warnings.warn(f"The profiler could not be started: {error}", stacklevel=2)
        else:
            self._running = True

    def stop(self) -> None:
        """Write the record if one is being made."""
        if self._running:
            self._running = self.wanted = False
            profiler.stop_profile()


def _range(batches: Any) -> tuple[int, int]:
    given = batches
    try:
        if isinstance(batches, str):
            batches = [int(part) for part in batches.split(",")]
        if isinstance(batches, (list, tuple)):
            first, last = (batches[0], batches[0]) if len(batches) == 1 else batches
        else:
            first = last = batches
        first, last = int(first or 0), int(last or 0)
    except (TypeError, ValueError):
        first, last = -1, -1
    if first < 0 or last < first:
        raise ValueError(
            "`profile_batch` of `TensorBoard` must be the number of a batch, or a pair of first "
            f"and last, counted from 1; 0 for none. Received: profile_batch={given!r}"
        )
    return first, last

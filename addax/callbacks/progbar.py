"""The progress bar."""

from __future__ import annotations

import math
import os
import re
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from addax.callbacks import console

_ANSI = re.compile(r"\x1b\[\d+m")
_BOLD, _GREEN, _GREY = 1, 32, 37

# A terminal line is redrawn in place; a file grows, so it gets this many times fewer lines.
_FILE_INTERVAL_FACTOR = 200


class Progbar:
    """Prints `12/40 ━━━━━ 3s 20ms/step - loss: 0.31` and keeps it up to date.

    Args:
        target: number of steps in all; None if unknown.
        width: width of the bar in characters.
        verbose: 0 prints nothing, 1 a bar, 2 one line at the end.
        interval: least time between two updates on a terminal, in seconds. What goes to
            a file gets a line 200 times less often (0.05: every 10 s), and no colors.
        stateful_metrics: names of values to show as they come; others are averaged
            over the steps, except in the last update, which shows what it is given.
        stateless_metrics: names of values to average; others are shown as they come.
            Give one of the two at most.
        unit_name: what a step is called, as in `20ms/step`.

    Raises:
        ValueError: if both `stateful_metrics` and `stateless_metrics` are given.

    Example:
        >>> bar = Progbar(3, unit_name="file")
        >>> for i in range(3):
        ...     bar.add(1, [("size", i)])
        3/3 ━━━━━━━━━━━━━━━━━━━━ 0s .../file - size: 2.0000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "`Progbar` takes `stateful_metrics` or `stateless_metrics`, not both. "
                f"Received: {stateful_metrics=}, {stateless_metrics=}"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._dynamic = _redraws(sys.stdout)
        self.interval = interval
        self._pause = interval * (1 if self._dynamic else _FILE_INTERVAL_FACTOR)
        self._seen_so_far = 0
        self._sums: dict[str, tuple[Any, float]] = {}
        self._start = time.perf_counter()
        self._last_update = -math.inf if self._dynamic or not interval else self._start
        self._first: tuple[int, float] | None = None
        self._drawn_width = 0

    def update(
        self,
        current: int,
        values: Iterable[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Show that `current` steps are done.

        Args:
            current: number of steps done so far.
            values: pairs of name and value for the last step.
            finalize: whether this is the last update; None: when `target` is reached.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        self._record(current, values or (), finalize)
        now = time.perf_counter()
        seconds = self._seconds_per_step(current, now)
        if self.verbose == 1 and (finalize or now - self._last_update >= self._pause):
            self._draw(current, now, seconds, finalize)
            self._last_update = now
        elif self.verbose == 2 and finalize and self.target:
            count, elapsed = self._count(current), f"{now - self._start:.0f}s"
            rate, metrics = _rate(seconds, self.unit_name), self._metrics()
            console.write_line(f"{count} - {elapsed} - {rate}{metrics}")

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Show that `n` more steps are done; `values` as in `update`."""
        self.update(self._seen_so_far + n, values)

    def _record(self, current: int, values: Iterable[tuple[str, Any]], finalize: bool) -> None:
        """Add the values to the averages, weighted by the number of steps they stand for."""
        weight = max(current - self._seen_so_far, 1)
        for name, value in values:
            if finalize or not self._is_averaged(name) or isinstance(value, str):
                self._sums[name] = (value, 1)
            else:
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value * weight, count + weight)
        self._seen_so_far = current

    def _is_averaged(self, name: str) -> bool:
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return name not in self.stateful_metrics

    def _seconds_per_step(self, current: int, now: float) -> float:
        """Estimate it from what followed the first update, which includes compilation."""
        if not current:
            return 0.0
        if self._first is None:
            self._first = (current, now)
        first, then = self._first
        if current > first:
            return (now - then) / (current - first)
        return (now - self._start) / current

    def _draw(self, current: int, now: float, seconds: float, finalize: bool) -> None:
        if self.target and not finalize:
            clock = _eta(seconds * (self.target - current))
        else:
            clock = f"{now - self._start:.0f}s"
        line = (
            f"{self._bar(current)} {self._paint(_BOLD, clock)} "
            f"{_rate(seconds, self.unit_name)}{self._metrics()}"
        )
        if not self._dynamic:
            console.write_line(line)
            return
        width = len(_ANSI.sub("", line))
        rest = " " * max(self._drawn_width - width, 0)
        back = "\b" * self._drawn_width + "\r"
        console.write(f"{back}{line}{rest}{chr(10) if finalize else ''}")
        self._drawn_width = width

    def _count(self, current: int) -> str:
        digits = len(str(self.target))
        return f"{current:{digits}d}/{self.target}"

    def _bar(self, current: int) -> str:
        if not self.target:
            return f"{current:7d}/Unknown"
        done = min(int(self.width * current / self.target), self.width)
        full = self._paint(_GREEN, "━" * done) if done else ""
        # Without colors the part to come needs a character of its own.
        rest = self._paint(_GREY, ("━" if self._dynamic else " ") * (self.width - done))
        return f"{self._paint(_BOLD, self._count(current))} {full}{rest}"

    def _paint(self, code: int, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._dynamic else text

    def _metrics(self) -> str:
        return "".join(
            f" - {name}: {_number(total, count)}" for name, (total, count) in self._sums.items()
        )


def _redraws(stream: Any) -> bool:
    """Say whether `stream` is a terminal or notebook, where a line can be drawn again."""
    isatty = getattr(stream, "isatty", None)
    notebook = "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ
    return bool((isatty is not None and isatty()) or notebook)


def _number(total: Any, count: float) -> str:
    if isinstance(total, str):
        return total
    mean = float(np.mean(total)) / max(1, count)
    return f"{mean:.4f}" if abs(mean) > 1e-3 else f"{mean:.4e}"


def _eta(seconds: float) -> str:
    if seconds > 3600:
        return f"{seconds // 3600:.0f}:{seconds % 3600 // 60:02.0f}:{int(seconds % 60):02d}"
    if seconds > 60:
        return f"{seconds // 60:.0f}:{int(seconds % 60):02d}"
    return f"{int(seconds)}s"


def _rate(seconds: float, unit: str) -> str:
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/{unit}"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms/{unit}"
    return f"{seconds * 1e6:.0f}us/{unit}"

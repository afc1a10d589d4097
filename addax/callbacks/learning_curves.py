"""Pictures of loss and metrics over the epochs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from addax import errors

Curve = tuple[list[int], list[Any]]

_NO_MATPLOTLIB = (
    "Drawing learning curves needs matplotlib, which is not installed. Install it with the "
    'extra `plot`: pip install "addax[plot]"'
)
_MAX_COLUMNS = 3


def draw_curves(
    curves: Mapping[str, Curve],
    path: str | os.PathLike[str] | None,
    metrics: Iterable[str] | None,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw one panel per metric, with the training curve half an epoch to the left.

    Args:
        curves: from a log's name to its epochs (from 0) and values.
        path: file to save to, or None.
        metrics: names to draw, without `val_`; None: all.
        figsize: width and height in inches, or None.

    Returns: the matplotlib `Figure`.

    Raises:
        ImportError: if matplotlib is missing.
        ValueError: if there is nothing to draw, or a name is unknown.
    """
    names = _panel_names(curves, metrics)
    pyplot = _pyplot()
    columns = min(len(names), _MAX_COLUMNS)
    rows = -(-len(names) // columns)
    figure, axes = pyplot.subplots(
        rows,
        columns,
        figsize=figsize or (4.8 * columns, 3.6 * rows),
        squeeze=False,
        layout="constrained",
    )
    for panel, name in zip(axes.flat, names, strict=False):
        _draw_panel(panel, name, curves)
    for panel in axes.flat[len(names) :]:
        panel.set_axis_off()
    if path is not None:
        figure.savefig(path)
        # It has been delivered: do not let it pile up among the open ones.
        pyplot.close(figure)
    return figure


def _pyplot() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(_NO_MATPLOTLIB) from error
    return pyplot


def _panel_names(curves: Mapping[str, Curve], metrics: Iterable[str] | None) -> list[str]:
    """Return the names of the panels, the loss first."""
    known = list(dict.fromkeys(name.removeprefix("val_") for name in curves))
    if not known:
        raise ValueError("There are no learning curves to draw yet: train for an epoch first.")
    if metrics is None:
        return sorted(known, key=lambda name: (name != "loss", known.index(name)))
    wanted = [metrics] if isinstance(metrics, str) else list(metrics)
    for name in wanted:
        errors.one_of("plot", "metrics", name, known)
    return wanted


def _draw_panel(panel: Any, name: str, curves: Mapping[str, Curve]) -> None:
    for key, label, shift in ((name, "training", 0.5), (f"val_{name}", "validation", 0.0)):
        epochs, values = curves.get(key, ([], []))
        if epochs:
            # A learning rate is no average over the epoch.
            shift = 0.0 if name.startswith("learning_rate") else shift
            line = np.asarray(epochs) + 1 - shift
            style = ".-" if len(epochs) < 50 else "-"
            panel.plot(line, values, style, label=label)
    panel.set_xlabel("epoch")
    panel.set_title(name)
    panel.grid(alpha=0.3)
    if f"val_{name}" in curves:
        panel.legend()

"""Pictures of loss and metrics over the epochs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
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
    return _draw_panels(names, lambda panel, name: _draw_panel(panel, name, curves), path, figsize)


def compare_curves(
    runs: Mapping[str, Mapping[str, Curve]],
    path: str | os.PathLike[str] | None,
    metrics: Iterable[str] | None,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw one panel per metric, with the curves of all runs.

    Args:
        runs: from a label to the curves of that run, see `draw_curves`.
        path: file to save to, or None.
        metrics: names to draw; one with `val_` draws the validation alone; None: all.
        figsize: width and height in inches, or None.

    Returns: the matplotlib `Figure`.

    Raises:
        ImportError: if matplotlib is missing.
        ValueError: if there is nothing to draw, or a name is unknown.
    """
    known = {name: curve for curves in runs.values() for name, curve in curves.items()}
    chosen = [metrics] if isinstance(metrics, str) else metrics
    alone = [name for name in chosen or () if name.startswith("val_") and name in known]
    rest = None if chosen is None else [name for name in chosen if name not in alone]
    names = [*alone, *(_panel_names(known, rest) if rest or not alone else [])]
    return _draw_panels(names, lambda panel, name: _draw_runs(panel, name, runs), path, figsize)


def _draw_panels(
    names: list[str],
    draw: Callable[[Any, str], None],
    path: str | os.PathLike[str] | None,
    figsize: tuple[float, float] | None,
) -> Any:
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
        draw(panel, name)
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
            style = ".-" if len(epochs) < 50 else "-"
            panel.plot(_places(name, epochs, shift), values, style, label=label)
    _finish(panel, name)
    if f"val_{name}" in curves:
        panel.legend()


def _places(name: str, epochs: list[int], shift: float) -> np.ndarray:
    """Return where on the axis the values of these epochs stand."""
    # A learning rate is no average over the epoch.
    shift = 0.0 if name.startswith("learning_rate") else shift
    return np.asarray(epochs) + 1 - shift


def _draw_runs(panel: Any, name: str, runs: Mapping[str, Mapping[str, Curve]]) -> None:
    kinds = [(name, "-", 0.0)] if name.startswith("val_") else [(f"val_{name}", "-", 0.0)]
    if not name.startswith("val_"):
        kinds.append((name, "--", 0.5))
    for number, (label, curves) in enumerate(runs.items()):
        drawn = [(curves[key], style, shift) for key, style, shift in kinds if key in curves]
        for place, ((epochs, values), style, shift) in enumerate(drawn):
            panel.plot(
                _places(name, epochs, shift),
                values,
                style,
                color=f"C{number}",
                label=label if place == 0 else f"{label} (training)",
            )
    _finish(panel, name)
    panel.legend()


def _finish(panel: Any, name: str) -> None:
    panel.set_xlabel("epoch")
    panel.set_title(name)
    panel.grid(alpha=0.3)

"""Boxes and arrows as a `pydot` graph, or drawn with Matplotlib where Graphviz is missing."""

from __future__ import annotations

import html
from typing import Any

from addax.utils.boxes import Box, Boxes

_NO_PICTURE = (
    "`plot_model` needs Graphviz (https://graphviz.org/download/, Debian: apt-get install graphviz)"
    " with the package `pydot`, or Matplotlib. Install both packages: pip install 'addax[plot]'. "
    "To write the graph as text, which needs only `pydot`: plot_model(model, 'model.dot')"
)
_LINE, _GAP, _CHARACTER, _MARGIN = 0.22, 0.45, 0.095, 0.25  # inches


def fill_dot(pydot: Any, graph: Any, content: Boxes) -> None:
    """Put boxes, frames and arrows into a graph of `pydot`."""
    frames: dict[str, Any] = {"": graph}
    for name, label in content.frames.items():
        frames[name] = pydot.Cluster(graph_name=_quoted(name), label=_quoted(label), style="dashed")
    for box in content.boxes.values():
        label = _table(box)
        node = pydot.Node(_quoted(box.name), label=label, shape="none", margin="0")
        frames[box.frame].add_node(node)
    for name in reversed(content.frames):  # inner ones first: they are copied into outer ones
        outer = next((f for f in reversed(content.frames) if name.startswith(f"{f}/")), "")
        frames[outer].add_subgraph(frames[name])
    for source, target in content.arrows:
        graph.add_edge(pydot.Edge(_quoted(source), _quoted(target)))


def _quoted(name: str) -> str:
    """Return a name as Graphviz takes it, whatever is in it."""
    return name if name.isidentifier() else '"' + name.replace('"', "'") + '"'


def _table(box: Box) -> str:
    rows = "".join(f"<tr><td>{html.escape(row)}</td></tr>" for row in box.rows)
    title = f'<tr><td bgcolor="#dbe7f5"><b>{html.escape(box.title)}</b></td></tr>'
    return (
        f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="6">{title}{rows}</table>>'
    )


def draw(content: Boxes, path: str, rankdir: str = "TB", dpi: int = 200) -> None:
    """Draw with Matplotlib: boxes in rows by their distance from the inputs.

    Args:
        content: what to draw; nested models get no frame.
        path: the file.
        rankdir: direction of the arrows.
        dpi: dots per inch.

    Raises:
        ImportError: if Matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import FancyBboxPatch
    except ImportError as error:
        raise ImportError(_NO_PICTURE) from error

    width, height = _size(content)
    places = _places(content, width, height, rankdir)
    right = max(x for x, _ in places.values()) + width / 2 + _MARGIN
    top = max(y for _, y in places.values()) + height / 2 + _MARGIN
    figure = Figure(figsize=(right, top))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, right), ylim=(0, top))
    axes.axis("off")
    for name, (x, y) in places.items():
        corner = (x - width / 2, y - height / 2)
        style = "round,pad=0,rounding_size=0.06"
        axes.add_patch(
            FancyBboxPatch(corner, width, height, boxstyle=style, fc="#eef3fa", ec="#456")
        )
        box = content.boxes[name]
        lines = [box.title, *box.rows]
        for i, line in enumerate(lines):
            level = y + (len(lines) / 2 - i - 0.5) * _LINE
            weight = "bold" if i == 0 else "normal"
            axes.text(x, level, line, ha="center", va="center", fontsize=9, weight=weight)
    _draw_arrows(axes, content, places, (width, height), rankdir)
    figure.savefig(path, dpi=dpi)


def _size(content: Boxes) -> tuple[float, float]:
    texts = [(box.title, *box.rows) for box in content.boxes.values()]
    longest = max(len(line) for lines in texts for line in lines)
    return 0.3 + longest * _CHARACTER, 0.16 + max(map(len, texts)) * _LINE


def _places(
    content: Boxes, width: float, height: float, rankdir: str
) -> dict[str, tuple[float, float]]:
    """Return the middle of each box, in inches from the lower left corner."""
    rank = dict.fromkeys(content.boxes, 0)
    for _ in content.boxes:  # longest paths; arrows may come in any order
        for source, target in content.arrows:
            rank[target] = max(rank[target], rank[source] + 1)
    rows: dict[int, list[str]] = {}
    for name in content.boxes:
        rows.setdefault(rank[name], []).append(name)
    widest, last = max(map(len, rows.values())), max(rows)
    sideways = rankdir in ("LR", "RL")
    across, along = (height, width) if sideways else (width, height)
    found = {}
    for number, names in rows.items():
        for i, name in enumerate(names):
            a = _MARGIN + (i + 0.5 + (widest - len(names)) / 2) * (across + _GAP) - _GAP / 2
            steps = number if rankdir in ("LR", "BT") else last - number
            b = _MARGIN + along / 2 + steps * (along + _GAP)
            found[name] = (b, a) if sideways else (a, b)
    return found


def _draw_arrows(
    axes: Any,
    content: Boxes,
    places: dict[str, tuple[float, float]],
    size: tuple[float, float],
    rankdir: str,
) -> None:
    """Draw arrows from edge to edge of the boxes."""
    dx, dy = {"TB": (0, -1), "BT": (0, 1), "LR": (1, 0), "RL": (-1, 0)}[rankdir]
    shift = (dx * size[0] / 2, dy * size[1] / 2)
    for source, target in content.arrows:
        begin = (places[source][0] + shift[0], places[source][1] + shift[1])
        end = (places[target][0] - shift[0], places[target][1] - shift[1])
        # an arrow that passes other boxes goes around them
        far = abs((end[0] - begin[0]) * dx + (end[1] - begin[1]) * dy) > 1.5 * _GAP
        bend = "arc3,rad=0.4" if far else "arc3"
        style = {"arrowstyle": "-|>", "color": "#456", "connectionstyle": bend}
        axes.annotate("", end, begin, arrowprops=style)

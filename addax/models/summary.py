"""The table of a model's layers, in the form of Keras 3."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from addax.core.graph import Node
from addax.core.tensor import Symbolic
from addax.core.variable import Variable
from addax.layers.base import Layer
from addax.models.op_config import op_class

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.table import Table

_WIDTH = 76
_CHAIN_ENDS = (0.45, 0.80, 1.0)
_GRAPH_ENDS = (0.30, 0.56, 0.74, 1.0)
_TRAINABLE_SHARE = 0.1
_INDENT = "   "
_JUSTIFY: dict[str, JustifyMethod] = {"Param #": "right", "Trainable": "center"}
_UNITS = ("B", "KB", "MB", "GB", "TB", "PB")


@dataclasses.dataclass(frozen=True)
class _Row:
    name: str
    kind: str
    shape: str
    parameters: str
    connected: str
    trainable: str


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[..., Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> None:
    """Print the table; see `Model.summary`.

    Raises:
        ValueError: if `layer_range` does not name two layers.
    """
    from rich.text import Text  # imported when first used, as it takes a while

    connected = not _is_chain(model)
    rows = _Rows(model, expand_nested).of_model(layer_range)
    widths = _widths(line_length or _WIDTH, positions, connected, show_trainable)
    if min(widths) < 1:
        text = "The line is too short to print the summary.\n"
        _emit(lambda console: console.print(text), line_length, print_fn)
        return
    table = _table(rows, widths, connected, show_trainable)

    def render(console: Console) -> None:
        console.print(Text.assemble(("Model: ", "bold"), (f'"{model.name}"', "bold")))
        console.print(table)
        for label, count, size in _totals(model):
            line = Text(f" {label}: ", style="bold")
            line.append(f"{count:,}", style="green")
            line.append(f" ({_readable(size)})", style="not bold")
            console.print(line)

    _emit(render, line_length, print_fn)


def _emit(
    render: Callable[[Console], None], line_length: int | None, print_fn: Callable[..., Any] | None
) -> None:
    """Print to the terminal, or give the whole text to `print_fn`."""
    from rich.console import Console

    width = max(line_length or _WIDTH, 40) + 4
    if print_fn is None and sys.stdout.isatty():
        render(Console(width=width, highlight=False))
        return
    text = io.StringIO()
    render(Console(file=text, width=width, highlight=False, color_system=None))
    lines = "\n".join(line.rstrip() for line in text.getvalue().splitlines())
    if print_fn is None:
        sys.stdout.write(f"{lines}\n")
    else:
        print_fn(lines)


# -- rows ---------------------------------------------------------------------------------


class _Rows:
    """Makes the rows of a model and, indented, of the models in it."""

    def __init__(self, model: Any, expand: bool) -> None:
        self.model = model
        self.expand = expand
        self.nodes: set[int] = set()
        self.numbers: dict[int, int] = {}
        if model._graph is not None:
            self.nodes = {id(node) for node in model._graph.nodes}
            for operation in model._graph.operations:
                self._number(operation)

    def _number(self, operation: Any) -> None:
        """Note the numbers of the operation's nodes within this model."""
        if isinstance(operation, Node):
            self.numbers[id(operation)] = 0
            return
        nodes = [n for n in operation._inbound_nodes if id(n) in self.nodes or not n.inputs]
        self.numbers.update({id(node): index for index, node in enumerate(nodes)})

    def of_model(self, layer_range: Sequence[str] | None) -> list[_Row]:
        found: list[_Row] = []
        for operation in _selected(_operations(self.model), layer_range):
            found += self._of(operation, 0)
        return found

    def _of(self, operation: Any, depth: int) -> list[_Row]:
        found = [self._row(operation, depth)]
        inner = getattr(operation, "layers", None)
        if self.expand and inner and hasattr(operation, "_graph"):
            for item in _operations(operation):
                found += self._of(item, depth + 1)
        return found

    def _row(self, operation: Any, depth: int) -> _Row:
        is_layer = isinstance(operation, Layer)
        prefix = _INDENT * depth + "└ " if depth else ""
        name = operation.name if is_layer else operation.name.lstrip("_")
        return _Row(
            name=f"{prefix}{name}",
            kind=_kind(operation),
            shape=_output_shape(operation),
            parameters=_count(operation) if is_layer else "0",
            connected="-" if depth else self._connected(operation),
            trainable=_trainable(operation) if is_layer else "-",
        )

    def _connected(self, operation: Any) -> str:
        nodes = [operation] if isinstance(operation, Node) else operation._inbound_nodes
        parts = [
            f"{_producer(symbol)}[{self.numbers.get(id(symbol.node), 0)}][{_position(symbol)}]"
            for node in nodes
            if id(node) in self.nodes
            for symbol in node.inputs
        ]
        return ", ".join(parts) or "-"


def _operations(model: Any) -> list[Any]:
    """Return the layers and ops that have a row."""
    if model._graph is None or hasattr(model, "_stack"):
        return list(model.layers)
    return list(model._graph.operations)


def _selected(operations: list[Any], layer_range: Sequence[str] | None) -> list[Any]:
    """Return the operations from the first that matches one pattern to the last of another."""
    if not layer_range:
        return operations
    if len(layer_range) != 2 or not all(isinstance(pattern, str) for pattern in layer_range):
        raise ValueError(
            "`layer_range` of `summary` must be two names of layers, the first and the last to "
            f"show. Received: layer_range={layer_range!r}"
        )
    first = [i for i, item in enumerate(operations) if re.match(layer_range[0], item.name)]
    last = [i for i, item in enumerate(operations) if re.match(layer_range[1], item.name)]
    if not first or not last:
        raise ValueError(
            f"`layer_range` of `summary` matches no layers. Received: layer_range={layer_range!r}, "
            f"layers: {[item.name for item in operations]}"
        )
    return operations[min(first) : max(last) + 1]


def _kind(operation: Any) -> str:
    if isinstance(operation, Node):
        return op_class(operation)
    identity = getattr(operation, "_config_identity", lambda: None)()
    return type(operation).__name__ if identity is None else str(identity[1])


def _producer(symbol: Symbolic) -> str:
    return symbol.name if symbol.node is None else symbol.node.name.lstrip("_")


def _position(symbol: Symbolic) -> int:
    outputs = [] if symbol.node is None else symbol.node.outputs
    return next((i for i, output in enumerate(outputs) if output is symbol), 0)


def _output_shape(operation: Any) -> str:
    """Return the output's shape, `?` when it is not known."""
    if isinstance(operation, Node):
        outputs: Any = operation.outputs
    elif operation._inbound_nodes:
        outputs = operation._inbound_nodes[-1].outputs
    elif getattr(operation, "_graph", None) is not None:
        outputs = operation._graph.outputs
    else:
        return _inferred_shape(operation)
    shapes = [str(tuple(output.shape)) for output in outputs if hasattr(output, "shape")]
    return shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"


def _inferred_shape(layer: Layer) -> str:
    """Ask a layer of a subclassed model, which has been called on data only."""
    given = layer._build_shapes
    if given is None:
        return "?"
    try:
        shape = layer.compute_output_shape(given)
    except Exception:  # any code of the user may run here, and only a table is at stake
        return "?"
    return str(shape) if _is_shape(shape) else _several(shape)


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape)


def _several(shapes: Any) -> str:
    """Return the shapes in a structure as one list."""
    items = list(shapes.values()) if isinstance(shapes, dict) else list(shapes)
    return f"[{', '.join(str(s) if _is_shape(s) else _several(s) for s in items)}]"


def _count(layer: Layer) -> str:
    if layer.built:
        return f"{layer.count_params():,}"
    return f"{sum(variable.size for variable in layer.weights):,} (unbuilt)"


def _trainable(layer: Layer) -> str:
    if not layer.weights:
        return "-"
    return "Y" if layer.trainable else "N"


def _is_chain(model: Any) -> bool:
    """Say whether every layer has the layer before it as its only input."""
    graph = model._graph
    if graph is None or hasattr(model, "_stack"):
        return True
    if len(graph.inputs) > 1 or len(graph.outputs) > 1:
        return False
    uses: dict[int, int] = {}
    for node in graph.nodes:
        if len(node.inputs) != 1:
            return False
        source = id(node.inputs[0])
        uses[source] = uses.get(source, 0) + 1
    operations = len(graph.operations) - 1
    return all(count == 1 for count in uses.values()) and operations == len(graph.nodes)


# -- table --------------------------------------------------------------------------------


def _widths(
    line_length: int, positions: Sequence[float] | None, connected: bool, trainable: bool
) -> list[int]:
    """Return the widths of the columns' contents."""
    if positions is None:
        ends = list(_GRAPH_ENDS if connected else _CHAIN_ENDS)
        if trainable:
            ends = [end * (1 - _TRAINABLE_SHARE) for end in ends] + [1.0]
    else:
        ends = list(positions)
    if ends[-1] <= 1:
        ends = [int(line_length * end) for end in ends]
    count = 3 + connected + trainable
    cells = np.diff([0, *ends])[:count]
    # borders and padding; the last but one column makes up for the table's left edge
    return [int(cell) - 3 - (index == count - 2) for index, cell in enumerate(cells)]


def _table(rows: list[_Row], widths: list[int], connected: bool, trainable: bool) -> Table:
    from rich.box import HEAVY_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=HEAVY_HEAD, show_lines=True, header_style="bold")
    titles = ["Layer (type)", "Output Shape", "Param #"]
    titles += ["Connected to"] if connected else []
    titles += ["Trainable"] if trainable else []
    for title, width in zip(titles, widths, strict=True):
        justify = _JUSTIFY.get(title, "left")
        table.add_column(title, justify=justify, width=width, overflow="ellipsis")
    for row in rows:
        cells = [
            Text.assemble((row.name, ""), " (", (row.kind, "blue"), ")"),
            Text(row.shape, style="green" if row.shape != "?" else ""),
            Text(row.parameters, style="green"),
        ]
        if connected:
            cells.append(Text(row.connected))
        if trainable:
            cells.append(Text(row.trainable))
        table.add_row(*cells)
    return table


# -- totals -------------------------------------------------------------------------------


def _totals(model: Any) -> list[tuple[str, int, float]]:
    """Return label, count and bytes of all, trained, other and optimizer variables."""
    trained = model.trainable_weights
    others = model.non_trainable_weights
    rows = [("Trainable params", trained), ("Non-trainable params", others)]
    state = _optimizer_state(model)
    if state:
        rows.append(("Optimizer params", state))
    everything = [*trained, *others, *state]
    return [
        (label, sum(v.size for v in variables), sum(map(_bytes, variables)))
        for label, variables in [("Total params", everything), *rows]
    ]


def _optimizer_state(model: Any) -> list[Variable]:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not getattr(optimizer, "built", False):
        return []
    return list(optimizer.variables)


def _bytes(variable: Variable) -> float:
    return variable.size * np.dtype(variable.dtype).itemsize


def _readable(size: float) -> str:
    """Return a size in bytes with two digits and its unit."""
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.2f} {_UNITS[unit]}"

"""`Front`: the part of a model that is computed on the host, before the compiled part.

Strings cannot lie on the device. So the layers that read them (`TextVectorization`,
`StringLookup`, `Hashing`, ...) run in NumPy on the data, all at once or batch by batch,
and what they give is what the compiled part of the model takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from addax import config, tree
from addax.core.graph import Node, replay
from addax.core.host_text import close, lookups
from addax.core.tensor import Symbolic
from addax.layers.base import Layer


class HostOutputs(NamedTuple):
    """Inputs of a model after its front: what its compiled part takes, in order."""

    values: tuple[Any, ...]


class Front:
    """The graph of a model, cut where the host's part ends.

    Args:
        nodes: all nodes in order, those of inner models in place of their calls.
        inputs: the symbolic inputs of the model.
        outputs: its symbolic outputs.

    Attributes:
        early: the nodes that the host computes.
        rest: the nodes that are compiled.
        boundary: the tensors between the two; strings among them are for layers that have
            lookups inside.
        late: nodes of the rest that would need the host: they come after trained layers.
    """

    def __init__(
        self, nodes: Sequence[Node], inputs: Sequence[Symbolic], outputs: Sequence[Symbolic]
    ) -> None:
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        wanted, self.late = _host_nodes(nodes)
        self.early = [node for node in nodes if id(node) in wanted]
        self.rest = [node for node in nodes if id(node) not in wanted]
        made = {id(symbol) for node in self.rest for symbol in node.outputs}
        used = [symbol for node in self.rest for symbol in node.inputs] + self.outputs
        unique = {id(symbol): symbol for symbol in used if id(symbol) not in made}
        self.boundary = list(unique.values())
        self._lookups: list[list[Any]] = []  # layers that are called on each string there

    def before(self, values: Sequence[Any]) -> HostOutputs:
        """Return what the compiled part takes, for NumPy arrays of the inputs."""
        return HostOutputs(close(self._at_boundary(values), self._lookups))

    def _at_boundary(self, values: Sequence[Any]) -> tuple[np.ndarray, ...]:
        known = {id(s): v for s, v in zip(self.inputs, values, strict=True)}
        replay(self.early, known)
        return tuple(np.asarray(known[id(symbol)]) for symbol in self.boundary)

    def find_lookups(self, values: Sequence[Any]) -> None:
        """See which layers inside others are called on strings, with a batch of the inputs."""
        if any(symbol.dtype == "string" for symbol in self.boundary):
            self._lookups = lookups(self.after, list(self._at_boundary(values)))

    def after(self, values: Sequence[Any]) -> list[Any]:
        """Return the outputs of the model, for what `before` returned, as tensors."""
        pairs = zip(self.boundary, values, strict=True)
        known = {id(symbol): as_declared(value, symbol) for symbol, value in pairs}
        replay(self.rest, known)
        return [known[id(symbol)] for symbol in self.outputs]

    def check_compilable(self, name: str, method: str) -> None:
        """Raise a ValueError if a layer after trained ones needs the host."""
        if self.late:
            raise ValueError(
                f"`{method}` of model '{name}' compiles the model, but {_described(self.late[0])} "
                "computes on the host, and comes after layers with weights. Train a model "
                "without it, and put it on top of that in a second model for `predict`."
            )


def as_declared(value: Any, symbol: Symbolic) -> Any:
    """Return a tensor in the dtype of a symbolic one; 64 bits are 32 unless `floatx` has 64."""
    wanted = symbol.dtype
    if value.dtype == wanted or wanted == "string":
        return value
    if config.floatx() != "float64" and str(value.dtype) == wanted.replace("64", "32"):
        return value
    return value.astype(wanted)


def front_of(
    nodes: Sequence[Node], inputs: Sequence[Symbolic], outputs: Sequence[Symbolic]
) -> Front | None:
    """Return the front of a graph, None if the graph can be compiled as a whole."""
    parts = (_needs_host, _reads_strings, lambda node: inner_front(node) is not None)
    if not any(part(node) for node in nodes for part in parts):
        return None
    known: dict[int, Any] = {}
    flat = _inlined(nodes, known, None)
    return Front(flat, inputs, [known.get(id(symbol), symbol) for symbol in outputs])


def inner_front(node: Node) -> Front | None:
    """Return the front of the model that a node calls, if it has one."""
    return getattr(node.operation, "_front", None)


def _needs_host(node: Node) -> bool:
    return getattr(node.operation, "_needs_host", False)


def _reads_strings(node: Node) -> bool:
    return any(symbol.dtype == "string" for symbol in node.inputs)


def _described(node: Node) -> str:
    return f"layer '{node.name}' ({type(node.operation).__name__})"


def _host_nodes(nodes: Sequence[Node]) -> tuple[set[int], list[Node]]:
    """Return the ids of nodes that the host computes first, and the nodes that come too late."""
    maker = {id(symbol): node for node in nodes for symbol in node.outputs}
    before: dict[int, list[Node]] = {}  # what each node depends on, itself at the end
    trained: set[int] = set()
    wanted: set[int] = set()
    late = []
    for node in nodes:
        parents = [maker[id(symbol)] for symbol in node.inputs if id(symbol) in maker]
        own = {id(n): n for parent in parents for n in before[id(parent)]}
        has_weights = isinstance(node.operation, Layer) and bool(node.operation.variables)
        if has_weights or any(id(parent) in trained for parent in parents):
            trained.add(id(node))
        if _needs_host(node):
            if id(node) in trained:
                late.append(node)
            else:
                wanted |= {*own, id(node)}
        before[id(node)] = [*own.values(), node]
    return wanted, late


def _inlined(nodes: Sequence[Node], known: dict[int, Any], training: Any) -> list[Node]:
    """Return nodes with those of inner models that have a front in place of their calls.

    Args:
        nodes: nodes in order.
        known: tensors that take the place of others, by the id of these; is added to.
        training: what an inner model was called with.
    """
    found: list[Node] = []
    for node in nodes:
        leaves = [known.get(id(leaf), leaf) for leaf in node.leaves]
        if inner_front(node) is not None:
            found += _inside(node, leaves, known, training)
        elif all(a is b for a, b in zip(leaves, node.leaves, strict=True)) and training is None:
            found.append(node)
        else:
            found.append(_copied(node, leaves, known, training))
    return found


def _inside(node: Node, leaves: list[Any], known: dict[int, Any], training: Any) -> list[Node]:
    model = node.operation
    args, kwargs = node.arguments(leaves)
    values = model._match_inputs(args[0] if args else kwargs["inputs"])  # type: ignore[attr-defined]
    graph = model._graph  # type: ignore[attr-defined]
    inner = {id(symbol): value for symbol, value in zip(graph.inputs, values, strict=True)}
    given = kwargs.get("training")
    found = _inlined(graph.nodes, inner, training if given is None else given)
    for outer, symbol in zip(node.outputs, graph.outputs, strict=True):
        known[id(outer)] = inner.get(id(symbol), symbol)
    return found


def _copied(node: Node, leaves: list[Any], known: dict[int, Any], training: Any) -> Node:
    """Return a node of the same operation with other arguments and outputs of its own."""
    definition = node.definition
    if training is not None and isinstance(node.operation, Layer):
        args, kwargs = tree.unflatten(definition, leaves)
        if kwargs.get("training") is None:
            leaves, definition = tree.flatten_with_def((args, {**kwargs, "training": training}))
    outputs = [Symbolic(s.shape, s.dtype, name=s.name) for s in node.outputs]
    copy = Node(node.operation, leaves, definition, outputs, node.output_definition, node.name)
    for old, new in zip(node.outputs, outputs, strict=True):
        new.node = copy
        known[id(old)] = new
    return copy

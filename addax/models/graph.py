"""The graph of a functional model, walked in Keras' order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.graph import Node
from addax.core.tensor import Symbolic


class Graph:
    """The nodes between symbolic inputs and outputs.

    `operations` are ordered as Keras orders them, which fixes the order of weights:
    by decreasing distance from the outputs, then by the order in which a depth-first
    walk from the outputs first meets them.

    Args:
        inputs: flat symbolic inputs.
        outputs: flat symbolic outputs.

    Raises:
        ValueError: if an output depends on an input that is not among `inputs`.
    """

    def __init__(self, inputs: Sequence[Symbolic], outputs: Sequence[Symbolic]) -> None:
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self._stop = {id(symbol) for symbol in inputs}
        self.nodes: list[Node] = []
        self._met: dict[int, int] = {}
        self._walk()
        self.operations = self._ordered_operations()

    def _parents(self, node: Node) -> list[Node]:
        return [
            symbol.node
            for symbol in node.inputs
            if symbol.node is not None and id(symbol) not in self._stop
        ]

    def _walk(self) -> None:
        """Fill `nodes`, each after those it needs, and note when operations are met."""
        done: set[int] = set()
        entered: set[int] = set()
        stack: list[tuple[Node, bool]] = []
        for symbol in reversed(self.outputs):
            if symbol.node is not None and id(symbol) not in self._stop:
                stack.append((symbol.node, False))
        while stack:
            node, leaving = stack.pop()
            if leaving:
                if id(node) not in done:
                    done.add(id(node))
                    self.nodes.append(node)
                continue
            if id(node) in entered:
                continue
            entered.add(id(node))
            self._check_connected(node)
            self._met.setdefault(operation_key(node), len(self._met))
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(self._parents(node)))

    def _check_connected(self, node: Node) -> None:
        if not node.inputs:
            raise ValueError(
                f"The outputs of the model depend on the input '{node.name}', which is not among "
                f"its `inputs`: {[symbol.name for symbol in self.inputs]}. Add it to `inputs`."
            )

    def _ordered_operations(self) -> list[Any]:
        node_depth: dict[int, int] = {}
        depth_of: dict[int, int] = {}
        owner: dict[int, Any] = {}
        for node in reversed(self.nodes):
            key = operation_key(node)
            depth = max(node_depth.get(id(node), 0), depth_of.get(key, 0))
            depth_of[key] = node_depth[id(node)] = depth
            owner[key] = node.operation if hasattr(node.operation, "call") else node
            for parent in self._parents(node):
                node_depth[id(parent)] = max(depth + 1, node_depth.get(id(parent), 0))
        inputs = self._input_operations(depth_of, node_depth, owner)
        keys = sorted(depth_of, key=lambda k: (-depth_of[k], self._met.get(k, inputs.get(k, -1))))
        return [owner[key] for key in keys]

    def _input_operations(
        self, depth_of: dict[int, int], node_depth: dict[int, int], owner: dict[int, Any]
    ) -> dict[int, int]:
        """Give the input layers the depth just above their first consumer."""
        consumer_depth: dict[int, int] = {}
        for node in self.nodes:
            for symbol in node.inputs:
                if id(symbol) in self._stop:
                    depth = node_depth[id(node)] + 1
                    consumer_depth[id(symbol)] = max(consumer_depth.get(id(symbol), 0), depth)
        order = {}
        for index, symbol in enumerate(self.inputs):
            source = symbol.node
            if source is None or source.inputs:
                continue
            key = operation_key(source)
            depth_of[key] = consumer_depth.get(id(symbol), 0)
            owner[key] = source.operation
            # the depth-first walk meets inputs in the order of their first use
            order[key] = index - len(self.inputs)
        return order


def operation_key(node: Node) -> int:
    """Return what identifies the operation: the layer, or the node of an op."""
    return id(node.operation) if hasattr(node.operation, "call") else id(node)

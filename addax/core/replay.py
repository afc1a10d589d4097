"""Gradients of recorded nodes: by replaying them, or by going back through each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from addax import tree
from addax.core.dtypes import is_float
from addax.core.graph import Node, Pullback, active_tapes, apply, carries_gradients, with_pullback
from addax.core.tensor import Tensor, raw
from addax.engine import engine, xp

if TYPE_CHECKING:
    from addax.core.tape import GradientTape


def _seed_like(target: Any, seed: Any) -> Any:
    value = raw(target)
    return xp.ones_like(value) if seed is None else xp.asarray(seed, value.dtype)


class Replay:
    """The recorded nodes between sources and targets, as one pure function.

    A source that is itself computed from another one gets its gradient through a
    zero that is added to it, so that paths through it still reach the other.
    """

    def __init__(self, tape: GradientTape, targets: Sequence[Any], sources: Sequence[Any]) -> None:
        self.sources = sources
        self.targets = targets
        self.points = [tape.tensors_of(source) for source in sources]
        flat = [tensor for group in self.points for tensor in group]
        reachable = {id(tensor) for tensor in flat}
        downstream = []
        for node in tape.nodes:
            if any(id(leaf) in reachable for leaf in node.leaves if isinstance(leaf, Tensor)):
                downstream.append(node)
                reachable.update(id(out) for out in node.outputs if carries_gradients(out))
        needed = {id(target) for target in targets}
        nodes = []
        for node in reversed(downstream):
            if any(id(out) in needed for out in node.outputs):
                nodes.append(node)
                needed.update(id(leaf) for leaf in node.leaves if isinstance(leaf, Tensor))
        self.nodes = nodes[::-1]
        self.connected = [
            index
            for index, tensor in enumerate(flat)
            if id(tensor) in needed and is_float(tensor.dtype)
        ]
        self.flat = flat
        self.live_targets = [i for i, t in enumerate(targets) if id(t) in reachable]
        produced = {id(out) for node in self.nodes for out in node.outputs}
        seen = {id(flat[i]) for i in self.connected} | produced
        self.constants = list(
            {
                id(leaf): leaf
                for node in self.nodes
                for leaf in node.leaves
                if isinstance(leaf, Tensor) and id(leaf) not in seen
            }.values()
        )
        self.inner = {id(flat[i]): i for i in self.connected if id(flat[i]) in produced}

    def _run(self, values: Sequence[Any], constants: Sequence[Any]) -> list[Any]:
        """Return the raw targets for raw values of the connected sources."""
        given = {id(self.flat[i]): value for i, value in zip(self.connected, values, strict=True)}
        known = {k: v for k, v in given.items() if k not in self.inner}
        known |= {id(t): v for t, v in zip(self.constants, constants, strict=True)}
        for node in self.nodes:
            leaves = [
                known.get(id(leaf), raw(leaf)) if isinstance(leaf, Tensor) else leaf
                for leaf in node.leaves
            ]
            args, kwargs = node.arguments(leaves)
            results = tree.flatten(node.operation(*args, **kwargs))
            for old, new in zip(node.outputs, results, strict=True):
                # the value given for an inner source is a zero: see the class docstring
                known[id(old)] = new + given[id(old)] if id(old) in self.inner else new
        return [known.get(id(self.targets[i]), raw(self.targets[i])) for i in self.live_targets]

    def _primals(self) -> list[Any]:
        return [
            xp.zeros_like(raw(self.flat[i])) if id(self.flat[i]) in self.inner else self.flat[i]
            for i in self.connected
        ]

    def gradients(self, cotangents: Sequence[Any]) -> list[Tensor | None]:
        """Return one gradient per source, through one op that outer tapes can record."""
        if not self.connected or not self.live_targets:
            return [None] * len(self.sources)
        if not active_tapes.get() and any(node.pullback is not None for node in self.nodes):
            return self._sum_by_source(self._pulled(cotangents))
        count = len(self.connected)
        seeds = [cotangents[i] for i in self.live_targets]

        def differentiate(values: list[Any], constants: list[Any], seeds: list[Any]) -> list[Any]:
            outputs, pull = engine.vjp(lambda *v: self._run(v, constants), *values)
            full = [_seed_like(out, seed) for out, seed in zip(outputs, seeds, strict=True)]
            return list(pull(full))[:count]

        flat = apply(differentiate, (self._primals(), list(self.constants), seeds), {})
        return self._sum_by_source(flat)

    def _pulled(self, cotangents: Sequence[Any]) -> list[Tensor]:
        """Return a gradient per connected source, going back node by node."""
        flowing: dict[int, Any] = {}

        def flow(tensor: Any, gradient: Any) -> None:
            known = flowing.get(id(tensor))
            flowing[id(tensor)] = gradient if known is None else xp.add(known, gradient)

        downstream = {id(self.flat[i]) for i in self.connected}
        downstream |= {id(out) for node in self.nodes for out in node.outputs}
        for i in self.live_targets:
            target, seed = self.targets[i], raw(cotangents[i])
            flow(target, _seed_like(target, seed))
        for node in reversed(self.nodes):
            pullback = self._pullback_of(node, downstream)
            outputs = [node.outputs[i] for i in pullback.outputs]
            if not any(id(out) in flowing for out in outputs):
                continue
            seeds = [flowing.get(id(out), xp.zeros_like(raw(out))) for out in outputs]
            for i, gradient in zip(pullback.leaves, pullback.pull(seeds), strict=True):
                flow(node.leaves[i], gradient)
        points = [self.flat[i] for i in self.connected]
        return [Tensor(flowing.get(id(p), xp.zeros_like(raw(p)))) for p in points]

    @staticmethod
    def _pullback_of(node: Node, downstream: set[int]) -> Pullback:
        """Return the way back that was recorded, or one to what was not watched then."""
        needed = [
            i
            for i, leaf in enumerate(node.leaves)
            if id(leaf) in downstream and carries_gradients(leaf)
        ]
        if node.pullback is not None and set(needed) <= set(node.pullback.leaves):
            return node.pullback
        return with_pullback(node.operation, node.leaves, node.definition, needed)[1]

    def jacobians(self, target: Any) -> list[Tensor | None]:
        """Return one Jacobian per source."""
        if not self.connected or not self.live_targets:
            return [None] * len(self.sources)

        def differentiate(values: list[Any], constants: list[Any]) -> list[Any]:
            (output,), pull = engine.vjp(lambda *v: self._run(v, constants), *values)
            basis = xp.eye(output.size, dtype=output.dtype).reshape((-1, *output.shape))
            rows = engine.vmap(lambda seed: pull([seed]))(basis)
            return [row.reshape((*output.shape, *row.shape[1:])) for row in rows]

        flat = apply(differentiate, (self._primals(), list(self.constants)), {})
        return self._sum_by_source(flat)

    def _sum_by_source(self, flat: Sequence[Tensor]) -> list[Tensor | None]:
        by_index = dict(zip(self.connected, flat, strict=True))
        gradients: list[Tensor | None] = []
        index = 0
        for group in self.points:
            parts = [by_index[i] for i in range(index, index + len(group)) if i in by_index]
            index += len(group)
            total: Any = parts[0] if parts else None
            for part in parts[1:]:
                total = apply(xp.add, (total, part), {})
            gradients.append(total)
        return gradients

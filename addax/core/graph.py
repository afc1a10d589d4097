"""`apply`, the single funnel of every op and layer call, and `Node`, what it records."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from addax import tree
from addax.core.tensor import Symbolic, Tensor, TensorLike, raw
from addax.core.variable import Variable, autocast_dtype, scope, unique_name
from addax.engine import engine

F = TypeVar("F", bound=Callable[..., Any])

# Nodes are appended to every tape in this tuple; empty while shapes are inferred.
active_tapes: ContextVar[tuple[Any, ...]] = ContextVar("active_tapes", default=())


class Pullback(NamedTuple):
    """The way back through one call.

    Attributes:
        pull: from gradients of the outputs at `outputs` to those of the leaves at `leaves`.
        leaves: positions of arguments.
        outputs: positions of results.
    """

    pull: Callable[[list[Any]], Sequence[Any]]
    leaves: list[int]
    outputs: list[int]


class Node:
    """One call: what was called, with which arguments, and what came out.

    Functional models hold Nodes over symbolic tensors, tapes hold Nodes over tensors.

    Attributes:
        operation: an op's function on raw arrays, or a layer.
        leaves: flat arguments; tensors among them are the parents.
        definition: how the leaves form `(args, kwargs)`.
        outputs: the tensors that came out, flat.
        output_definition: how they form the result.
        pullback: how gradients flow back, when the call was made with that at hand.
    """

    __slots__ = (
        "definition", "leaves", "name", "operation", "output_definition", "outputs", "pullback",
    )  # fmt: skip

    def __init__(
        self,
        operation: Callable[..., Any],
        leaves: list[Any],
        definition: tree.TreeDef,
        outputs: list[Any],
        output_definition: tree.TreeDef,
        name: str = "",
    ) -> None:
        self.operation = operation
        self.leaves = leaves
        self.definition = definition
        self.outputs = outputs
        self.output_definition = output_definition
        self.name = name
        self.pullback: Pullback | None = None

    @property
    def inputs(self) -> list[Symbolic]:
        """The symbolic tensors among the arguments, in order."""
        return [leaf for leaf in self.leaves if isinstance(leaf, Symbolic)]

    def arguments(self, leaves: list[Any] | None = None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return `(args, kwargs)`, with `leaves` in place of the recorded ones."""
        return cast(
            "tuple[tuple[Any, ...], dict[str, Any]]",
            tree.unflatten(self.definition, self.leaves if leaves is None else leaves),
        )

    def result(self) -> Any:
        """Return the outputs in the structure the call returned."""
        return tree.unflatten(self.output_definition, self.outputs)


def op(function: F) -> F:
    """Make a function on raw arrays an op: eager, traced, symbolic and taped.

    The body sees arrays of the engine; callers pass tensors, variables, arrays,
    numbers or symbolic tensors, and get tensors (or symbolic tensors) back.

    Example:
        >>> from addax.engine import xp
        >>> @op
        ... def double(x):
        ...     return xp.multiply(x, 2)
        >>> double(3.0).numpy()
        np.float32(6.0)
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return apply(function, args, kwargs)

    call.raw = function  # type: ignore[attr-defined]
    return cast(F, call)


def _cast_raw(value: Any, dtype: str) -> Any:
    return value.astype(dtype)


def _resolve(leaf: Any) -> Any:
    """Read Variables, so that what follows sees tensors only."""
    if not isinstance(leaf, Variable):
        return leaf
    dtype = autocast_dtype(leaf)
    value = leaf.read()
    return value if dtype is None else apply(_cast_raw, (value, dtype), {})


def apply(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call an op's function: the one place where values, symbols and tapes meet.

    A function may have an attribute `after`, called with the output tensors and the
    arguments as tensors (softmax notes its logits there).
    """
    leaves, definition = tree.flatten_with_def((args, kwargs))
    symbolic = False
    for i, leaf in enumerate(leaves):
        if isinstance(leaf, Variable):
            leaves[i] = _resolve(leaf)
        elif isinstance(leaf, Symbolic):
            symbolic = True
    if symbolic:
        return record(function, leaves, definition)
    tapes = active_tapes.get()
    live = sorted({i for tape in tapes for i in tape.traced(leaves)})
    result, pullback = _run(function, leaves, definition, live)
    output = wrap(result)
    after = getattr(function, "after", None)
    if after is not None:
        args, kwargs = tree.unflatten(definition, leaves)
        after(output, *args, **kwargs)
    if tapes and any(isinstance(leaf, Tensor) for leaf in leaves):
        outputs, output_definition = tree.flatten_with_def(output)
        node = Node(function, leaves, definition, outputs, output_definition)
        node.pullback = pullback
        for tape in tapes:
            tape.append(node)
    return output


def _run(
    function: Callable[..., Any], leaves: list[Any], definition: tree.TreeDef, live: list[int]
) -> tuple[Any, Pullback | None]:
    """Call an op's function on raw arrays, with the way back to `live` leaves if there are any.

    In code that is being traced, one pass forward that keeps what the way back needs is
    cheaper than a plain one and another when the gradient is asked for: not all of that
    is the same computation, which the compiler could merge.
    """
    if live:
        try:
            return with_pullback(function, leaves, definition, live)
        except Exception:  # noqa: BLE001, S110 - not differentiable: an error only if asked for
            pass
    args, kwargs = tree.unflatten(definition, [raw(leaf) for leaf in leaves])
    return function(*args, **kwargs), None


def with_pullback(
    function: Callable[..., Any], leaves: list[Any], definition: tree.TreeDef, live: list[int]
) -> tuple[Any, Pullback]:
    """Call an op's function on raw arrays; return the result and the way back to leaves."""
    values = [raw(leaf) for leaf in leaves]
    flat: list[Any] = []
    shape: list[tree.TreeDef] = []
    places: list[int] = []

    def run(*arrays: Any) -> tuple[list[Any], list[Any]]:
        filled = list(values)
        for position, array in zip(live, arrays, strict=True):
            filled[position] = array
        args, kwargs = tree.unflatten(definition, filled)
        flat[:], definition_out = tree.flatten_with_def(function(*args, **kwargs))
        shape[:] = [definition_out]
        places[:] = [i for i, item in enumerate(flat) if carries_gradients(item)]
        others = [x for i, x in enumerate(flat) if engine.is_array(x) and i not in places]
        return [flat[i] for i in places], others

    outputs, pull, others = engine.vjp(run, *[values[i] for i in live], has_aux=True)
    rest, known = iter(others), dict(zip(places, outputs, strict=True))
    results = [
        known[i] if i in known else next(rest) if engine.is_array(item) else item
        for i, item in enumerate(flat)
    ]
    return tree.unflatten(shape[0], results), Pullback(pull, live, list(places))


def carries_gradients(value: Any) -> bool:
    """Say whether `value` is a tensor or array of real or complex numbers."""
    if not isinstance(value, Tensor) and not engine.is_array(value):
        return False
    return str(value.dtype).startswith(("float", "bfloat", "complex"))


def wrap(output: Any) -> Any:
    """Put the arrays in `output` into Tensors."""
    if isinstance(output, np.ndarray) and output.dtype.kind in "OSU":
        return output  # strings stay on the host
    if engine.is_array(output) or isinstance(output, (np.ndarray, np.generic)):
        return Tensor(output if engine.is_array(output) else engine.asarray(output))
    if isinstance(output, (tuple, list, dict)):
        return tree.map_structure(wrap, output)
    return output


def infer(function: Callable[..., Any], leaves: Sequence[Any]) -> tuple[list[Any], tree.TreeDef]:
    """Return what `function(leaves)` returns for symbolic leaves, as new Symbolics.

    Nothing is computed, no Variable changes and no tape sees it. Variables may be
    created (layers build themselves on their first call).
    """
    positions = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Symbolic)]
    captured: list[tuple[list[Any], tree.TreeDef]] = []

    def on_arrays(*arrays: Any) -> list[Any]:
        filled = list(leaves)
        for position, array in zip(positions, arrays, strict=True):
            filled[position] = Tensor(array)
        flat, definition = tree.flatten_with_def(function(filled))
        captured.append((flat, definition))
        return [raw(leaf) for leaf in flat if isinstance(leaf, TensorLike)]

    token = active_tapes.set(())
    try:
        with scope({}, building=True):
            specs = engine.infer(on_arrays, [leaves[i].spec for i in positions])
    finally:
        active_tapes.reset(token)
    flat, definition = captured[-1]
    found = iter(specs)
    outputs = [Symbolic(*next(found)) if isinstance(leaf, TensorLike) else leaf for leaf in flat]
    return outputs, definition


def record(
    function: Callable[..., Any],
    leaves: list[Any],
    definition: tree.TreeDef,
    operation: Any = None,
    name: str = "",
    known: tuple[list[Any], tree.TreeDef] | None = None,
) -> Any:
    """Make the Node of a symbolic call and return its symbolic outputs.

    Args:
        function: called with Tensors (a layer) or, when `operation` is None, raw arrays.
        leaves: flat arguments.
        definition: how they form `(args, kwargs)`.
        operation: what the Node replays; default: `function` as an op.
        name: name of the Node; default: one made from the op's name.
        known: flat outputs and how they form the result, when nothing need be inferred.

    Raises:
        ValueError: for a string tensor, where the outputs are not known.
    """
    is_op = operation is None
    if known is None:
        _refuse_strings(function if is_op else operation, leaves, name)

    def call(filled: list[Any]) -> Any:
        values = [raw(leaf) for leaf in filled] if is_op else filled
        args, kwargs = tree.unflatten(definition, values)
        result = function(*args, **kwargs)
        return wrap(result) if is_op else result

    outputs, output_definition = infer(call, leaves) if known is None else known
    if is_op:
        name = unique_name(getattr(function, "__name__", "op"))
    node = Node(operation or function, leaves, definition, outputs, output_definition, name)
    for output in outputs:
        if isinstance(output, Symbolic):
            output.node = node
    return node.result()


def no_strings(what: str, shape: Any) -> str:
    """Return why an op or a layer, as `what` names it, cannot take a string tensor."""
    return (
        f"{what} computes with numbers and cannot take strings. Received: a string tensor of "
        f"shape {tuple(shape)}. Turn the strings into numbers first, with `TextVectorization`, "
        "`StringLookup` or `Hashing` before it."
    )


def _refuse_strings(operation: Any, leaves: list[Any], name: str) -> None:
    for leaf in leaves:
        if isinstance(leaf, Symbolic) and leaf.dtype == "string":
            kind = type(operation).__name__
            what = f"Layer '{name}' ({kind})" if name else f"`{operation.__name__}`"
            raise ValueError(no_strings(what, leaf.shape))


def replay(nodes: Iterable[Node], values: dict[int, Any]) -> None:
    """Run nodes in order; `values` holds tensors by the id of what they stand for.

    Layers are called as layers, ops through `apply`, so symbols, tapes and masks
    work as in the original call.
    """
    for node in nodes:
        leaves = [
            values.get(id(leaf), leaf) if isinstance(leaf, TensorLike) else leaf
            for leaf in node.leaves
        ]
        args, kwargs = node.arguments(leaves)
        operation = node.operation
        is_layer = hasattr(operation, "call")
        output = operation(*args, **kwargs) if is_layer else apply(operation, args, kwargs)
        for old, new in zip(node.outputs, tree.flatten(output), strict=True):
            values[id(old)] = new


def ancestors(outputs: Iterable[Symbolic], inputs: Iterable[Symbolic]) -> list[Node]:
    """Return the nodes between `inputs` and `outputs`, each after those it needs."""
    stop = {id(symbol) for symbol in inputs}
    ordered: list[Node] = []
    done: set[int] = set()
    stack: list[tuple[Node, bool]] = [
        (symbol.node, False)
        for symbol in reversed(list(outputs))
        if symbol.node is not None and id(symbol) not in stop
    ]
    while stack:
        node, expanded = stack.pop()
        if id(node) in done:
            continue
        if expanded:
            done.add(id(node))
            ordered.append(node)
            continue
        stack.append((node, True))
        for symbol in reversed(node.inputs):
            if symbol.node is not None and id(symbol) not in stop and id(symbol.node) not in done:
                stack.append((symbol.node, False))
    return ordered

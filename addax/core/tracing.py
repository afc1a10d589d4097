"""One compiled program made of imperative code: what `function` keeps per kind of arguments."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from addax import tree
from addax.core import variable as variable_module
from addax.core.deferral import Queue, flush_all, own, run_into
from addax.core.graph import active_tapes, apply
from addax.core.tensor import Tensor, raw
from addax.core.variable import Variable, scope
from addax.engine import engine, xp
from addax.engine.protocol import Spec

# Smaller arrays are not overwritten in place: whoever reads them keeps what was read.
_DONATED_BYTES = 2**14
_MOST_PASSES = 5
_SEARCH_DEPTH = 6
_MOST_SEARCHED = 2000

Rebuild = Callable[[Sequence[Any]], Any]

# What code depends on beside its arguments, such as whether a layer is called for training.
ambient: list[Callable[[], Any]] = [variable_module.current_autocast]

_running: ContextVar[bool] = ContextVar("tracing", default=False)


class RunEagerly(Exception):  # noqa: N818 - a request, not an error
    """Raised while tracing by what cannot be compiled: the function then runs as it is."""


def leave_to_python() -> None:
    """Say that what follows cannot be compiled: a function being traced runs as it is.

    Data sets call it when they are iterated over: their batches would become constants.
    """
    if _running.get():
        raise RunEagerly


class _Watched(dict[Variable, Any]):
    """Values of Variables during a trace; notes which are read, assigned and not there."""

    def __init__(self, values: dict[Variable, Any]) -> None:
        super().__init__(values)
        self.read: set[Variable] = set()
        self.assigned: dict[Variable, None] = {}
        self.missed: dict[Variable, None] = {}

    def __contains__(self, variable: object) -> bool:
        found = super().__contains__(variable)
        if isinstance(variable, Variable):
            if found:
                self.read.add(variable)
            else:
                self.missed[variable] = None
        return found

    def __setitem__(self, variable: Variable, value: Any) -> None:
        self.assigned[variable] = None
        super().__setitem__(variable, value)


def reachable_variables(objects: Sequence[Any]) -> list[Variable]:
    """Return Variables that code is likely to touch, found in what it can see.

    A guess: those that are missed are found while tracing, which then starts again.
    """
    found: dict[Variable, None] = {}
    seen: set[int] = set()
    for item in objects:
        _search(item, found, seen, _SEARCH_DEPTH)
    return list(found)


def _search(item: Any, found: dict[Variable, None], seen: set[int], depth: int) -> None:
    if isinstance(item, Variable):
        found[item] = None
    if (
        depth == 0
        or id(item) in seen
        or len(seen) > _MOST_SEARCHED
        or isinstance(item, (Variable, Tensor, types.ModuleType, type, str, bytes))
    ):
        return
    seen.add(id(item))
    for part in _parts(item):
        _search(part, found, seen, depth - 1)


def _parts(item: Any) -> list[Any]:
    """Return what the search looks at next."""
    if isinstance(item, (list, tuple)):
        return list(item[:100])
    if isinstance(item, dict):
        return list(item.values())[:100]
    if isinstance(item, types.MethodType):
        return [item.__self__, item.__func__]
    if isinstance(item, types.FunctionType):
        if hasattr(item, "python_function"):  # compiled itself
            return [item.python_function]
        return list(_seen_by(item))
    held = getattr(item, "__dict__", None)
    if not isinstance(held, dict):
        return []
    parts = [p for p in held.values() if hasattr(p, "__dict__") or tree.is_nested(p)]
    try:
        variables = getattr(item, "variables", None)
    except Exception:  # a property of a user's object, in a state we know nothing of
        variables = None
    return [variables, *parts] if isinstance(variables, (list, tuple)) else parts


def _seen_by(function: types.FunctionType) -> Iterator[Any]:
    """Yield what a function's code can name: closure, defaults, globals."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    yield from function.__defaults__ or ()
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        for name in code.co_names:
            if name in function.__globals__:
                yield function.__globals__[name]


def dissect(structure: Any, leaves: list[Any]) -> Rebuild:
    """Put the arrays in `structure` into `leaves`; return what rebuilds it from new ones.

    Dicts keep their order. What is neither a tensor nor an array stays as it is.
    """
    if isinstance(structure, Variable):
        structure = structure.value
    if isinstance(structure, Tensor):
        return _dissect_tensor(structure, leaves)
    if engine.is_array(structure):
        leaves.append(structure)
        index = len(leaves) - 1
        return lambda values: _as_tensor(values[index])
    if isinstance(structure, dict):
        parts = {key: dissect(value, leaves) for key, value in structure.items()}
        return lambda values: {key: part(values) for key, part in parts.items()}
    if isinstance(structure, (list, tuple)):
        items = [dissect(item, leaves) for item in structure]
        if hasattr(structure, "_fields"):
            return lambda values: type(structure)(*(item(values) for item in items))
        sequence = list if isinstance(structure, list) else tuple
        return lambda values: sequence([item(values) for item in items])
    return lambda values: structure


def _dissect_tensor(tensor: Tensor, leaves: list[Any]) -> Rebuild:
    leaves.append(tensor.raw)
    index = len(leaves) - 1
    if tensor.mask is None and tensor.logits is None:
        return lambda values: _as_tensor(values[index])
    mask = dissect(tensor.mask, leaves)
    logits = dissect(tensor.logits, leaves)
    kind = tensor.logits_kind

    def rebuild(values: Sequence[Any]) -> Tensor:
        new = _as_tensor(values[index])
        new.mask, new.logits, new.logits_kind = raw(mask(values)), logits(values), kind
        return new

    return rebuild


def _as_tensor(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else Tensor(value)


class Program:
    """A function, compiled for arguments of one structure, with the Variables it touches.

    Args:
        python_function: takes the arguments that `fill` makes.
        fill: puts flat arrays into `(args, kwargs)`.
        arrays: flat example arrays.
        guess: Variables that are likely to be touched.
    """

    def __init__(
        self,
        python_function: Callable[..., Any],
        fill: Callable[[Sequence[Any]], tuple[tuple[Any, ...], dict[str, Any]]],
        arrays: Sequence[Any],
        guess: Sequence[Variable],
    ) -> None:
        self._function = python_function
        self._fill = fill
        self.rebuild: Rebuild
        known = list(dict.fromkeys(guess))
        for attempt in range(_MOST_PASSES):
            env, flat, written = self._trace(known, arrays, building=attempt == 0)
            if not env.missed:
                break
            known += list(env.missed)
        else:
            raise RuntimeError(
                f"`{_name(python_function)}` touches other Variables each time it is traced. "
                "Create Variables once, not in each call."
            )
        self._settle(known, env, arrays, flat, written)

    def _trace(
        self, known: list[Variable], arrays: Sequence[Any], building: bool
    ) -> tuple[_Watched, list[Any], list[Variable]]:
        """Run the code once on abstract values; new Variables may only appear at first."""
        box: list[Any] = []

        def traced(values: list[Any], arrays: list[Any]) -> tuple[list[Any], list[Any]]:
            env = _Watched(dict(zip(known, values, strict=True)))
            outputs: list[Any] = []
            with scope(env, building=building):
                args, kwargs = self._fill(arrays)
                self.rebuild = dissect(self._function(*args, **kwargs), outputs)
            written = list(env.assigned)
            new = [dict.__getitem__(env, v) for v in written]
            inputs = {id(value) for value in (*values, *arrays)}
            ids = [id(value) for value in (*new, *outputs)]
            self.shared = [ids.count(i) > 1 or i in inputs for i in ids[: len(new)]]
            self.handed_out = [
                v for v, value in zip(known, values, strict=True) if id(value) in ids[len(new) :]
            ]
            box[:] = [env, outputs, written]
            # all of a definite type, so that the next call does not compile again
            return [engine.asarray(n, v.dtype) for n, v in zip(new, written, strict=True)], outputs

        tokens = active_tapes.set(()), variable_module.read_listeners.set(())
        running = _running.set(True)
        try:
            self._run, self.calls_host = engine.trace(
                traced, [v.current() for v in known], list(arrays)
            )
        finally:
            _running.reset(running)
            active_tapes.reset(tokens[0])
            variable_module.read_listeners.reset(tokens[1])
        return box[0], box[1], box[2]

    def _settle(
        self,
        known: list[Variable],
        env: _Watched,
        arrays: Sequence[Any],
        outputs: list[Any],
        written: list[Variable],
    ) -> None:
        """Decide which arrays go in and which of them are overwritten in place."""
        used = [v for v in known if v in env.read]
        overwritten = [v for v in used if v in env.assigned and _nbytes(v) >= _DONATED_BYTES]
        self.donated = overwritten
        self.fixed = [v for v in used if v not in set(overwritten)]
        self.written = written
        self.lent = [v for v, shared in zip(written, self.shared, strict=True) if shared]
        self.lent += self.handed_out
        self.count = len(outputs)
        position = {v: i for i, v in enumerate((*self.donated, *self.fixed))}
        order = [position.get(v) for v in known]
        first = len(position)
        run = self._run

        def flat(*values: Any) -> list[Any]:
            # what the traced code does not read is not computed from
            return run(*[0 if i is None else values[i] for i in order], *values[first:])

        flat.__name__ = _name(self._function)
        self._queue = self._make_queue(arrays, outputs, flat)
        self._compiled = engine.jit(flat, donate_argnums=tuple(range(len(self.donated))))
        self._kept: Any = None
        self._flat = flat
        self._mappings = [v.place[0] for v in self.written]
        del self._function, self._fill

    def _make_queue(
        self, arrays: Sequence[Any], outputs: list[Any], run: Callable[..., list[Any]]
    ) -> Queue | None:
        """Return what lets calls wait; None where somebody sees more of them than results."""
        if self.calls_host or self.lent or not self.written:
            return None
        inputs, results = list(map(_spec, arrays)), list(map(_spec, outputs))
        known = (s.dtype in np.sctypeDict or s.dtype == "bfloat16" for s in (*inputs, *results))
        if not all(known):
            return None  # keys and the like have no place on the host
        used = [*self.donated, *self.fixed]
        return Queue(run, used, len(self.donated), self.written, inputs, results)

    def __call__(self, arrays: Sequence[Any]) -> Any:
        """Run on raw arrays; Variables get their new values."""
        if self._queue is not None:
            return self.rebuild(self._queue(arrays))
        if self.calls_host:
            flush_all()
        for variable in self.written:
            variable.current()  # what waits to write it comes before
        values = [v.take() for v in self.donated]
        values += [v.current() for v in self.fixed]
        values += map(own, arrays)
        for variable in self.lent:
            variable.lend()
        outputs = run_into(self._compiled, values, self._mappings, self.count)
        if self.calls_host:
            engine.wait_for_host_calls()
        return self.rebuild(outputs)

    def recorded(self, arrays: Sequence[Any]) -> Any:
        """Run under a tape, which sees one node; nothing is overwritten in place."""
        if self._kept is None:
            self._kept = engine.jit(self._flat)
        values = [v.read() for v in (*self.donated, *self.fixed)]
        results = apply(self._kept, (*values, *arrays), {})
        count = len(self.written)
        for variable, value in zip(self.written, results[:count], strict=True):
            variable.assign(value)
        if self.calls_host:
            engine.wait_for_host_calls()
        return self.rebuild(results[count:])


def _spec(array: Any) -> Spec:
    return Spec(tuple(array.shape), str(xp.result_type(array)))


def _nbytes(variable: Variable) -> int:
    return int(variable.current().nbytes)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "function")

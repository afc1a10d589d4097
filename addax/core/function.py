"""`function`: compiles a user's own step, with Variables, tapes and metrics inside."""

from __future__ import annotations

import functools
import threading
import types
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

import numpy as np

from addax.core.deferral import running
from addax.core.graph import active_tapes
from addax.core.tensor import Symbolic, Tensor
from addax.core.tracing import Program, RunEagerly, ambient, reachable_variables
from addax.core.variable import TracedInitialValue, Variable, in_scope
from addax.engine import engine

F = TypeVar("F", bound=Callable[..., Any])

_STATIC = (bool, int, float, complex, str, bytes)
_MOST_PROGRAMS = 64
_MANY_PROGRAMS = 8

_VALUE_NEEDED = (
    "`{name}` is compiled by `addax.function`, which runs it once without values: Python's `if`, "
    "`while`, `float()` and NumPy cannot see what a tensor holds. Use `ops.cond`, `ops.where`, "
    "`ops.while_loop` or `ops.fori_loop` there, or take that part out of the function. To debug, "
    "call `addax.run_functions_eagerly(True)`."
)

_MANY_TRACED = (
    "`{name}` was compiled {count} times, for arguments of different shapes or different Python "
    "values. Each number is a value to compile for: pass what changes as a tensor or array, and "
    "batches of one size."
)

_eagerly = False


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Run decorated functions as plain Python, to debug them; False compiles again.

    Example:
        >>> run_functions_eagerly(True)
        >>> functions_run_eagerly()
        True
        >>> run_functions_eagerly(False)
    """
    global _eagerly
    _eagerly = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """Say whether decorated functions run as plain Python."""
    return _eagerly


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    **experimental: Any,
) -> Any:
    """Compile a function, such as a training step of your own, to one program.

    The code may read and assign Variables, record a `GradientTape`, apply an optimizer,
    update metrics and draw random numbers. It is traced once for each kind of arguments:
    structure, shapes, dtypes, and the values of Python numbers and other objects. Python
    side effects happen only then. Variables may be created in the first call only. A
    function that loops over a `tf.data` data set runs as it is; compile the step in it.
    Calls that write Variables may wait until somebody reads a Variable or a result, and
    then run together; only the time tells.

    Args:
        func: the function or method; left out when used as `@function(...)`.
        input_signature: one description (with `shape` and `dtype`) per positional
            argument, which is checked and converted to.
        autograph: accepted; Python's control flow over values is not rewritten.
        jit_compile: accepted; everything is compiled.
        reduce_retracing: accepted; each shape is compiled by itself.
        **experimental: accepted: `experimental_...` arguments of TensorFlow.

    Returns: the compiled function, with `python_function`, `get_concrete_function` and
        `experimental_get_tracing_count`.

    Raises:
        TypeError: if `func` is not callable.

    Example:
        >>> import addax
        >>> v = addax.Variable(1.0)
        >>> @function
        ... def step(x):
        ...     with addax.GradientTape() as tape:
        ...         loss = (v * x - 6.0) ** 2
        ...     v.assign_sub(0.1 * tape.gradient(loss, v))
        ...     return loss
        >>> float(step(2.0)), float(v)
        (16.0, 2.5999999046325684)
    """
    unknown = [k for k in experimental if not k.startswith("experimental_") and k != "name"]
    if unknown:
        raise TypeError(f"`function` has no argument `{unknown[0]}`.")
    if func is None:
        return functools.partial(function, input_signature=input_signature)
    if not callable(func):
        raise TypeError(f"`func` of `function` must be callable. Received: {func!r}")
    return _decorate(func, input_signature)


def _decorate(func: F, signature: Sequence[Any] | None) -> F:
    if getattr(func, "python_function", None) is not None:
        return func
    programs = _Programs(func)
    run, convert = programs.__call__, functools.partial(_to_signature, func, signature)

    if signature is None:

        def compiled(*args: Any, **kwargs: Any) -> Any:
            return run(args, kwargs)
    else:

        def compiled(*args: Any, **kwargs: Any) -> Any:
            return run(convert(args, kwargs), {})

    own = ("__dict__",) if isinstance(func, (types.FunctionType, types.MethodType)) else ()
    functools.update_wrapper(compiled, func, updated=own)
    return cast(F, _with_attributes(compiled, programs))


def _with_attributes(compiled: Any, programs: _Programs) -> Any:
    def concrete(*args: Any, **kwargs: Any) -> Any:
        """Compile for arguments, or descriptions of them, and return the function."""
        if not in_scope():
            programs.find(*_examples(args, kwargs))
        return compiled

    compiled.python_function = programs.python_function
    compiled.get_concrete_function = concrete
    compiled.experimental_get_tracing_count = lambda: programs.count
    return compiled


def _examples(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """Put zeros in place of descriptions such as `TensorSpec`."""

    def example(item: Any) -> Any:
        if isinstance(item, (Tensor, Variable)) or engine.is_array(item):
            return item
        if not hasattr(item, "shape") or not hasattr(item, "dtype") or hasattr(item, "__array__"):
            return item
        return np.zeros([size or 1 for size in item.shape], np.dtype(str(_dtype_name(item.dtype))))

    return tuple(map(example, args)), {name: example(item) for name, item in kwargs.items()}


def _dtype_name(dtype: Any) -> str:
    return getattr(dtype, "name", None) or str(dtype)


def _to_signature(
    func: Callable[..., Any], signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, ...]:
    """Convert positional arguments to what `input_signature` describes."""
    name = getattr(func, "__name__", "function")
    bound = (*args, *kwargs.values())
    own = len(bound) - len(signature)  # a method has `self` in front
    if own not in (0, 1):
        raise TypeError(
            f"`{name}` takes {len(signature)} arguments, as its `input_signature` says. "
            f"Received: {len(bound)}"
        )
    converted = [_to_spec(name, s, a) for s, a in zip(signature, bound[own:], strict=True)]
    return (*bound[:own], *converted)


def _to_spec(name: str, spec: Any, value: Any) -> Any:
    if not hasattr(spec, "shape") or not hasattr(spec, "dtype"):
        return value
    if not isinstance(value, (Tensor, Variable)):
        value = Tensor(engine.asarray(np.asarray(value), _dtype_name(spec.dtype)))
    wanted = None if spec.shape is None else tuple(spec.shape)
    fits = wanted is None or (
        len(wanted) == len(value.shape)
        and all(w is None or w == s for w, s in zip(wanted, value.shape, strict=True))
    )
    if not fits or str(value.dtype) != _dtype_name(spec.dtype):
        raise TypeError(
            f"An argument of `{name}` does not fit its `input_signature`, shape {wanted} of "
            f"{_dtype_name(spec.dtype)}. Received: shape {value.shape} of {value.dtype}"
        )
    return value


class _Programs:
    """The compiled programs of one function, by the kind of arguments.

    Args:
        python_function: what is compiled.
    """

    def __init__(self, python_function: Callable[..., Any]) -> None:
        self.python_function = python_function
        self.count = 0
        self._programs: dict[Any, Program | None] = {}
        self._had_a_first_call = False
        self._references: dict[Any, list[Any]] = {}
        self._lock = threading.RLock()

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the program for these arguments, made now if there is none."""
        if _eagerly or in_scope():  # what surrounds it is being compiled
            return self.python_function(*args, **kwargs)
        leaves, definition = engine.tree_flatten((args, kwargs))
        arrays: list[Any] = []
        key = _key(leaves, definition, arrays)
        if key is None:
            return self.python_function(*args, **kwargs)
        try:
            program = self._programs[key]
        except KeyError:
            program = self._add(key, leaves, definition)
        if program is None:
            return self.python_function(*args, **kwargs)
        if active_tapes.get():
            return program.recorded(_recordable(args, kwargs))
        with running:
            return program(arrays)

    def find(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Make the program for these arguments."""
        leaves, definition = engine.tree_flatten((args, kwargs))
        key = _key(leaves, definition, [])
        if key is not None and key not in self._programs:
            self._add(key, leaves, definition)

    def _add(self, key: Any, leaves: list[Any], definition: Any) -> Program | None:
        with self._lock:
            if key in self._programs:
                return self._programs[key]
            try:
                program = self._make(leaves, definition)
            except TracedInitialValue:
                if self._had_a_first_call:
                    raise
                # the first call may create Variables from values: it runs as it is
                self._had_a_first_call = True
                return None
            if len(self._programs) >= _MOST_PROGRAMS:
                self._drop(next(iter(self._programs)))
            self._references[key] = [
                self._reference(leaf, key) for leaf in leaves if not _is_plain(leaf)
            ]
            self._programs[key] = program
            self.count += 1
            if self.count == _MANY_PROGRAMS:
                name = getattr(self.python_function, "__name__", "function")
                warnings.warn(_MANY_TRACED.format(name=name, count=self.count), stacklevel=4)
            return program

    def _reference(self, item: Any, key: Any) -> Any:
        """Keep programs no longer than the objects they were made for."""
        try:
            return weakref.ref(item, lambda _: self._drop(key))
        except TypeError:
            return item

    def _drop(self, key: Any) -> None:
        self._programs.pop(key, None)
        self._references.pop(key, None)

    def _make(self, leaves: list[Any], definition: Any) -> Program | None:
        filled = list(leaves)
        positions = [i for i, leaf in enumerate(leaves) if _is_array(leaf)]

        def fill(arrays: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
            whole = list(filled)
            for position, array in zip(positions, arrays, strict=True):
                whole[position] = array
            args, kwargs = engine.tree_unflatten(definition, whole)
            return _as_tensors(args), _as_tensors(kwargs)

        guess = reachable_variables([self.python_function, *leaves])
        try:
            return Program(self.python_function, fill, [leaves[i] for i in positions], guess)
        except RunEagerly:
            return None
        except engine.TRACE_ERRORS as error:
            name = getattr(self.python_function, "__name__", "function")
            error.add_note(_VALUE_NEEDED.format(name=name))
            raise


def _is_array(leaf: Any) -> bool:
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind not in "OSU"
    return engine.is_array(leaf)


def _is_plain(leaf: Any) -> bool:
    return isinstance(leaf, _STATIC) or _is_array(leaf)


def _key(leaves: list[Any], definition: Any, arrays: list[Any]) -> tuple[Any, ...] | None:
    """Return what a program is made for, and put the arrays into `arrays`.

    None stands for arguments with which the code must run as it is: traced, symbolic, an
    iterator.
    """
    parts = [definition, *[state() for state in ambient]]
    for leaf in leaves:
        kind = type(leaf)
        if kind is np.ndarray and leaf.dtype.kind not in "OSU":
            arrays.append(leaf)
            parts += (leaf.shape, leaf.dtype)
        elif engine.is_array(leaf):
            if engine.is_traced(leaf):
                return None
            arrays.append(leaf)
            parts += (leaf.shape, leaf.dtype)
        elif _is_array(leaf):  # a NumPy number, of which float64 is a `float`, too; a memmap
            arrays.append(leaf)
            parts += (leaf.shape, leaf.dtype)
        elif isinstance(leaf, _STATIC):
            parts += (kind, leaf)
        elif isinstance(leaf, (Symbolic, Iterator)):
            return None  # what an iterator gives would become a constant
        else:
            parts += (kind, id(leaf))
    return tuple(parts)


def _as_tensors(structure: Any) -> Any:
    """Put bare arrays among arguments into Tensors, as eager code would see them."""
    if engine.is_array(structure):
        return Tensor(structure)
    if isinstance(structure, dict):
        return {key: _as_tensors(value) for key, value in structure.items()}
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*map(_as_tensors, structure))
    if isinstance(structure, (list, tuple)):
        return type(structure)(map(_as_tensors, structure))
    return structure


def _recordable(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Return the arrays among arguments, those in Tensors as the Tensors themselves."""
    found: list[Any] = []
    whole, _ = engine.tree_flatten((args, kwargs), is_leaf=lambda x: isinstance(x, Tensor))
    for leaf in whole:
        if isinstance(leaf, Tensor):
            parts = [part for part in engine.tree_leaves(leaf) if _is_array(part)]
            found += [leaf, *parts[1:]]
        elif _is_array(leaf):
            found.append(leaf)
    return found

"""Control flow whose branches and bodies are Python functions on tensors.

While a tape records, loops run in Python and both branches of `cond` are computed:
then whatever the functions close over gets its gradient. Variables that a function
assigns, such as the state of a `SeedGenerator`, are carried through the loop.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from addax import tree
from addax.core.graph import active_tapes, apply, op, wrap
from addax.core.tensor import Symbolic, Tensor, TensorLike, is_symbolic, raw
from addax.core.variable import Variable, read_listeners, scope
from addax.engine import engine, xp
from addax.ops._arrays import as_array
from addax.ops.math import where
from addax.ops.shaping import stack

Function = Callable[..., Any]


@contextlib.contextmanager
def _unrecorded() -> Iterator[None]:
    token = active_tapes.set(())
    try:
        yield
    finally:
        active_tapes.reset(token)


def _raw_tree(structure: Any) -> Any:
    return tree.map_structure(lambda x: None if x is None else as_array(raw(x)), structure)


def _tensors(structure: Any) -> Any:
    """Return `structure` with numbers and arrays as tensors; symbolic tensors stay."""

    def convert(x: Any) -> Any:
        if isinstance(x, Variable):
            return x.read()
        return x if x is None or isinstance(x, TensorLike) else Tensor(as_array(x))

    return tree.map_structure(convert, structure)


def _has(structure: Any, test: Callable[[Any], bool]) -> bool:
    return any(test(leaf) for leaf in tree.flatten(structure))


def _is_traced(x: Any) -> bool:
    return engine.is_traced(raw(x))


def _assigned(function: Function, *args: Any) -> list[Variable]:
    """Return the Variables that `function` assigns, found without computing."""
    if _has(args, is_symbolic):
        return []
    found: dict[Variable, Any] = {}

    def run() -> list[Any]:
        with _unrecorded(), scope(found):
            function(*args)
        return []

    engine.eval_shape(run)  # type: ignore[attr-defined]
    return list(found)


def _pure(function: Function, variables: list[Variable]) -> Function:
    """Return `(values, *arrays) -> (result, new values)` for `function` on tensors."""

    def call(values: list[Any], *args: Any) -> tuple[Any, list[Any]]:
        with _unrecorded(), scope(dict(zip(variables, values, strict=True))) as current:
            result = _raw_tree(function(*wrap(args)))
        return result, [current[variable] for variable in variables]

    return call


def _values(variables: list[Variable]) -> list[Any]:
    return [variable.raw for variable in variables]


def _store(variables: list[Variable], values: list[Any]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def cond(pred: Any, true_fn: Function, false_fn: Function) -> Any:
    """Return `true_fn()` if `pred` holds, else `false_fn()`.

    Args:
        pred: boolean scalar.
        true_fn: function without arguments.
        false_fn: function without arguments, with the same structure of results.

    Example:
        >>> float(cond(True, lambda: 1.0, lambda: 2.0))
        1.0
    """
    if isinstance(pred, Symbolic):
        return _both(pred, true_fn, false_fn)
    value = as_array(raw(pred))
    if not engine.is_traced(value):
        return true_fn() if bool(value) else false_fn()
    if active_tapes.get():
        return _both(pred, true_fn, false_fn)
    variables = list(dict.fromkeys((*_assigned(true_fn), *_assigned(false_fn))))
    branches = (_pure(true_fn, variables), _pure(false_fn, variables))
    result, values = engine.cond(value.astype(bool), *branches, _values(variables))
    _store(variables, values)
    return wrap(result)


def _both(pred: Any, true_fn: Function, false_fn: Function) -> Any:
    """Compute both branches and select."""
    with scope({}) as after_true:
        on_true = true_fn()
    with scope({}) as after_false:
        on_false = false_fn()
    for variable in dict.fromkeys((*after_true, *after_false)):
        values = (env.get(variable, variable.raw) for env in (after_true, after_false))
        variable.assign(where(pred, *values))
    return tree.map_structure(
        lambda a, b: None if a is None else where(pred, a, b), on_true, on_false
    )


def switch(index: Any, branches: list[Function], *operands: Any) -> Any:
    """Return `branches[index](*operands)`; `index` is limited to what there is.

    Args:
        index: integer scalar.
        branches: functions with results of the same structure.
        *operands: what the functions are called with.

    Example:
        >>> float(switch(1, [lambda x: x, lambda x: -x], 3.0))
        -3.0
    """
    operands = _tensors(operands)
    value = as_array(raw(index))
    if not engine.is_traced(value):
        return branches[min(max(int(value), 0), len(branches) - 1)](*operands)
    if active_tapes.get():
        result = branches[0](*operands)
        for number, branch in enumerate(branches[1:], 1):
            other, chosen = branch(*operands), Tensor(value >= number)
            result = tree.map_structure(lambda a, b, c=chosen: where(c, b, a), result, other)
        return result
    found = [variable for branch in branches for variable in _assigned(branch, *operands)]
    variables = list(dict.fromkeys(found))
    functions = [_pure(branch, variables) for branch in branches]
    arguments = (_values(variables), *_raw_tree(operands))
    result, values = engine.switch(value, functions, *arguments)  # type: ignore[attr-defined]
    _store(variables, values)
    return wrap(result)


def while_loop(
    cond: Function, body: Function, loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Repeat `body` while `cond` holds.

    Args:
        cond: function of the loop variables that returns a boolean scalar.
        body: function of the loop variables that returns their new values.
        loop_vars: tuple or list of tensors, or one tensor.
        maximum_iterations: stop after so many, or None.

    Returns: the loop variables at the end.

    Example:
        >>> int(while_loop(lambda i: i < 10, lambda i: i + 3, 0))
        12
    """
    single = not isinstance(loop_vars, (tuple, list))
    state = _tensors((loop_vars,) if single else tuple(loop_vars))

    def step(*args: Any) -> tuple[Any, ...]:
        result = body(*args)
        return tuple(result) if isinstance(result, (tuple, list)) else (result,)

    if active_tapes.get() and not _has(state, _is_traced):
        state = _python_while(cond, step, state, maximum_iterations)
    else:
        variables = _assigned(step, *state)
        state, values = _while(
            _pure(lambda *args: cond(*args), variables), _pure(step, variables), state,
            _values(variables), maximum_iterations,
        )  # fmt: skip
        _store(variables, values)
    return state[0] if single else state


def _python_while(cond: Function, step: Function, state: Any, limit: int | None) -> Any:
    count = 0
    while (limit is None or count < limit) and bool(cond(*state)):
        state, count = _tensors(step(*state)), count + 1
    return state


@op
def _while(cond: Function, body: Function, state: Any, values: list[Any], limit: int | None) -> Any:
    def go_on(carry: Any) -> Any:
        count, state, values = carry
        wanted = cond(values, *state)[0]
        return wanted if limit is None else xp.logical_and(wanted, count < limit)

    def step(carry: Any) -> Any:
        count, state, values = carry
        new, values = body(values, *state)
        dtypes = [leaf.dtype for leaf in tree.flatten(state)]
        leaves = [x.astype(d) for x, d in zip(tree.flatten(new), dtypes, strict=True)]
        return count + 1, tree.pack_like(state, leaves), values

    _, state, values = engine.while_loop(go_on, step, (as_array(0), state, values))
    return state, values


def fori_loop(lower: Any, upper: Any, body_fun: Function, init_val: Any) -> Any:
    """Repeat `state = body_fun(i, state)` for `lower <= i < upper`.

    Args:
        lower: integer scalar.
        upper: integer scalar.
        body_fun: function of the index and the state.
        init_val: tensor, or a structure of them.

    Example:
        >>> float(fori_loop(0, 4, lambda i, total: total + i, 0.0))
        6.0
    """
    state, bounds = _tensors(init_val), (raw(lower), raw(upper))
    if active_tapes.get() and not _has(bounds, _is_traced):
        for i in range(int(bounds[0]), int(bounds[1])):
            state = body_fun(Tensor(as_array(i)), state)
        return state
    variables = _assigned(body_fun, Tensor(as_array(0)), state)
    state, values = _fori(lower, upper, _pure(body_fun, variables), state, _values(variables))
    _store(variables, values)
    return state


@op
def _fori(lower: Any, upper: Any, body: Function, state: Any, values: list[Any]) -> Any:
    def step(i: Any, carry: Any) -> Any:
        return body(carry[1], i, carry[0])

    return engine.fori_loop(lower, upper, step, (state, values))


def scan(
    f: Function,
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Fold `f` over the leading axis of `xs`.

    Args:
        f: `f(carry, x) -> (new carry, y)`.
        init: the first carry: a tensor, or a structure of them.
        xs: tensor, or a structure of tensors of the same leading size; or None.
        length: number of steps; needed without `xs`.
        reverse: whether to go from the last entry to the first.
        unroll: steps per turn of the compiled loop.

    Returns: the last carry, and the stacked `y`.

    Raises:
        ValueError: without `xs` and `length`.

    Example:
        >>> total, sums = scan(lambda c, x: (c + x, c + x), 0.0, [1.0, 2.0, 3.0])
        >>> sums.numpy()
        array([1., 3., 6.], dtype=float32)
    """
    if xs is None and length is None:
        raise ValueError("`scan` needs `xs` or `length`. Received: xs=None, length=None")
    xs = _leading(xs)
    init = _tensors(init)
    if active_tapes.get() and not _has((init, xs), is_symbolic):
        return _python_scan(f, init, xs, length, reverse)
    variables = [] if _has((init, xs), is_symbolic) else _assigned(f, init, _entry(xs, 0))
    (carry, values), ys = _scan(
        _pure(f, variables), init, _values(variables), xs, length, reverse, unroll
    )
    _store(variables, values)
    return carry, ys


def _leading(xs: Any) -> Any:
    """Return the elements to go over; a plain list of numbers is one tensor."""
    numbers = isinstance(xs, (list, tuple)) and all(isinstance(x, (int, float)) for x in xs)
    return Tensor(as_array(xs)) if numbers else _tensors(xs)


def _entry(xs: Any, i: int) -> Any:
    return tree.map_structure(lambda x: None if x is None else x[i], xs)


def _count(xs: Any, length: int | None) -> int:
    sizes = {leaf.shape[0] for leaf in tree.flatten(xs) if leaf is not None}
    sizes |= set() if length is None else {length}
    if len(sizes) != 1:
        raise ValueError(f"The leading sizes must be equal. Received: sizes {sorted(sizes)}")
    return sizes.pop()


def _python_scan(f: Function, carry: Any, xs: Any, length: int | None, reverse: bool) -> Any:
    count = _count(xs, length)
    order = range(count - 1, -1, -1) if reverse else range(count)
    ys: list[Any] = [None] * count
    for i in order:
        carry, ys[i] = f(carry, _entry(xs, i))
    return carry, _stacked(ys)


def _stacked(entries: list[Any]) -> Any:
    if not entries:
        return None
    return tree.map_structure(
        lambda *leaves: None if leaves[0] is None else stack(leaves), *entries
    )


@op
def _scan(
    f: Function,
    init: Any,
    values: list[Any],
    xs: Any,
    length: int | None,
    reverse: bool,
    unroll: int | bool,
) -> Any:
    def step(carry: Any, x: Any) -> Any:
        (new, y), values = f(carry[1], carry[0], x)
        return (new, values), y

    return engine.scan(step, (init, values), xs, length=length, reverse=reverse, unroll=unroll)


def map(f: Function, xs: Any) -> Any:
    """Apply `f` to each entry along the leading axis, one after the other.

    Args:
        f: function of one entry.
        xs: tensor, or a structure of tensors of the same leading size.

    Returns: the stacked results.

    Example:
        >>> map(lambda x: x * x, [1.0, 2.0]).numpy()
        array([1., 4.], dtype=float32)
    """
    return scan(lambda _, x: (None, f(x)), None, xs)[1]


def vectorized_map(function: Function, elements: Any) -> Any:
    """Apply `function` to each entry along the leading axis, all at once.

    Args:
        function: function of one entry.
        elements: tensor, or a structure of tensors of the same leading size.

    Returns: the stacked results.

    Example:
        >>> vectorized_map(lambda x: x * x, [1.0, 2.0]).numpy()
        array([1., 4.], dtype=float32)
    """
    elements = _leading(elements)
    if active_tapes.get() and not _has(elements, is_symbolic):
        return _stacked([function(_entry(elements, i)) for i in range(_count(elements, None))])
    return _vectorized(_pure(function, []), elements)


@op
def _vectorized(function: Function, elements: Any) -> Any:
    return engine.vmap(lambda entry: function([], entry)[0])(elements)


def associative_scan(f: Function, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Fold the associative `f(a, b)` over `axis`, keeping every intermediate result.

    Args:
        f: function of two tensors (or structures) with many entries along `axis`.
        elems: tensor, or a structure of tensors of the same size along `axis`.
        reverse: whether to go from the last entry to the first.
        axis: axis to fold over.

    Example:
        >>> associative_scan(lambda a, b: a + b, [1.0, 2.0, 3.0]).numpy()
        array([1., 3., 6.], dtype=float32)
    """
    return _associative(_pure(f, []), _leading(elems), reverse, axis)


@op
def _associative(f: Function, elems: Any, reverse: bool, axis: int) -> Any:
    return engine.associative_scan(  # type: ignore[attr-defined]
        lambda a, b: f([], a, b)[0], elems, reverse=reverse, axis=axis
    )


@op
def stop_gradient(variable: Any) -> Any:
    """Return the value, through which no gradient flows."""
    return engine.stop_gradient(as_array(variable))


def custom_gradient(f: Function) -> Function:
    """Give a function the gradient you define.

    Args:
        f: function of tensors that returns `(result, grad)`; `grad(upstream)` returns
            the gradient for each argument. When `grad` takes `variables`, it is given
            the trainable Variables that `f` reads, and returns a pair: the gradients
            for the arguments, and those for the Variables.

    Returns: the function without its `grad`.

    Example:
        >>> @custom_gradient
        ... def log1pexp(x):
        ...     e = xp.exp(raw(x))
        ...     return Tensor(xp.log1p(e)), lambda upstream: upstream
        >>> float(log1pexp(0.0))
        0.693147...
    """
    wants_variables = _names_parameter(getattr(f, "__code__", None), "variables")

    def call(*args: Any, **kwargs: Any) -> Any:
        given = functools.partial(f, **kwargs) if kwargs else f
        variables = _read_by(given, args) if wants_variables else []
        kernel = engine.custom_gradient(functools.partial(_with_pull, given, variables))
        return apply(kernel, ([v.read() for v in variables], *_tensors(args)), {})

    call.__name__, call.__doc__ = getattr(f, "__name__", "call"), f.__doc__
    return call


def _with_pull(f: Function, variables: list[Variable], values: Any, *args: Any) -> Any:
    """Return the result of `f` on arrays, and its gradient as a function of arrays."""
    with _unrecorded(), scope(dict(zip(variables, values, strict=True))):
        result, grad = f(*wrap(args))

    def pull(upstream: Any) -> Any:
        seeds = tree.flatten(wrap(upstream))
        with _unrecorded(), scope(dict(zip(variables, values, strict=True))):
            if not variables:
                return [], *_as_tuple(_raw_tree(grad(*seeds)))
            gradients, of_variables = grad(*seeds, variables=variables)
        return _raw_tree(list(of_variables)), *_as_tuple(_raw_tree(gradients))

    return _raw_tree(result), pull


def _as_tuple(gradients: Any) -> tuple[Any, ...]:
    return tuple(gradients) if isinstance(gradients, (list, tuple)) else (gradients,)


def _names_parameter(code: Any, name: str) -> bool:
    """Say whether a function defined inside of `code` has a parameter of this name."""
    inner = [c for c in getattr(code, "co_consts", ()) if hasattr(c, "co_varnames")]
    return any(
        name in c.co_varnames[: c.co_argcount + c.co_kwonlyargcount] or _names_parameter(c, name)
        for c in inner
    )


def _read_by(function: Function, args: tuple[Any, ...]) -> list[Variable]:
    """Return the trainable Variables that `function` reads, found without computing."""
    found: dict[Variable, None] = {}

    def run() -> list[Any]:
        token = read_listeners.set((lambda variable, _: found.setdefault(variable),))
        try:
            with _unrecorded(), scope({}):
                function(*_tensors(args))
        finally:
            read_listeners.reset(token)
        return []

    engine.eval_shape(run)  # type: ignore[attr-defined]
    return [variable for variable in found if variable.trainable]


def vectorize(
    pyfunc: Function, *, excluded: Iterable[int] | None = None, signature: str | None = None
) -> Function:
    """Return a function on tensors that calls `pyfunc` for each element.

    Args:
        pyfunc: function of scalars.
        excluded: positions of arguments that are passed on as they are.
        signature: core dimensions, such as `"(m,n),(n)->(m)"`, for functions of tensors.

    Example:
        >>> vectorize(lambda a, b: a + b)([1, 2, 3], 2).numpy()
        array([3, 4, 5], dtype=int32)
    """
    kernel = xp.vectorize(
        lambda *args: _pure(pyfunc, [])([], *args)[0],
        excluded=frozenset(excluded or ()),
        signature=signature,
    )

    def on_arrays(*args: Any) -> Any:
        return kernel(*(x if i in kept else as_array(x) for i, x in enumerate(args)))

    kept = frozenset(excluded or ())
    on_arrays.__name__ = "vectorize"
    return op(on_arrays)


def jvp(fun: Function, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """Return `fun(*primals)` and its derivative in the direction of `tangents`.

    Args:
        fun: function of tensors.
        primals: its arguments.
        tangents: a direction, with the shapes of `primals`.
        has_aux: whether `fun` returns `(result, other)`.

    Returns: the result and its derivative, and `other` with `has_aux`.

    Example:
        >>> y, slope = jvp(lambda x: x * x, (3.0,), (1.0,))
        >>> float(y), float(slope)
        (9.0, 6.0)
    """
    return _jvp(_pure(fun, []), _tensors(tuple(primals)), _tensors(tuple(tangents)), has_aux)


@op
def _jvp(fun: Function, primals: Any, tangents: Any, has_aux: bool) -> Any:
    def call(*args: Any) -> Any:
        result = fun([], *args)[0]
        return tuple(result) if has_aux else result

    return engine.jvp(call, primals, tangents, has_aux=has_aux)  # type: ignore[attr-defined]

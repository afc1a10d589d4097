"""The loop over time that all recurrent layers run, on raw arrays."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from addax.core import variable as variable_module
from addax.core.graph import active_tapes, op
from addax.core.tensor import Tensor, raw
from addax.core.variable import Variable, scope
from addax.engine import engine, xp

Step = Callable[[Any, Any], tuple[Any, Any]]


class LoopOptions(NamedTuple):
    """How the loop runs; see `RNN`."""

    go_backwards: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False
    return_sequences: bool = False


@contextlib.contextmanager
def unrecorded() -> Iterator[None]:
    """Keep tapes from seeing what is traced inside: they record the loop as one op."""
    tapes = active_tapes.set(())
    listeners = variable_module.read_listeners.set(())
    try:
        yield
    finally:
        variable_module.read_listeners.reset(listeners)
        active_tapes.reset(tapes)


def _select(mask: Any, new: Any, old: Any) -> Any:
    """Take `new` for the samples where `mask`, `(batch,)`, holds."""

    def one(a: Any, b: Any) -> Any:
        return xp.where(mask.reshape(mask.shape + (1,) * (a.ndim - mask.ndim)), a, b)

    return engine.tree_map(one, new, old)  # type: ignore[attr-defined]


def loop(
    step: Step, inputs: Any, states: Any, mask: Any, options: LoopOptions
) -> tuple[Any, Any, Any]:
    """Run `step` over the leading axis of `inputs`.

    Where `mask` is False, the states stay and the output is the last one again (or
    zero, with `zero_output_for_mask`).

    Args:
        step: `(inputs at one time, states) -> (output, states)`.
        inputs: array (or structure) with the time as leading axis.
        states: structure of arrays.
        mask: boolean `(time, batch)`, or None.
        options: see `LoopOptions`.

    Returns: the last output; all outputs in the order in which they were computed,
        or None; the last states.
    """
    hold = mask is not None and not options.zero_output_for_mask
    length = engine.tree_leaves(inputs)[0].shape[0]  # type: ignore[attr-defined]
    if not length:
        raise ValueError("A recurrent layer needs at least one time step. Received: 0 time steps")
    example = step(engine.tree_map(lambda x: x[0], inputs), states)[0]  # type: ignore[attr-defined]
    nothing = engine.tree_map(xp.zeros_like, example)  # type: ignore[attr-defined]

    def body(carry: Any, current: Any) -> tuple[Any, Any]:
        previous, before = carry
        x, keep = current
        output, after = step(x, before)
        if keep is not None:
            output = _select(keep, output, previous if hold else nothing)
            after = _select(keep, after, before)
        return (output, after), output if options.return_sequences else None

    (last, states), outputs = engine.scan(
        body,
        (nothing, states),
        (inputs, mask),
        reverse=options.go_backwards,
        unroll=length if options.unroll else 1,
    )
    if options.return_sequences and options.go_backwards:
        outputs = engine.tree_map(lambda y: xp.flip(y, 0), outputs)  # type: ignore[attr-defined]
    return last, outputs, states


def _time_major(x: Any) -> Any:
    return None if x is None else xp.swapaxes(x, 0, 1)


@op
def run_fused(
    cell: Any,
    inputs: Any,
    states: Sequence[Any],
    weights: Any,
    mask: Any,
    input_drop: Any,
    state_drop: Any,
    options: LoopOptions,
) -> Any:
    """Run a cell that splits into a product over all times and a short step.

    Args:
        cell: object with `project(x, weights)` and `step(z, states, weights)` on
            raw arrays.
        inputs: `(batch, time, features)`.
        states: arrays `(batch, units)`.
        weights: the cell's weights.
        mask: boolean `(batch, time)`, or None.
        input_drop: factor `(batch, features)` of the inputs, or None.
        state_drop: factor `(batch, units)` of the recurrent input, or None.
        options: see `LoopOptions`.

    Returns: `(last_output, outputs or None, states)`.
    """
    options = LoopOptions(*options)
    x = _time_major(inputs)
    if input_drop is not None:
        x = x * input_drop
    with unrecorded():
        projected = cell.project(x, weights)
        if mask is None and cell.splits:
            run = _with_own_gradient(cell, options)
            last, outputs, states = run(projected, list(states), weights[1:], state_drop)
        else:

            def step(z: Any, before: Any) -> tuple[Any, Any]:
                return cell.step(z, before, weights, state_drop)

            last, outputs, states = loop(step, projected, list(states), _time_major(mask), options)
    return last, _time_major(outputs), states


def _with_own_gradient(cell: Any, options: LoopOptions) -> Any:
    """Return the loop over `cell`, with a gradient that does little inside the loop.

    Of each time, what entered the gates and the states before are kept. Going back, the
    gates are computed again, elementwise, and only their gradient is multiplied by the
    recurrent kernel. The gradient of the kernel itself is one product for all times.

    Reference: Appleyard, Kocisky & Blunsom 2016, https://arxiv.org/abs/1604.01946.
    """

    def run(z: Any, states: Any, weights: Any, state_drop: Any) -> Any:
        def step(current: Any, before: Any) -> tuple[Any, Any]:
            return cell.step(current, before, (None, *weights), state_drop)

        return loop(step, z, states, None, options)

    def run_forward(z: Any, states: Any, weights: Any, state_drop: Any) -> Any:
        def body(before: Any, current: Any) -> tuple[Any, Any]:
            given = cell.enter(current, before, (None, *weights), state_drop)
            output, after = cell.react(*given, before)
            return after, (given, before, output)

        after, (given, before, outputs) = engine.scan(body, states, z, reverse=options.go_backwards)
        last = outputs[0] if options.go_backwards else outputs[-1]
        ordered = xp.flip(outputs, 0) if options.go_backwards else outputs
        result = (last, ordered if options.return_sequences else None, after)
        return result, (given, before, weights, state_drop)

    def run_backward(residuals: Any, cotangents: Any) -> Any:
        given, before, (kernel, bias), state_drop = residuals
        dlast, doutputs, dafter = cotangents
        transposed = kernel.T
        if doutputs is not None and options.go_backwards:
            doutputs = xp.flip(doutputs, 0)

        def body(carry: Any, current: Any) -> tuple[Any, Any]:
            dstates, dlast = carry
            (z, inner), states, doutput = current
            pull = engine.vjp(cell.react, z, inner, states)[1]
            dz, dinner, dbefore = pull((dlast if doutput is None else dlast + doutput, dstates))
            dstate = xp.matmul(dz if dinner is None else dinner, transposed)
            dstate = dstate if state_drop is None else dstate * state_drop
            return ([dbefore[0] + dstate, *dbefore[1:]], xp.zeros_like(dlast)), (dz, dinner)

        (dstates, _), (dz, dinner) = engine.scan(
            body, (dafter, dlast), (given, before, doutputs), reverse=not options.go_backwards
        )
        flow = dz if dinner is None else dinner
        entered = before[0] if state_drop is None else before[0] * state_drop
        dkernel = xp.einsum("tbh,tbk->hk", entered, flow).astype(kernel.dtype)
        dbias = None if bias is None else cell.inner_bias_gradient(bias, flow)
        ddrop = None if state_drop is None else xp.zeros_like(state_drop)
        return dz, dstates, (dkernel, dbias), ddrop

    return engine.custom_vjp(run, run_forward, run_backward)  # type: ignore[attr-defined]


@op
def run_any(
    cell: Any,
    keywords: dict[str, Any],
    variables: Sequence[Any],
    inputs: Any,
    states: Any,
    values: Sequence[Any],
    mask: Any,
    options: LoopOptions,
) -> Any:
    """Run any cell, a callable `(inputs, states) -> (output, states)`.

    The cell's Variables come in as arrays and those that it changes go out again, so
    the loop is one pure op.

    Args:
        cell: the cell.
        keywords: further arguments of the cell.
        variables: holders of the cell's Variables.
        inputs: `(batch, time, ...)`, or a structure of such.
        states: structure of states.
        values: values of `variables`.
        mask: boolean `(batch, time)`, or None.
        options: see `LoopOptions`.

    Returns: `(last_output, outputs or None, states, values of changing variables)`.
    """
    options = LoopOptions(*options)
    held: list[Variable] = [holder.variable for holder in variables]
    given = dict(zip(held, values, strict=True))
    changing = [variable for variable in held if not variable.trainable]

    def step(x: Any, carry: Any) -> tuple[Any, Any]:
        before, buffers = carry
        current = {**given, **dict(zip(changing, buffers, strict=True))}
        wrapped = engine.tree_map(Tensor, (x, before))  # type: ignore[attr-defined]
        with scope(current) as after:
            output, new = cell(*wrapped, **keywords)
        new = list(new) if isinstance(new, (list, tuple)) else [new]
        return _raw((output, (new, [after[variable] for variable in changing])))

    with unrecorded():
        carry = (list(states), [given[variable] for variable in changing])
        major = engine.tree_map(_time_major, inputs)  # type: ignore[attr-defined]
        last, outputs, (states, buffers) = loop(step, major, carry, _time_major(mask), options)
    outputs = engine.tree_map(_time_major, outputs)  # type: ignore[attr-defined]
    return last, outputs, states, buffers


class Holder:
    """Carries a Variable through `apply`, which would read it otherwise."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable


def _raw(structure: Any) -> Any:
    if isinstance(structure, (list, tuple)):
        return type(structure)(_raw(item) for item in structure)
    if isinstance(structure, dict):
        return {key: _raw(item) for key, item in structure.items()}
    return raw(structure)

"""Control flow over tensors: recurrence, folds and choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from addax import ops, tree
from addax.core.tensor import TensorLike


def rnn(
    step_function: Callable[[Any, list[Any]], tuple[Any, list[Any]]],
    inputs: Any,
    initial_states: Sequence[Any],
    go_backwards: bool = False,
    mask: Any = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: int | None = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, list[Any]]:
    """Run a function over the time axis.

    Args:
        step_function: `(input at one time, states) -> (output, new states)`; the
            states are followed by `constants`.
        inputs: `(batch, time, ...)`, or a structure of such tensors.
        initial_states: list of tensors.
        go_backwards: whether to run from the last time to the first; the outputs then
            are in that order.
        mask: boolean `(batch, time)`: where it is False, states stay, and the output is
            the one before.
        constants: further tensors for each step.
        unroll: whether the loop is laid out step by step in the compiled program.
        input_length: ignored: the number of times is known.
        time_major: whether time comes before the batch, in inputs and outputs.
        zero_output_for_mask: whether the output is 0 where the mask is False.
        return_all_outputs: whether all outputs are returned, or the last one only.

    Returns: the last output; the outputs `(batch, time, ...)`; the last states.

    Example:
        >>> import numpy as np
        >>> last, outputs, states = rnn(
        ...     lambda x, states: (x + states[0], [x + states[0]]),
        ...     np.array([[[1.0], [2.0], [3.0]]]), [np.zeros((1, 1))])
        >>> outputs.numpy().ravel()
        array([1., 3., 6.], dtype=float32)
    """
    ready = tree.map_structure(lambda x: _time_first(x, time_major, go_backwards), inputs)
    keep = None if mask is None else _time_first(_flat_mask(mask), time_major, go_backwards)
    states = [ops.convert_to_tensor(state) for state in initial_states]
    fixed = list(constants or ())

    def step(x: Any, before: list[Any]) -> tuple[Any, list[Any]]:
        output, after = step_function(x, [*before, *fixed])
        return output, list(after)

    example, _ = step(tree.map_structure(lambda x: x[0], ready), states)
    nothing = tree.map_structure(ops.zeros_like, example)

    def body(carry: Any, entry: Any) -> tuple[Any, Any]:
        previous, before = carry
        x, kept = entry if keep is not None else (entry, None)
        output, after = step(x, before)
        if kept is not None:
            held = nothing if zero_output_for_mask else previous
            output = _choose(kept, output, held)
            after = _choose(kept, after, before)
        return (output, after), output

    entries = ready if keep is None else (ready, keep)
    (last, states), outputs = ops.scan(body, (nothing, states), entries, unroll=unroll or 1)
    if not return_all_outputs:
        outputs = tree.map_structure(lambda y: y[-1:], outputs)
    if not time_major:
        outputs = tree.map_structure(lambda y: ops.swapaxes(y, 0, 1), outputs)
    return last, outputs, states


def _time_first(x: Any, time_major: bool, go_backwards: bool) -> Any:
    x = ops.convert_to_tensor(x)
    x = x if time_major else ops.swapaxes(x, 0, 1)
    return ops.flip(x, 0) if go_backwards else x


def _flat_mask(mask: Any) -> Any:
    mask = ops.cast(mask, "bool")
    return ops.squeeze(mask, -1) if mask.ndim == 3 else mask


def _choose(keep: Any, new: Any, old: Any) -> Any:
    """Take `new` for the samples where `keep`, `(batch,)`, holds."""

    def one(a: Any, b: Any) -> Any:
        return ops.where(ops.reshape(keep, (-1,) + (1,) * (len(a.shape) - 1)), a, b)

    return tree.map_structure(one, new, old)


def map_fn(fn: Callable[[Any], Any], elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """Apply a function to each entry of the first axis."""
    return ops.map(fn, elems)


def foldl(
    fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
) -> Any:
    """Combine the entries of the first axis from the first on.

    Args:
        fn: `(accumulated, entry) -> accumulated`.
        elems: tensor.
        initializer: start; default: the first entry.
        name: ignored.

    Example:
        >>> float(foldl(lambda total, x: total + x, [1.0, 2.0, 3.0]))
        6.0
    """
    elems = ops.convert_to_tensor(elems)
    start = elems[0] if initializer is None else ops.convert_to_tensor(initializer)
    rest = elems[1:] if initializer is None else elems
    if not rest.shape[0]:
        return start
    return ops.scan(lambda total, x: (fn(total, x), None), start, rest)[0]


def foldr(
    fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
) -> Any:
    """Combine the entries of the first axis from the last on; see `foldl`."""
    return foldl(fn, ops.flip(ops.convert_to_tensor(elems), 0), initializer)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Return one of two tensors, or of what two functions return.

    Args:
        condition: scalar, or a tensor whose axes are the first ones of the results.
        then_expression: tensor, or function without arguments.
        else_expression: tensor, or function without arguments.

    Example:
        >>> switch([True, False], [1.0, 1.0], [2.0, 2.0]).numpy()
        array([1., 2.], dtype=float32)
    """
    condition = ops.cast(condition, "bool")
    results = (then_expression, else_expression)
    if condition.ndim == 0 and all(_is_function(each) for each in results):
        return ops.cond(condition, *results)
    then_value, else_value = (each() if _is_function(each) else each for each in results)
    then_value = ops.convert_to_tensor(then_value)
    extra = (1,) * (then_value.ndim - condition.ndim)
    return ops.where(
        ops.reshape(condition, (*condition.shape, *extra)) if extra else condition,
        then_value,
        else_value,
    )


def _is_function(item: Any) -> bool:
    return callable(item) and not isinstance(item, TensorLike)

"""Functions at the top of `tf`: folds, masks, updates and branches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from addax import ops, tree
from addax.compat.tensorflow.functions import convert_to_tensor
from addax.compat.tensorflow.types import as_dtype


def add_n(inputs: Any, name: str | None = None) -> Any:
    """Return the sum of tensors."""
    first, *rest = inputs
    return sum(rest, ops.convert_to_tensor(first))


def identity_n(input: Any, name: str | None = None) -> list[Any]:
    """Return tensors with the same values."""
    return [ops.convert_to_tensor(x) for x in input]


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """Return `x`; raise ValueError if its shape does not fit."""
    found = tuple(x.shape)
    wanted = tuple(shape)
    if len(found) != len(wanted) or any(
        None not in (a, b) and a != b for a, b in zip(found, wanted, strict=True)
    ):
        raise ValueError(f"The tensor must have shape {wanted}. Received: shape {found}")
    return x


def gradients(*args: Any, **kwargs: Any) -> Any:
    """Refuse: values do not remember how they were computed.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("`tf.gradients` needs a graph. Use `tf.GradientTape` instead.")


def numpy_function(func: Callable[..., Any], inp: Any, Tout: Any, **kwargs: Any) -> Any:
    """Call a function of NumPy arrays (eagerly)."""
    return _typed(func(*[np.asarray(x) for x in inp]), Tout)


def py_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """Call a function of tensors (eagerly)."""
    return _typed(func(*inp), Tout)


def _typed(result: Any, dtypes: Any) -> Any:
    if isinstance(dtypes, (list, tuple)):
        values = result if isinstance(result, (list, tuple)) else [result]
        return [convert_to_tensor(v, t) for v, t in zip(values, dtypes, strict=True)]
    return convert_to_tensor(result, dtypes)


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: str | None = None
) -> Any:
    """Return True for the first `lengths` places of each row."""
    size = int(ops.max(lengths)) if maxlen is None else int(maxlen)
    mask = ops.less(ops.arange(size), ops.expand_dims(ops.convert_to_tensor(lengths), -1))
    return mask if as_dtype(dtype) == "bool" else ops.cast(mask, as_dtype(dtype))


def strided_slice(input_: Any, begin: Any, end: Any, strides: Any = None, **kwargs: Any) -> Any:
    """Return `input_[begin:end:strides]`, axis by axis."""
    steps = [1] * len(begin) if strides is None else strides
    return input_[tuple(slice(*map(int, part)) for part in zip(begin, end, steps, strict=True))]


def tensor_scatter_nd_update(
    tensor: Any, indices: Any, updates: Any, name: str | None = None
) -> Any:
    """Return the tensor with other values at index tuples."""
    return ops.scatter_update(tensor, indices, updates)


def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """Return the tensor with values added at index tuples."""
    return ops.add(tensor, ops.scatter(indices, updates, tuple(tensor.shape)))


def unique(x: Any, out_idx: Any = "int32", name: str | None = None) -> Any:
    """Return the different values in order of appearance, and where each entry's is (eagerly)."""
    values, first, inverse = np.unique(np.asarray(x), return_index=True, return_inverse=True)
    order = np.argsort(first)
    places = np.argsort(order)[inverse.ravel()]
    return convert_to_tensor(values[order]), convert_to_tensor(places.astype("int32"))


def switch_case(
    branch_index: Any, branch_fns: Any, default: Any = None, name: str | None = None
) -> Any:
    """Call the function with that number; `default` (else the last) for any other number."""
    pairs = dict(branch_fns.items() if isinstance(branch_fns, dict) else _numbered(branch_fns))
    *first, last = sorted(pairs)
    branch = default or pairs[last]
    for key in reversed(first if default is None else [*first, last]):
        branch = _either(ops.equal(branch_index, key), pairs[key], branch)
    return branch()


def _numbered(functions: Any) -> Any:
    return enumerate(functions) if callable(functions[0]) else functions


def case(
    pred_fn_pairs: Any,
    default: Any = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str | None = None,
) -> Any:
    """Call the function of the first condition that holds, else `default`."""
    pairs = list(pred_fn_pairs)
    branch = default or pairs.pop()[1]
    for condition, function in reversed(pairs):
        branch = _either(condition, function, branch)
    return branch()


def _either(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: ops.cond(condition, yes, no)


def _steps(elems: Any, reverse: bool) -> list[Any]:
    length = tree.flatten(elems)[0].shape[0]
    order = reversed(range(length)) if reverse else range(length)
    return [tree.map_structure(lambda e, i=i: e[i], elems) for i in order]


def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Combine elements from first to last and return all states."""
    steps = _steps(elems, reverse)
    state = steps.pop(0) if initializer is None else initializer
    states = [state] if initializer is None else []
    for step in steps:
        state = fn(state, step)
        states.append(state)
    ordered = states[::-1] if reverse else states
    return tree.map_structure(lambda *parts: ops.stack(parts), *ordered)


def foldl(fn: Callable[..., Any], elems: Any, initializer: Any = None, **kwargs: Any) -> Any:
    """Combine elements from first to last and return the last state."""
    return _fold(fn, _steps(elems, False), initializer)


def foldr(fn: Callable[..., Any], elems: Any, initializer: Any = None, **kwargs: Any) -> Any:
    """Combine elements from last to first and return the last state."""
    return _fold(fn, _steps(elems, True), initializer)


def _fold(fn: Callable[..., Any], steps: list[Any], state: Any) -> Any:
    state = steps.pop(0) if state is None else state
    for step in steps:
        state = fn(state, step)
    return state


def timestamp(name: str | None = None) -> float:
    """Return the seconds since 1970."""
    return time.time()


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """Return the values as an array."""
    return np.asarray(tensor)


def assert_near(
    x: Any, y: Any, rtol: Any = 1e-6, atol: Any = 1e-6, message: str | None = None, **kwargs: Any
) -> None:
    """Raise ValueError unless all values are close."""
    if not np.allclose(np.asarray(x), np.asarray(y), rtol, atol):
        raise ValueError(message or f"The tensors differ: {np.asarray(x)} and {np.asarray(y)}")


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """Return the tensor; raise ValueError if a value is not finite."""
    if not np.isfinite(np.asarray(tensor)).all():
        raise ValueError(f"{message} : Tensor had NaN or Inf values")
    return tensor

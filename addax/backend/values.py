"""Making tensors and variables, reading and setting their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import config, ops
from addax.core.dtypes import is_float, is_integer, standardize_dtype
from addax.core.graph import ancestors, replay
from addax.core.tensor import Symbolic, Tensor, TensorLike
from addax.core.variable import Variable
from addax.engine import xp
from addax.layers import Input
from addax.layers.base import training_context
from addax.ops import random


def variable(
    value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None
) -> Variable:
    """Make a variable of an initial value.

    Args:
        value: number, array or tensor.
        dtype: default: `floatx()`.
        name: name.
        constraint: applied by optimizers after each update.

    Example:
        >>> variable([1, 2]).numpy()
        array([1., 2.], dtype=float32)
    """
    made = Variable(value, dtype=standardize_dtype(dtype), name=name)
    made.constraint = constraint
    return made


def constant(
    value: Any, dtype: Any = None, shape: Sequence[int] | None = None, name: str | None = None
) -> Tensor:
    """Make a tensor of a value.

    Args:
        value: number or array.
        dtype: default: `floatx()`.
        shape: what the value is broadcast to.
        name: ignored.
    """
    made = ops.convert_to_tensor(value, dtype=standardize_dtype(dtype))
    return made if shape is None else ops.broadcast_to(made, tuple(shape))


def placeholder(
    shape: Sequence[int | None] | None = None,
    ndim: int | None = None,
    dtype: Any = None,
    sparse: bool = False,
    name: str | None = None,
) -> Symbolic:
    """Make a symbolic tensor, an input of `function` or of a model.

    Args:
        shape: with the batch; None where a size is not known.
        ndim: number of unknown sizes, when `shape` is not given.
        dtype: default: `floatx()`.
        sparse: must be False.
        name: name.

    Raises:
        ValueError: without `shape` and `ndim`, or with `sparse`.

    Example:
        >>> placeholder(shape=(2, 4, 5)).shape
        (2, 4, 5)
    """
    if shape is None and ndim is None:
        raise ValueError("`placeholder` needs `shape` or `ndim`. Received neither")
    if sparse:
        raise ValueError("`placeholder` makes dense tensors only. Received: sparse=True")
    shape = (None,) * (ndim or 0) if shape is None else tuple(shape)
    return Input(batch_shape=shape, dtype=standardize_dtype(dtype), name=name)


def zeros(shape: Sequence[int], dtype: Any = None, name: str | None = None) -> Variable:
    """Make a variable of zeros."""
    return variable(np.zeros(shape), dtype, name)


def ones(shape: Sequence[int], dtype: Any = None, name: str | None = None) -> Variable:
    """Make a variable of ones."""
    return variable(np.ones(shape), dtype, name)


def result_type(*dtypes: Any) -> str:
    """Return the dtype that values of these dtypes have together.

    Args:
        *dtypes: names or dtypes; `int`, `float` and `bool` stand for Python numbers, which
            take the width of the others.

    Example:
        >>> result_type("int32", "float16"), result_type("int8", int), result_type("int8", float)
        ('float16', 'int8', 'float32')
    """
    numbers: dict[Any, Any] = {bool: True, int: 1, float: 1.0}
    wide = config.floatx() == "float64"
    found = []
    for dtype in dtypes:
        name = standardize_dtype(dtype)
        found.append(numbers.get(dtype, name if wide else name.replace("64", "32")))
    return standardize_dtype(xp.result_type(*found or [config.floatx()]))


def eye(size: int, dtype: Any = None, name: str | None = None) -> Variable:
    """Make a variable of an identity matrix."""
    return variable(np.eye(size), dtype, name)


def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return zeros in the shape of `x`."""
    return ops.zeros_like(x, dtype=dtype)


def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return ones in the shape of `x`."""
    return ops.ones_like(x, dtype=dtype)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Any:
    """Return evenly spaced integers."""
    return ops.arange(start, stop, step, dtype=dtype)


def random_normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Any:
    """Return normally distributed random numbers."""
    return random.normal(shape, mean, stddev, dtype, seed)


def truncated_normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Any:
    """Return normal random numbers within two standard deviations of the mean."""
    return random.truncated_normal(shape, mean, stddev, dtype, seed)


def random_uniform(
    shape: Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Any:
    """Return random numbers evenly distributed over `[minval, maxval)`."""
    return random.uniform(shape, minval, maxval, dtype, seed)


def random_bernoulli(
    shape: Sequence[int], p: float = 0.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return 1 with probability `p`, else 0."""
    return ops.cast(random.uniform(shape, seed=seed) < p, standardize_dtype(dtype))


random_binomial = random_bernoulli


def random_normal_variable(
    shape: Sequence[int],
    mean: float,
    scale: float,
    dtype: Any = None,
    name: str | None = None,
    seed: Any = None,
) -> Variable:
    """Make a variable of normally distributed random numbers."""
    return variable(random.normal(shape, mean, scale, dtype, seed), dtype, name)


def random_uniform_variable(
    shape: Sequence[int],
    low: float,
    high: float,
    dtype: Any = None,
    name: str | None = None,
    seed: Any = None,
) -> Variable:
    """Make a variable of evenly distributed random numbers."""
    return variable(random.uniform(shape, low, high, dtype, seed), dtype, name)


def eval(x: Any) -> Any:
    """Return the value of a tensor or variable as a NumPy array.

    Raises:
        TypeError: if `x` is symbolic.

    Example:
        >>> eval(constant([1.0, 2.0]) * 2)
        array([2., 4.], dtype=float32)
    """
    return x.numpy() if hasattr(x, "numpy") else np.asarray(x)


get_value = eval


def batch_get_value(tensors: Sequence[Any]) -> list[Any]:
    """Return the values of several tensors or variables as NumPy arrays."""
    return [eval(x) for x in tensors]


def set_value(x: Variable, value: Any) -> None:
    """Set the value of a variable."""
    x.assign(value)


def batch_set_value(tuples: Sequence[tuple[Variable, Any]]) -> None:
    """Set the values of several variables, given as pairs."""
    for x, value in tuples:
        x.assign(value)


def update(x: Variable, new_x: Any) -> Variable:
    """Assign to a variable."""
    return x.assign(new_x)


def update_add(x: Variable, increment: Any) -> Variable:
    """Add to a variable in place."""
    return x.assign_add(increment)


def update_sub(x: Variable, decrement: Any) -> Variable:
    """Subtract from a variable in place."""
    return x.assign_sub(decrement)


def moving_average_update(x: Variable, value: Any, momentum: float) -> Variable:
    """Assign `x * momentum + value * (1 - momentum)`."""
    return x.assign(ops.multiply(x, momentum) + ops.multiply(value, 1.0 - momentum))


def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """Return the shape as a tuple, None where a size is not known.

    Example:
        >>> int_shape(placeholder(shape=(None, 3)))
        (None, 3)
    """
    shape = getattr(x, "shape", None)
    return None if shape is None else tuple(shape)


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return len(np.shape(x)) if not isinstance(x, TensorLike) else x.ndim


def dtype(x: Any) -> str:
    """Return the name of the dtype."""
    return standardize_dtype(x.dtype)


def is_float_dtype(dtype: Any) -> bool:
    """Say whether a dtype is a floating-point type."""
    return is_float(dtype)


def is_int_dtype(dtype: Any) -> bool:
    """Say whether a dtype is an integer type."""
    return is_integer(dtype)


def count_params(x: Any) -> int:
    """Return the number of elements."""
    return int(np.prod([size or 0 for size in x.shape]))


def cast_to_floatx(x: Any) -> Any:
    """Return a NumPy array or a tensor in the dtype `floatx()`."""
    if isinstance(x, TensorLike):
        return ops.cast(x, config.floatx())
    return np.asarray(x, dtype=config.floatx())


class function:  # noqa: N801 (Keras' name)
    """A function from arrays to arrays, out of a graph of symbolic tensors.

    Args:
        inputs: symbolic tensors; `learning_phase()` may be among them.
        outputs: a symbolic tensor, or a list.

    Example:
        >>> x = placeholder(shape=(None, 2))
        >>> function([x], [x * 2.0])([[[1.0, 2.0]]])
        [array([[2., 4.]], dtype=float32)]
    """

    def __init__(self, inputs: Any, outputs: Any, **_: Any) -> None:
        self.inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        self.single = not isinstance(outputs, (list, tuple))
        self.outputs = [outputs] if self.single else list(outputs)
        self._nodes = ancestors(self.outputs, [x for x in self.inputs if isinstance(x, Symbolic)])

    def __call__(self, inputs: Any) -> Any:
        """Return the outputs for these inputs as NumPy arrays."""
        inputs = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        given: dict[int, Any] = {}
        training = None
        for symbol, value in zip(self.inputs, inputs, strict=True):
            if isinstance(symbol, Symbolic):
                given[id(symbol)] = ops.convert_to_tensor(value, dtype=symbol.dtype)
            else:
                training = bool(value)
        with training_context(training):
            replay(self._nodes, given)
        found = [given.get(id(output), output) for output in self.outputs]
        return eval(found[0]) if self.single else [eval(x) for x in found]


def gradients(loss: Any, variables: Any) -> Any:
    """Refuse: gradients need a tape.

    Raises:
        RuntimeError: always, with the way to go.
    """
    raise RuntimeError(
        "`gradients` works on graphs that TensorFlow 1 built. Use `addax.GradientTape`: "
        "`with addax.GradientTape() as tape: loss = ...`, then `tape.gradient(loss, variables)`."
    )

"""Functions of TensorFlow that are more than another spelling of an op."""

from __future__ import annotations

import builtins
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from addax import ops, tree
from addax.compat.tensorflow.types import as_dtype
from addax.core.function import function as compile_function
from addax.core.tensor import raw
from addax.core.variable import Variable as _Variable
from addax.data.pipeline import Texts
from addax.engine import engine
from addax.ops import random


class _VariableMeta(type(_Variable)):  # type: ignore[misc]
    """Makes every Variable of Addax an instance of `tf.Variable`."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _Variable)


class Variable(_Variable, metaclass=_VariableMeta):
    """A tensor that can be assigned to, with TensorFlow's constructor.

    Args:
        initial_value: the value, or a function without arguments that returns it.
        trainable: whether gradients update it.
        validate_shape: accepted for compatibility.
        name: its name.
        dtype: its dtype; None for that of the value.
        shape: its shape; None for that of the value.
        **kwargs: of TensorFlow's further arguments, all without meaning here.
    """

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = True,
        validate_shape: bool = True,
        name: str | None = None,
        dtype: Any = None,
        shape: Any = None,
        **kwargs: Any,
    ) -> None:
        value = initial_value() if callable(initial_value) else initial_value
        super().__init__(
            value,
            dtype=None if dtype is None else as_dtype(dtype),
            shape=None if shape is None else tuple(shape),
            trainable=True if trainable is None else trainable,
            name=name,
        )

    def assign(
        self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        """Replace the value by one of the same shape."""
        return super().assign(value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        """Add `delta` in place."""
        return super().assign_add(delta)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta` in place."""
        return super().assign_sub(delta)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return a tensor of a value; with `shape`, one number fills it."""
    tensor = convert_to_tensor(value, dtype)
    if shape is None:
        return tensor
    if isinstance(tensor, Texts):
        return np.broadcast_to(tensor, shape) if tensor.size == 1 else tensor.reshape(shape)
    if int(np.prod(tensor.shape)) == 1:
        return ops.broadcast_to(ops.reshape(tensor, ()), tuple(shape))
    return ops.reshape(tensor, tuple(shape))


def convert_to_tensor(
    value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None
) -> Any:
    """Return `value` as a tensor, texts as an array of the host."""
    if _holds_texts(value):
        return np.asarray(value).view(Texts)
    return ops.convert_to_tensor(value, dtype=None if dtype is None else as_dtype(dtype))


def _holds_texts(value: Any) -> bool:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    text = isinstance(value, np.ndarray) and value.dtype.kind in "OSU"
    return text or isinstance(value, (str, bytes))


def is_tensor(x: Any) -> bool:
    """Return whether `x` is a tensor or a Variable."""
    return isinstance(x, _Variable) or ops.is_tensor(x)


def identity(input: Any, name: str | None = None) -> Any:
    """Return a tensor with the same values."""
    return ops.convert_to_tensor(input) + 0


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    **kwargs: Any,
) -> Any:
    """Compile a function; see `addax.function`.

    Args:
        func: the function; left out when used as `@tf.function(...)`.
        input_signature: descriptions of the arguments, which are checked and converted.
        autograph: accepted; Python's control flow over values is not rewritten.
        jit_compile: accepted; everything is compiled.
        reduce_retracing: accepted; each shape is compiled by itself.
        **kwargs: TensorFlow's further arguments (`experimental_...`), accepted.
    """
    kwargs.pop("name", None)
    known = {k: v for k, v in kwargs.items() if k.startswith("experimental_")}
    if len(known) < len(kwargs):
        unknown = next(k for k in kwargs if k not in known)
        raise TypeError(f"`tf.function` has no argument `{unknown}`.")
    return compile_function(func, input_signature=input_signature)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function bring its own gradient: it returns its value and `grad(upstream)`."""
    return ops.custom_gradient(f)


def executing_eagerly() -> bool:
    """Return True: there is no other way here."""
    return True


def get_logger() -> logging.Logger:
    """Return Addax' logger."""
    return logging.getLogger("addax")


def no_op(*args: Any, **kwargs: Any) -> None:
    """Do nothing."""


def group(*inputs: Any, **kwargs: Any) -> None:
    """Do nothing: the inputs have been computed already."""


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    name: str | None = None,
) -> Any:
    """Return the matrix product, of the transposes where asked."""
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    b = ops.swapaxes(b, -1, -2) if transpose_b else b
    return ops.matmul(a, b)


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """Return the sum of products that the equation describes."""
    return ops.einsum(equation, *inputs)


def meshgrid(*args: Any, indexing: str = "xy") -> Any:
    """Return coordinate matrices of coordinate vectors."""
    return ops.meshgrid(*args, indexing=indexing)


class _Sizes(np.ndarray):
    """Sizes that stay known while a function is compiled, in the manners of an int tensor."""

    def __getitem__(self, index: Any) -> Any:
        return np.asarray(super().__getitem__(index)).view(_Sizes)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in builtins.range(len(self)))

    def numpy(self) -> Any:
        """Return the sizes as NumPy has them."""
        return np.array(self)[()]


def shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """Return the sizes as integers; unknown ones of a symbolic tensor as None."""
    sizes = tuple(input.shape) if hasattr(input, "shape") else np.shape(input)
    return sizes if None in sizes else np.asarray(sizes, "int32").view(_Sizes)


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """Return `x` as `dtype`; sizes stay known."""
    if isinstance(x, _Sizes):
        return np.asarray(x, as_dtype(dtype)).view(_Sizes)
    return ops.cast(x, as_dtype(dtype))


def rank(input: Any, name: str | None = None) -> int:
    """Return the number of axes."""
    return len(ops.shape(input))


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, **kwargs: Any) -> Any:
    """Return numbers from `start` (0 when left out) to `limit`, not included, in steps."""
    start, limit = (0, start) if limit is None else (start, limit)
    return ops.arange(start, limit, delta, dtype=None if dtype is None else as_dtype(dtype))


def one_hot(
    indices: Any,
    depth: int,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = -1,
    dtype: Any = None,
    name: str | None = None,
) -> Any:
    """Return vectors with `on_value` (1) at the index and `off_value` (0) elsewhere."""
    marks = ops.one_hot(indices, depth, axis=-1 if axis is None else axis)
    if on_value is not None or off_value is not None:
        on, off = 1 if on_value is None else on_value, 0 if off_value is None else off_value
        marks = marks * (on - off) + off
    return ops.cast(marks, as_dtype("float32" if dtype is None else dtype))


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    constant_values: Any = 0,
    name: str | None = None,
) -> Any:
    """Return the tensor with entries added before and after, per axis."""
    mode = mode.lower()
    widths = [(int(before), int(after)) for before, after in np.asarray(paddings)]
    value = constant_values if mode == "constant" else None
    return ops.pad(tensor, widths, mode=mode, constant_values=value)


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """Return a block of a tensor; a size of -1 reaches to the end."""
    sizes = ops.shape(input_)
    ends = [
        n if s == -1 else b + s
        for b, s, n in zip(np.asarray(begin), np.asarray(size), sizes, strict=True)
    ]
    return input_[tuple(map(builtins.slice, np.asarray(begin).tolist(), ends))]


def split(value: Any, num_or_size_splits: Any, axis: int = 0, **kwargs: Any) -> Any:
    """Return parts of a tensor: so many equal ones, or of the given sizes."""
    if isinstance(num_or_size_splits, (int, np.integer)):
        return ops.split(value, int(num_or_size_splits), axis=axis)
    ends = np.cumsum(np.asarray(num_or_size_splits))[:-1]
    return ops.split(value, ends.tolist(), axis=axis)


def boolean_mask(tensor: Any, mask: Any, axis: int | None = None, name: str | None = None) -> Any:
    """Return the entries where the mask is True (eagerly: their number is not known before)."""
    rows = np.nonzero(np.asarray(mask))[0]
    return ops.take(tensor, rows, axis=axis or 0)


def gather_nd(params: Any, indices: Any, **kwargs: Any) -> Any:
    """Return the entries at index tuples: the last axis of `indices` holds the tuples."""
    index = ops.convert_to_tensor(indices)
    return params[tuple(index[..., axis] for axis in np.arange(index.shape[-1]).tolist())]


def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    """Return `(x - y) ** 2`."""
    return ops.square(ops.subtract(x, y))


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    weights: Any = None,
    dtype: Any = "int32",
    name: str | None = None,
) -> Any:
    """Count how often class `row` was predicted as class `column`."""
    labels, predictions = np.asarray(labels).ravel(), np.asarray(predictions).ravel()
    size = num_classes or int(max(labels.max(), predictions.max())) + 1
    counts = np.zeros((size, size))
    np.add.at(counts, (labels, predictions), 1 if weights is None else np.asarray(weights))
    return convert_to_tensor(counts.astype(as_dtype(dtype).as_numpy_dtype))


def assert_equal(x: Any, y: Any, message: str | None = None, **kwargs: Any) -> None:
    """Raise ValueError unless all values are equal."""
    if not np.array_equal(np.asarray(x), np.asarray(y)):
        raise ValueError(message or f"The tensors differ: {np.asarray(x)} and {np.asarray(y)}")


def global_norm(t_list: Sequence[Any], name: str | None = None) -> Any:
    """Return the Euclidean norm of all entries of all tensors; None counts as nothing."""
    return ops.sqrt(sum(ops.sum(ops.square(t)) for t in t_list if t is not None))


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Return the tensor, scaled down when its norm exceeds `clip_norm`."""
    norm = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=axes is not None))
    return t * (clip_norm / ops.maximum(norm, clip_norm))


def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """Return the tensors, all scaled by the same factor, and their norm before."""
    norm = global_norm(t_list) if use_norm is None else use_norm
    factor = clip_norm / ops.maximum(norm, clip_norm)
    return [None if t is None else t * factor for t in t_list], norm


def bias_add(value: Any, bias: Any, **kwargs: Any) -> Any:
    """Return `value + bias`, along the last axis."""
    return ops.add(value, bias)


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, **kwargs: Any) -> Any:
    """Return the tensor divided by its Euclidean norm, along `axis`."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(squares, epsilon)))


def embedding_lookup(params: Any, ids: Any, **kwargs: Any) -> Any:
    """Return the rows of a table at indices."""
    return ops.take(params, ids, axis=0)


def dropout(x: Any, rate: float, seed: int | None = None, **kwargs: Any) -> Any:
    """Set a share `rate` of the entries to zero and scale the others up."""
    return random.dropout(ops.convert_to_tensor(x), rate, seed=seed)


def conv2d(
    input: Any,
    filters: Any,
    strides: Any = 1,
    padding: str = "VALID",
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Any:
    """Return the 2D convolution of images `(batch, height, width, channels)`."""
    return ops.conv(
        input,
        filters,
        strides=_window(strides),
        padding=padding.lower(),
        data_format="channels_last" if data_format == "NHWC" else "channels_first",
        dilation_rate=1 if dilations is None else _window(dilations),
    )


def max_pool2d(
    input: Any, ksize: Any, strides: Any = None, padding: str = "VALID", **kwargs: Any
) -> Any:
    """Return the largest value of each window of images `(batch, height, width, channels)`."""
    steps = None if strides is None else _window(strides)
    return ops.max_pool(input, _window(ksize), steps, padding.lower())


def _window(sizes: Any) -> Any:
    """Cut `(1, h, w, 1)` down to `(h, w)`."""
    if isinstance(sizes, (list, tuple)) and len(sizes) == 4:
        return tuple(sizes[1:3])
    return sizes


def sigmoid_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, name: str | None = None
) -> Any:
    """Return the binary crossentropy of each entry."""
    return ops.binary_crossentropy(labels, logits, from_logits=True)


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: str | None = None
) -> Any:
    """Return the crossentropy with one-hot labels."""
    return ops.categorical_crossentropy(labels, logits, from_logits=True, axis=axis)


def sparse_softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, name: str | None = None
) -> Any:
    """Return the crossentropy with integer labels."""
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)


def print(*inputs: Any, **kwargs: Any) -> None:
    """Print tensors by their values; in a compiled function, each time it runs.

    Args:
        *inputs: anything.
        **kwargs: `sep` and `end` of Python's `print`; others are ignored.
    """
    options = {name: kwargs[name] for name in ("sep", "end") if name in kwargs}
    leaves, definition = tree.flatten_with_def(inputs)
    traced = [i for i, leaf in enumerate(leaves) if engine.is_traced(raw(leaf))]

    def show(*values: Any) -> None:
        shown = dict(zip(traced, values, strict=True))
        filled = [_shown(shown.get(i, leaf)) for i, leaf in enumerate(leaves)]
        builtins.print(*tree.unflatten(definition, filled), **options)

    if traced:
        engine.call_host(show, *[raw(leaves[i]) for i in traced])
    else:
        show()


def _shown(item: Any) -> Any:
    value = item.numpy() if hasattr(item, "numpy") else item
    return np.asarray(value) if engine.is_array(value) else value

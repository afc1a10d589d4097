"""Activation functions on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax.core.graph import op
from addax.core.tensor import Tensor
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float

nn = engine.nn


def _elementwise(
    name: str,
    kernel: Callable[[Any], Any],
    formula: str,
    convert: Callable[[Any], Any] = as_float,
) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        return kernel(convert(x))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"`{formula}`, elementwise.\n\nArgs:\n    x: float tensor of any shape."
        "\n\nReturns: tensor of the shape and dtype of `x`."
    )
    return op(call)


relu = _elementwise("relu", nn.relu, "max(x, 0)", as_array)
relu6 = _elementwise("relu6", nn.relu6, "min(max(x, 0), 6)")
log_sigmoid = _elementwise("log_sigmoid", nn.log_sigmoid, "log(1 / (1 + exp(-x)))")
softplus = _elementwise("softplus", nn.softplus, "log(1 + exp(x))")
softsign = _elementwise("softsign", nn.soft_sign, "x / (1 + |x|)")
silu = _elementwise("silu", nn.silu, "x * sigmoid(x)")
selu = _elementwise("selu", nn.selu, "1.0507 * (x if x > 0 else 1.6733 * (exp(x) - 1))")
hard_sigmoid = _elementwise("hard_sigmoid", nn.hard_sigmoid, "clip(x / 6 + 1 / 2, 0, 1)")
hard_tanh = _elementwise("hard_tanh", nn.hard_tanh, "clip(x, -1, 1)", as_array)
sparse_plus = _elementwise(
    "sparse_plus", nn.sparse_plus, "0 if x <= -1, (x + 1)^2 / 4 if x < 1, else x"
)
sparse_sigmoid = _elementwise("sparse_sigmoid", nn.sparse_sigmoid, "clip((x + 1) / 2, 0, 1)")
hard_silu = _elementwise("hard_silu", lambda x: x * nn.hard_sigmoid(x), "x * hard_sigmoid(x)")
mish = _elementwise("mish", lambda x: x * xp.tanh(nn.softplus(x)), "x * tanh(softplus(x))")
tanh_shrink = _elementwise("tanh_shrink", lambda x: x - xp.tanh(x), "x - tanh(x)")
swish = silu
hard_swish = hard_silu


@op
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """`x` where positive, else `negative_slope * x`, elementwise."""
    return nn.leaky_relu(as_float(x), negative_slope=negative_slope)


@op
def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, else `alpha * (exp(x) - 1)`, elementwise."""
    return nn.elu(as_float(x), alpha=alpha)


@op
def celu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, else `alpha * (exp(x / alpha) - 1)`, elementwise."""
    return nn.celu(as_float(x), alpha=alpha)


@op
def gelu(x: Any, approximate: bool = True) -> Any:
    """`x * P(X <= x)` for a standard normal X, elementwise.

    Args:
        x: float tensor of any shape.
        approximate: whether to use the tanh approximation instead of the error function.
    """
    return nn.gelu(as_float(x), approximate=approximate)


@op
def glu(x: Any, axis: int = -1) -> Any:
    """`a * sigmoid(b)` for the two halves `a`, `b` of `x` along `axis`."""
    return nn.glu(as_float(x), axis=axis)


@op
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` where `|x| > threshold`, else 0, elementwise."""
    x = as_float(x)
    return xp.where(xp.abs(x) > threshold, x, xp.zeros_like(x))


@op
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` moved towards 0 by `threshold`, and 0 within it, elementwise."""
    x = as_float(x)
    return xp.where(xp.abs(x) > threshold, x - xp.sign(x) * threshold, xp.zeros_like(x))


@op
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """`x` where `x > threshold`, else `default_value`, elementwise."""
    x = as_float(x)
    return xp.where(x > threshold, x, xp.asarray(default_value, x.dtype))


@op
def squareplus(x: Any, b: float = 4) -> Any:
    """`(x + sqrt(x^2 + b)) / 2`, elementwise."""
    return nn.squareplus(as_float(x), b)


@op
def sigmoid(x: Any) -> Any:
    """`1 / (1 + exp(-x))`, elementwise; the result remembers `x` as its `logits`.

    Example:
        >>> sigmoid([0.0]).numpy()
        array([0.5], dtype=float32)
    """
    return nn.sigmoid(as_float(x))


@op
def softmax(x: Any, axis: Any = -1) -> Any:
    """`exp(x) / sum(exp(x))` along `axis`; the result remembers `x` as its `logits`.

    Args:
        x: float tensor.
        axis: int or ints; default: the last axis.

    Example:
        >>> softmax([0.0, 0.0]).numpy()
        array([0.5, 0.5], dtype=float32)
    """
    return nn.softmax(as_float(x), axis=tuple(axis) if isinstance(axis, list) else axis)


@op
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Logarithm of the softmax along `axis`, without overflow."""
    return nn.log_softmax(as_float(x), axis=axis)


@op
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Euclidean projection of `x` onto the probability simplex along `axis`.

    Reference: Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016.
    """
    x = as_float(x)
    ordered = xp.flip(xp.sort(x, axis=axis), axis=axis)
    count = ordered.shape[axis]
    shape = [1] * x.ndim
    shape[axis] = count
    ranks = xp.reshape(xp.arange(1, count + 1, dtype=x.dtype), shape)
    sums = xp.cumsum(ordered, axis=axis)
    inside = 1 + ranks * ordered > sums
    support = xp.sum(inside, axis=axis, keepdims=True)
    total = xp.sum(xp.where(inside, ordered, 0), axis=axis, keepdims=True)
    return xp.maximum(x - (total - 1) / support.astype(x.dtype), 0)


def _remember(kind: str) -> Callable[..., None]:
    def note(output: Any, x: Any, axis: Any = -1) -> None:
        logits = x if isinstance(x, Tensor) else Tensor(as_array(x))
        if axis in (-1, len(logits.shape) - 1):
            output.logits, output.logits_kind = logits, kind

    return note


def _note_relu(output: Any, x: Any) -> None:
    if isinstance(x, Tensor):
        output.note_increasing(x, relu)


relu.raw.after = _note_relu  # type: ignore[attr-defined]
softmax.raw.after = _remember("softmax")  # type: ignore[attr-defined]
sigmoid.raw.after = _remember("sigmoid")  # type: ignore[attr-defined]

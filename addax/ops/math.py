"""Elementwise functions, reductions, products and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from addax.core.dtypes import is_float, standardize_dtype
from addax.core.graph import op
from addax.engine import xp
from addax.ops._arrays import as_array, as_float, axes_of, operand

Axis = int | Sequence[int] | None


def _named(function: Callable[..., Any], name: str, doc: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return op(function)


def _unary(
    name: str, summary: str, convert: Callable[[Any], Any] = operand
) -> Callable[[Any], Any]:
    array_function = getattr(xp, name)

    def call(x: Any) -> Any:
        return array_function(convert(x))

    doc = f"{summary}\n\nArgs:\n    x: tensor of any shape.\n\nReturns: tensor of the shape of `x`."
    return _named(call, name, doc)


def _bitwise(name: str, summary: str) -> Callable[[Any, Any], Any]:
    array_function = getattr(xp, name)

    def call(x: Any, y: Any) -> Any:
        return array_function(operand(x), operand(y))

    doc = (
        f"{summary}\n\nArgs:\n    x: integer or boolean tensor.\n    y: such a tensor, whose shape "
        "broadcasts with `x`.\n\nReturns: tensor of the broadcast shape."
    )
    return _named(call, name, doc)


def _binary(name: str, summary: str) -> Callable[[Any, Any], Any]:
    array_function = getattr(xp, name)

    def call(x1: Any, x2: Any) -> Any:
        return array_function(operand(x1), operand(x2))

    doc = (
        f"{summary}\n\nArgs:\n    x1: tensor.\n    x2: tensor whose shape broadcasts with `x1`."
        "\n\nReturns: tensor of the broadcast shape."
    )
    return _named(call, name, doc)


def _reduction(name: str, summary: str) -> Callable[..., Any]:
    array_function = getattr(xp, name)

    def call(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return array_function(operand(x), axis=axes_of(axis), keepdims=keepdims)

    doc = (
        f"{summary}\n\nArgs:\n    x: tensor.\n    axis: int, ints, or None for all axes."
        "\n    keepdims: whether reduced axes stay, with size 1.\n\nReturns: the reduced tensor."
    )
    return _named(call, name, doc)


absolute = _unary("absolute", "Absolute value, elementwise.")
arccos = _unary("arccos", "Inverse cosine in radians, elementwise.")
arccosh = _unary("arccosh", "Inverse hyperbolic cosine, elementwise.")
arcsin = _unary("arcsin", "Inverse sine in radians, elementwise.")
arcsinh = _unary("arcsinh", "Inverse hyperbolic sine, elementwise.")
arctan = _unary("arctan", "Inverse tangent in radians, elementwise.")
arctanh = _unary("arctanh", "Inverse hyperbolic tangent, elementwise.")
ceil = _unary("ceil", "Smallest integer not below x, as a float, elementwise.", as_float)
conj = conjugate = _unary("conjugate", "Complex conjugate, elementwise.")
cos = _unary("cos", "Cosine of x in radians, elementwise.")
cosh = _unary("cosh", "Hyperbolic cosine, elementwise.")
exp = _unary("exp", "e to the power x, elementwise.")
exp2 = _unary("exp2", "2 to the power x, elementwise.")
expm1 = _unary("expm1", "exp(x) - 1 without loss of digits near 0, elementwise.")
floor = _unary("floor", "Largest integer not above x, as a float, elementwise.", as_float)
imag = _unary("imag", "Imaginary part, elementwise.")
isfinite = _unary("isfinite", "Whether x is neither infinite nor NaN, elementwise.")
isinf = _unary("isinf", "Whether x is infinite, elementwise.")
isnan = _unary("isnan", "Whether x is NaN, elementwise.")
log = _unary("log", "Natural logarithm, elementwise.")
log10 = _unary("log10", "Logarithm to base 10, elementwise.")
log1p = _unary("log1p", "log(1 + x) without loss of digits near 0, elementwise.")
log2 = _unary("log2", "Logarithm to base 2, elementwise.")
logical_not = _unary("logical_not", "Logical NOT, elementwise.")
negative = _unary("negative", "-x, elementwise.")
real = _unary("real", "Real part, elementwise.")
reciprocal = _unary("reciprocal", "1 / x, elementwise.")
sign = _unary("sign", "-1, 0 or 1 by the sign of x, elementwise.")
signbit = _unary("signbit", "Whether the sign bit is set, elementwise.")
sin = _unary("sin", "Sine of x in radians, elementwise.")
sinh = _unary("sinh", "Hyperbolic sine, elementwise.")
sqrt = _unary("sqrt", "Square root, elementwise.")
square = _unary("square", "x * x, elementwise.")
tan = _unary("tan", "Tangent of x in radians, elementwise.")
tanh = _unary("tanh", "Hyperbolic tangent, elementwise.")
trunc = _unary("trunc", "x rounded towards 0, elementwise.")
bitwise_not = bitwise_invert = _unary("bitwise_not", "Bitwise NOT of integers, elementwise.")

add = _binary("add", "x1 + x2, elementwise.")
arctan2 = _binary("arctan2", "Angle of the point (x2, x1) in radians, elementwise.")
bitwise_and = _bitwise("bitwise_and", "Bitwise AND of integers, elementwise.")
bitwise_left_shift = left_shift = _bitwise("left_shift", "x1 shifted left by x2 bits.")
bitwise_or = _bitwise("bitwise_or", "Bitwise OR of integers, elementwise.")
bitwise_right_shift = right_shift = _bitwise("right_shift", "x1 shifted right by x2 bits.")
bitwise_xor = _bitwise("bitwise_xor", "Bitwise XOR of integers, elementwise.")
divide = true_divide = _binary("divide", "x1 / x2, elementwise.")
equal = _binary("equal", "x1 == x2, elementwise.")
floor_divide = _binary("floor_divide", "Largest integer not above x1 / x2, elementwise.")
greater = _binary("greater", "x1 > x2, elementwise.")
greater_equal = _binary("greater_equal", "x1 >= x2, elementwise.")
less = _binary("less", "x1 < x2, elementwise.")
less_equal = _binary("less_equal", "x1 <= x2, elementwise.")
logaddexp = _binary("logaddexp", "log(exp(x1) + exp(x2)), elementwise.")
logical_and = _binary("logical_and", "Logical AND, elementwise.")
logical_or = _binary("logical_or", "Logical OR, elementwise.")
logical_xor = _binary("logical_xor", "Logical XOR, elementwise.")
maximum = _binary("maximum", "The larger of x1 and x2, elementwise.")
minimum = _binary("minimum", "The smaller of x1 and x2, elementwise.")
mod = remainder = _binary("mod", "Remainder of x1 / x2 with the sign of x2, elementwise.")
multiply = _binary("multiply", "x1 * x2, elementwise.")
not_equal = _binary("not_equal", "x1 != x2, elementwise.")
outer = _binary("outer", "Outer product of two vectors.")
power = _binary("power", "x1 to the power x2, elementwise.")
subtract = _binary("subtract", "x1 - x2, elementwise.")
dot = _binary("dot", "Product over the last axis of x1 and the last but one of x2.")
vdot = _binary("vdot", "Dot product of the flattened tensors.")
inner = _binary("inner", "Product over the last axes.")
kron = _binary("kron", "Kronecker product.")


@op
def matmul(x1: Any, x2: Any) -> Any:
    """Matrix product over the last two axes.

    Args:
        x1: tensor `(..., m, n)` or `(n,)`.
        x2: tensor `(..., n, k)` or `(n,)`.

    Returns: tensor `(..., m, k)`; int32 for two tensors of int8, which would overflow.
    """
    x1, x2 = as_array(x1), as_array(x2)
    if x1.dtype == x2.dtype == "int8":
        x1, x2 = x1.astype("int32"), x2.astype("int32")
    return xp.matmul(x1, x2)


all = _reduction("all", "Whether all elements are true.")
amax = _reduction("amax", "The largest element.")
amin = _reduction("amin", "The smallest element.")
any = _reduction("any", "Whether any element is true.")
mean = _reduction("mean", "Arithmetic mean.")
median = _reduction("median", "Median.")
std = _reduction("std", "Standard deviation (of the population).")
sum = _reduction("sum", "Sum of the elements.")
var = _reduction("var", "Variance (of the population).")
count_nonzero = _reduction("count_nonzero", "Number of nonzero elements.")
abs = absolute
pow = power


@op
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The largest element.

    Args:
        x: tensor.
        axis: int, ints, or None for all axes.
        keepdims: whether reduced axes stay, with size 1.
        initial: a lower bound of the result, needed for no elements at all.
    """
    return xp.max(operand(x), axis=axes_of(axis), keepdims=keepdims, initial=initial)


@op
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The smallest element.

    Args:
        x: tensor.
        axis: int, ints, or None for all axes.
        keepdims: whether reduced axes stay, with size 1.
        initial: an upper bound of the result, needed for no elements at all.
    """
    return xp.min(operand(x), axis=axes_of(axis), keepdims=keepdims, initial=initial)


@op
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """Product of the elements.

    Args:
        x: tensor.
        axis: int, ints, or None for all axes.
        keepdims: whether reduced axes stay, with size 1.
        dtype: of the result; default: that of `x`, small integers become 32-bit ones.
    """
    return xp.prod(operand(x), axis=axes_of(axis), keepdims=keepdims, dtype=dtype)


@op
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Index of the largest element along `axis` (of the flat tensor for None)."""
    return xp.argmax(operand(x), axis=axis, keepdims=keepdims)


@op
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """Index of the smallest element along `axis` (of the flat tensor for None)."""
    return xp.argmin(operand(x), axis=axis, keepdims=keepdims)


@op
def argsort(x: Any, axis: int = -1) -> Any:
    """Indices that sort `x` along `axis`."""
    return xp.argsort(operand(x), axis=axis)


@op
def argpartition(x: Any, kth: int, axis: int = -1) -> Any:
    """Indices that bring the `kth` smallest entry to place `kth`, smaller ones before it."""
    return xp.argpartition(operand(x), kth, axis=axis).astype("int32")


@op
def sort(x: Any, axis: int = -1) -> Any:
    """Return `x` sorted along `axis`, ascending."""
    return xp.sort(operand(x), axis=axis)


@op
def average(x: Any, axis: Axis = None, weights: Any = None) -> Any:
    """Weighted mean along `axis`; plain mean without weights."""
    return xp.average(operand(x), axis=axis, weights=weights)


@op
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Limit `x` to `[x_min, x_max]`, elementwise."""
    return xp.clip(operand(x), x_min, x_max)


@op
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Cumulative sum along `axis`."""
    return xp.cumsum(operand(x), axis=axis, dtype=dtype)


@op
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Cumulative product along `axis`."""
    return xp.cumprod(operand(x), axis=axis, dtype=dtype)


@op
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Sum of products as the Einstein notation `subscripts` says.

    Args:
        subscripts: such as `"ij,jk->ik"`.
        *operands: tensors.
        **kwargs: for the engine, such as `optimize`.

    Example:
        >>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).numpy()
        array([[11.]], dtype=float32)
    """
    return xp.einsum(subscripts, *(xp.asarray(operand) for operand in operands), **kwargs)


@op
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Product of `x1` and `x2` summed over `axes`."""
    return xp.tensordot(operand(x1), operand(x2), axes=axes)


@op
def round(x: Any, decimals: int = 0) -> Any:
    """Round to `decimals` digits, halves to even."""
    return xp.round(operand(x), decimals)


@op
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Take `x1` where `condition` holds and `x2` elsewhere; without both, the indices."""
    condition = operand(condition)
    if x1 is None and x2 is None:
        return xp.where(condition)
    return xp.where(condition, operand(x1), operand(x2))


@op
def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Whether two tensors agree within a tolerance, elementwise."""
    return xp.isclose(operand(x1), operand(x2), rtol=rtol, atol=atol, equal_nan=equal_nan)


@op
def nan_to_num(x: Any, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Replace NaN and infinities by numbers."""
    return xp.nan_to_num(operand(x), nan=nan, posinf=posinf, neginf=neginf)


@op
def cast(x: Any, dtype: Any) -> Any:
    """Return `x` in another dtype.

    Example:
        >>> cast([1.7, -1.7], "int32").numpy()
        array([ 1, -1], dtype=int32)
    """
    return as_array(x).astype(standardize_dtype(dtype))


def _keep_logits(output: Any, x: Any, dtype: Any) -> None:
    """The probabilities in another float dtype still have their logits."""
    logits = getattr(x, "logits", None)
    if logits is not None and is_float(output.dtype):
        output.logits, output.logits_kind = cast(logits, dtype), x.logits_kind


cast.raw.after = _keep_logits  # type: ignore[attr-defined]


@op
def getitem(x: Any, key: Any) -> Any:
    """`x[key]`, with NumPy's rules for slices, integers, None, Ellipsis and arrays."""
    if isinstance(key, tuple):
        return as_array(x)[tuple(operand(i) if isinstance(i, list) else i for i in key)]
    return as_array(x)[operand(key)]


get_item = getitem

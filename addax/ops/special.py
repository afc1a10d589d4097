"""Special functions, and the less common functions of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import errors
from addax.core.dtypes import is_integer, standardize_dtype
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float, axes_of, operand
from addax.ops.math import Axis

nn = engine.nn
scipy: Any = engine.scipy  # its parts are imported when they are first used


def _unary(name: str, kernel: Callable[[Any], Any], summary: str) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        return kernel(operand(x))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{summary}\n\nArgs:\n    x: tensor of any shape."
    return op(call)


def _binary(name: str, kernel: Callable[..., Any], summary: str) -> Callable[[Any, Any], Any]:
    def call(x1: Any, x2: Any) -> Any:
        return kernel(operand(x1), operand(x2))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{summary}\n\nArgs:\n    x1: tensor.\n    x2: tensor that broadcasts with `x1`."
    return op(call)


def reduction(name: str, summary: str) -> Callable[..., Any]:
    """Make an op of the engine's reduction of this name."""
    kernel = getattr(xp, name)

    def call(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return kernel(operand(x), axis=axes_of(axis), keepdims=keepdims)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"{summary}\n\nArgs:\n    x: tensor.\n    axis: int, ints, or None for all axes."
        "\n    keepdims: whether reduced axes stay, with size 1."
    )
    return op(call)


angle = _unary("angle", xp.angle, "Angle of complex numbers in radians, elementwise.")
cbrt = _unary("cbrt", xp.cbrt, "Cube root, elementwise.")
copy = _unary("copy", xp.copy, "A copy of `x`.")
deg2rad = _unary("deg2rad", xp.deg2rad, "Degrees to radians, elementwise.")
erf = _unary("erf", lambda x: nn.erf(as_float(x)), "Error function, elementwise.")
erfc = _unary("erfc", lambda x: scipy.special.erfc(as_float(x)), "1 - erf(x), elementwise.")
erfinv = _unary("erfinv", lambda x: nn.erfinv(as_float(x)), "Inverse of erf, elementwise.")
fabs = _unary("fabs", xp.fabs, "Absolute value as a float, elementwise.")
fliplr = _unary("fliplr", xp.fliplr, "Reverse the order of the second axis.")
flipud = _unary("flipud", xp.flipud, "Reverse the order of the first axis.")
i0 = _unary("i0", lambda x: scipy.special.i0(as_float(x)), "Modified Bessel function of order 0.")
isneginf = _unary("isneginf", xp.isneginf, "Whether x is minus infinity, elementwise.")
isposinf = _unary("isposinf", xp.isposinf, "Whether x is plus infinity, elementwise.")
isreal = _unary("isreal", xp.isreal, "Whether the imaginary part is 0, elementwise.")
nonzero = _unary("nonzero", xp.nonzero, "Indices of the nonzero elements, one tensor per axis.")
rad2deg = _unary("rad2deg", xp.rad2deg, "Radians to degrees, elementwise.")
rsqrt = _unary("rsqrt", lambda x: nn.rsqrt(as_float(x)), "1 / sqrt(x), elementwise.")
sinc = _unary("sinc", xp.sinc, "sin(pi x) / (pi x), elementwise.")

fmax = _binary("fmax", xp.fmax, "The larger of x1 and x2, ignoring NaN.")
fmin = _binary("fmin", xp.fmin, "The smaller of x1 and x2, ignoring NaN.")
fmod = _binary("fmod", xp.fmod, "Remainder of x1 / x2 with the sign of x1.")
gcd = _binary("gcd", xp.gcd, "Greatest common divisor of integers.")
heaviside = _binary("heaviside", xp.heaviside, "0 below 0, x2 at 0, 1 above.")
hypot = _binary("hypot", xp.hypot, "sqrt(x1^2 + x2^2), elementwise.")
lcm = _binary("lcm", xp.lcm, "Least common multiple of integers.")
ldexp = _binary("ldexp", xp.ldexp, "x1 times 2 to the power x2, elementwise.")
logaddexp2 = _binary("logaddexp2", xp.logaddexp2, "log2(2^x1 + 2^x2), elementwise.")
nextafter = _binary("nextafter", xp.nextafter, "The next float after x1 towards x2.")

ptp = reduction("ptp", "Largest minus smallest element.")


@op
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """`log(sum(exp(x)))`, without overflow.

    Args:
        x: float tensor.
        axis: int, ints, or None for all axes.
        keepdims: whether reduced axes stay, with size 1.

    Example:
        >>> float(logsumexp([1000.0, 1000.0]))
        1000.693...
    """
    return nn.logsumexp(as_float(x), axis=axes_of(axis), keepdims=keepdims)


@op
def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Whether all elements agree within a tolerance."""
    return xp.all(xp.isclose(operand(x1), operand(x2), rtol=rtol, atol=atol, equal_nan=equal_nan))


@op
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """x1 / x2, and 0 where x2 is 0, elementwise."""
    x1, x2 = as_array(x1), as_array(x2)
    safe = xp.where(x2 == 0, xp.ones_like(x2), x2)
    return xp.where(x2 == 0, 0, x1 / safe)


@op
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """Join two tensors along `axis` (as vectors for None)."""
    return xp.append(operand(x1), operand(x2), axis=axis)


@op
def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Cross product of vectors of size 2 or 3."""
    return xp.cross(operand(x1), operand(x2), axisa, axisb, axisc, axis)


@op
def diagflat(x: Any, k: int = 0) -> Any:
    """Matrix with the flattened `x` on diagonal `k`."""
    return xp.diagflat(operand(x), k)


@op
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """The `n`-th difference of neighbors along `axis`."""
    return xp.diff(operand(a), n=n, axis=axis)


@op
def digitize(x: Any, bins: Any) -> Any:
    """Number of the interval between `bins` that each element lies in."""
    return xp.digitize(operand(x), operand(bins)).astype("int32")


@op
def histogram(x: Any, bins: int = 10, range: Any = None) -> Any:
    """Counts of equal intervals, and their edges."""
    return xp.histogram(operand(x), bins=bins, range=range)


@op
def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element of x1 is among those of x2."""
    return xp.isin(operand(x1), operand(x2), assume_unique=assume_unique, invert=invert)


@op
def quantile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Quantiles of `x`, with `q` in [0, 1]."""
    axes = axes_of(axis)
    return xp.quantile(as_float(x), as_float(q), axis=axes, method=method, keepdims=keepdims)


@op
def percentile(
    x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Any:
    """Percentiles of `x`, with `q` in [0, 100]."""
    axes = axes_of(axis)
    return xp.percentile(as_float(x), as_float(q), axis=axes, method=method, keepdims=keepdims)


@op
def rot90(array: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """Rotate `k` times by 90 degrees in the plane of `axes`."""
    return xp.rot90(operand(array), k=k, axes=tuple(axes))


@op
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The choice of the first condition that holds, elementwise."""
    conditions, choices = ([as_array(x) for x in part] for part in (condlist, choicelist))
    return xp.select(conditions, choices, default)


@op
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """Integral of `y` along `axis` by the trapezoidal rule."""
    return xp.trapezoid(operand(y), operand(x), dx=dx, axis=axis)


@op
def unique(
    x: Any,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The different elements, ascending.

    Args:
        x: tensor.
        sorted: kept for Keras; they are always sorted.
        return_index: whether the index of the first occurrence of each is returned.
        return_inverse: whether the indices that rebuild `x` are returned.
        return_counts: whether the number of occurrences of each is returned.
        axis: compare slices along this axis, and not elements.
        size: how many are returned, cut or filled up; needed in compiled code.
        fill_value: what fills up; default: the smallest one.
    """
    asked = (return_index, return_inverse, return_counts)
    return xp.unique(operand(x), *asked, axis, size=size, fill_value=fill_value)


@op
def saturate_cast(x: Any, dtype: Any) -> Any:
    """Cast to `dtype`, values beyond its range becoming its limits."""
    x, name = as_array(x), standardize_dtype(dtype)
    if name == "bool":
        return x.astype(name)
    limits = xp.iinfo(name) if is_integer(name) else xp.finfo(name)
    return xp.clip(x, limits.min, limits.max).astype(name)


@op
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803
    """Matrix of the powers of a vector."""
    return xp.vander(operand(x), N, increasing)


@op
def corrcoef(x: Any) -> Any:
    """Correlation coefficients between the rows of a matrix."""
    return xp.corrcoef(as_float(x))


@op
def hstack(xs: Any) -> Any:
    """Join tensors along the second axis (vectors: the first)."""
    return xp.hstack([as_array(x) for x in xs])


@op
def vstack(xs: Any) -> Any:
    """Join tensors along the first axis, vectors as rows."""
    return xp.vstack([as_array(x) for x in xs])


@op
def dstack(xs: Any) -> Any:
    """Join tensors along the third axis."""
    return xp.dstack([as_array(x) for x in xs])


@op
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """Split `x` along `axis` into nearly equal parts."""
    return list(xp.array_split(operand(x), indices_or_sections, axis=axis))


@op
def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """Split `x` along the second axis (vectors: the first)."""
    return list(xp.hsplit(operand(x), indices_or_sections))


@op
def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """Split `x` along the first axis."""
    return list(xp.vsplit(operand(x), indices_or_sections))


@op
def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """Split `x` along the third axis."""
    return list(xp.dsplit(operand(x), indices_or_sections))


@op
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Any:
    """Cross-correlation of two vectors.

    Args:
        x1: tensor `(m,)`.
        x2: tensor `(n,)`.
        mode: `"valid"`, `"same"` or `"full"`.
    """
    errors.one_of("correlate", "mode", mode, ("valid", "same", "full"))
    return xp.correlate(as_float(x1), as_float(x2), mode)


@op
def cdist(x: Any, y: Any) -> Any:
    """Euclidean distance of each vector of `x` to each of `y`.

    Args:
        x: tensor `(..., m, d)`.
        y: tensor `(..., n, d)`.

    Returns: tensor `(..., m, n)`.

    Example:
        >>> cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 0.0]]).numpy()
        array([[5., 0.]], dtype=float32)
    """
    x, y = as_float(x), as_float(y)
    squares = xp.sum(xp.square(x[..., :, None, :] - y[..., None, :, :]), axis=-1)
    # the slope of the root at 0 is taken as 0
    some = squares > 0
    return xp.where(some, xp.sqrt(xp.where(some, squares, 1)), 0)


@op
def psnr(x1: Any, x2: Any, max_val: float) -> Any:
    """Peak signal-to-noise ratio in decibels, `10 log10(max_val^2 / mean((x1 - x2)^2))`.

    Args:
        x1: tensor.
        x2: tensor of the same shape.
        max_val: largest value there can be.

    Raises:
        ValueError: if the shapes differ.
    """
    x1, x2 = as_float(x1), as_float(x2)
    if x1.shape != x2.shape:
        raise ValueError(
            "`x1` and `x2` of `psnr` must have the same shape. "
            f"Received: shapes {tuple(x1.shape)} and {tuple(x2.shape)}"
        )
    return 10 * xp.log10(max_val**2 / xp.mean(xp.square(x1 - x2)))


@op
def polar(abs_: Any, angle: Any) -> Any:
    """Complex numbers of these absolute values and angles in radians."""
    size, angle = as_float(abs_), as_float(angle)
    return size * xp.cos(angle) + 1j * (size * xp.sin(angle))


@op
def view_as_complex(x: Any) -> Any:
    """Complex numbers from a last axis of real and imaginary part."""
    x = as_float(x)
    if x.ndim == 0 or x.shape[-1] != 2:
        raise ValueError(
            "The last axis of `x` of `view_as_complex` must have size 2. "
            f"Received: shape {tuple(x.shape)}"
        )
    return x[..., 0] + 1j * x[..., 1]


@op
def view_as_real(x: Any) -> Any:
    """Real and imaginary part along a new last axis."""
    x = as_array(x)
    return xp.stack([xp.real(x), xp.imag(x)], axis=-1)


@op
def view(x: Any, dtype: Any = None) -> Any:
    """The same bits read as another dtype; None changes nothing."""
    x = as_array(x)
    return x if dtype is None else x.view(standardize_dtype(dtype))


@op
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:  # noqa: N803
    """Matrix with ones on and below diagonal `k`, and zeros above."""
    return xp.tri(N, M, k, standardize_dtype(dtype))


@op
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10,
    dtype: Any = None, axis: int = 0,
) -> Any:  # fmt: skip
    """Return `num` numbers evenly spaced on a logarithmic scale."""
    return xp.logspace(start, stop, num, endpoint, base, dtype, axis)


def dtype(x: Any) -> str:
    """Return the name of the dtype of `x`."""
    return standardize_dtype(x.dtype if hasattr(x, "dtype") else xp.asarray(x).dtype)

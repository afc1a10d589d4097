"""`tf.math` and `tf.linalg` beyond other spellings of ops."""

from __future__ import annotations

from typing import Any

from addax import ops


def lgamma(x: Any, name: str | None = None) -> Any:
    """Return the logarithm of the absolute value of the gamma function (Lanczos, g = 7)."""
    x = ops.convert_to_tensor(x)
    low = ops.less(x, 0.5)
    z = ops.where(low, 1 - x, x) - 1
    total = 0.99999999999980993 + sum(c / (z + i) for i, c in enumerate(_LANCZOS, 1))
    t = z + 7.5
    value = 0.9189385332046727 + (z + 0.5) * ops.log(t) - t + ops.log(total)
    sine = ops.abs(ops.sin(3.141592653589793 * x))
    return ops.where(low, 1.1447298858494002 - ops.log(ops.where(low, sine, 1.0)) - value, value)


_LANCZOS = (
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7,
)


def complex(real: Any, imag: Any, name: str | None = None) -> Any:
    """Return the complex numbers of two parts."""
    return ops.add(real, ops.multiply(imag, 1j))


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Any:
    """Return `x * y`, 0 where `y` is 0 even if `x` is not finite."""
    zero = ops.equal(y, 0)
    return ops.where(zero, ops.zeros_like(y), ops.multiply(ops.where(zero, 0.0, x), y))


def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    """Return `x * log(y)`, 0 where `x` is 0."""
    zero = ops.equal(x, 0)
    return ops.where(zero, ops.zeros_like(x), ops.multiply(x, ops.log(ops.where(zero, 1.0, y))))


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Any:
    """Return the root of the sum of squares."""
    return ops.sqrt(ops.sum(ops.square(input_tensor), axis=axis, keepdims=keepdims))


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """Return the share of zeros."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    """Return the polynomial's value, the highest power's coefficient first."""
    value = ops.zeros_like(x)
    for coefficient in coeffs:
        value = value * x + coefficient
    return value


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """Return the sums of rows with the same number; the numbers must be known."""
    return ops.segment_sum(data, segment_ids, num_segments=int(ops.max(segment_ids)) + 1)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    """Return the means of rows with the same number, 0 where there is none."""
    counts = segment_sum(ops.ones_like(data), segment_ids)
    return segment_sum(data, segment_ids) / ops.maximum(counts, 1)


def unsorted_segment_sum(
    data: Any, segment_ids: Any, num_segments: int, name: str | None = None
) -> Any:
    """Return the sums of rows with the same number."""
    return ops.segment_sum(data, segment_ids, num_segments=int(num_segments))


def adjoint(matrix: Any, name: str | None = None) -> Any:
    """Return the conjugate transpose of matrices."""
    return ops.conj(ops.swapaxes(matrix, -1, -2))


def band_part(input: Any, num_lower: int, num_upper: int, name: str | None = None) -> Any:
    """Keep so many diagonals below and above the main one (all for negative numbers)."""
    upper = input if num_lower < 0 else ops.triu(input, -num_lower)
    return upper if num_upper < 0 else ops.tril(upper, num_upper)


def eigvalsh(tensor: Any, name: str | None = None) -> Any:
    """Return the eigenvalues of symmetric matrices."""
    return ops.eigh(tensor)[0]


def matvec(a: Any, b: Any, transpose_a: bool = False, **kwargs: Any) -> Any:
    """Return the products of matrices and vectors."""
    a = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.squeeze(ops.matmul(a, ops.expand_dims(b, -1)), -1)


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> Any:
    """Return the tensor divided by its norm, and the norm."""
    kind = None if ord == "euclidean" else ord
    norm = (
        reduce_euclidean_norm(tensor, axis, True)
        if kind is None
        else ops.norm(tensor, ord=kind, axis=axis, keepdims=True)
    )
    return ops.divide(tensor, norm), norm


def set_diag(input: Any, diagonal: Any, name: str | None = None) -> Any:
    """Return matrices with another main diagonal."""
    rows, columns = input.shape[-2:]
    eye = ops.cast(ops.eye(rows, columns), "bool")
    short = ops.expand_dims(ops.convert_to_tensor(diagonal), -1 if rows <= columns else -2)
    return ops.where(eye, short, input)


def triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """Solve `matrix @ x = rhs` for a triangular matrix."""
    a = ops.swapaxes(matrix, -1, -2) if adjoint else matrix
    return ops.solve_triangular(a, rhs, lower=lower != adjoint)

"""Linear algebra over the last two axes."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_float, axes_of
from addax.ops.control import jvp as jvp

_linalg: Any = engine.linalg
_scipy: Any = engine.scipy  # its parts are imported when they are first used


def _square(name: str, x: Any) -> Any:
    x = as_float(x)
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(
            f"`{name}` expects square matrices, `(..., n, n)`. Received: shape {tuple(x.shape)}"
        )
    return x


@op
def cholesky(x: Any, upper: bool = False) -> Any:
    """Return the triangular L with `L L^T = x` (or U with `U^T U = x`).

    Args:
        x: symmetric, positive definite matrices `(..., n, n)`.
        upper: whether to return U.

    Raises:
        ValueError: if the matrices are not square.

    Example:
        >>> cholesky([[4.0, 0.0], [0.0, 9.0]]).numpy()
        array([[2., 0.],
               [0., 3.]], dtype=float32)
    """
    return _linalg.cholesky(_square("cholesky", x), upper=upper)


@op
def cholesky_inverse(x: Any, upper: bool = False) -> Any:
    """Return the inverse of the matrices that have the Cholesky factors `x`."""
    x = _square("cholesky_inverse", x)
    unit = xp.broadcast_to(xp.eye(x.shape[-1], dtype=x.dtype), x.shape)
    inverse = _scipy.linalg.solve_triangular(x, unit, lower=not upper)
    transposed = xp.swapaxes(inverse, -1, -2)
    return inverse @ transposed if upper else transposed @ inverse


@op
def det(x: Any) -> Any:
    """Return the determinants of `(..., n, n)` matrices."""
    return _linalg.det(_square("det", x))


@op
def slogdet(x: Any) -> Any:
    """Return sign and logarithm of the absolute value of the determinants."""
    sign, logarithm = _linalg.slogdet(_square("slogdet", x))
    return sign, logarithm


@op
def logdet(x: Any) -> Any:
    """Return the logarithms of the determinants of positive definite matrices."""
    return _linalg.slogdet(_square("logdet", x))[1]


@op
def eig(x: Any) -> Any:
    """Return eigenvalues `(..., n)` and right eigenvectors, complex; on CPU only."""
    values, vectors = _linalg.eig(_square("eig", x))
    return values, vectors


@op
def eigh(x: Any) -> Any:
    """Return eigenvalues, ascending, and eigenvectors of symmetric matrices."""
    values, vectors = _linalg.eigh(_square("eigh", x))
    return values, vectors


@op
def inv(x: Any) -> Any:
    """Return the inverses of `(..., n, n)` matrices."""
    return _linalg.inv(_square("inv", x))


@op
def pinv(x: Any, rcond: float | None = None) -> Any:
    """Return the Moore-Penrose pseudo-inverses of `(..., m, n)` matrices."""
    return _linalg.pinv(as_float(x), rtol=rcond)


@op
def matrix_rank(x: Any, tol: float | None = None) -> Any:
    """Return the number of singular values above a tolerance."""
    return _linalg.matrix_rank(as_float(x), rtol=tol)


@op
def lu_factor(x: Any) -> Any:
    """Return the LU decomposition in one matrix, and the pivots."""
    factors, pivots = _scipy.linalg.lu_factor(as_float(x))
    return factors, pivots


@op
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return a norm of matrices or vectors.

    Args:
        x: tensor.
        ord: order: None (2, or Frobenius), a number, `"fro"` or `"nuc"`.
        axis: int (vectors), two ints (matrices) or None (all of `x`).
        keepdims: whether reduced axes stay, with size 1.

    Example:
        >>> float(norm([3.0, 4.0]))
        5.0
    """
    return _linalg.norm(as_float(x), ord=ord, axis=axes_of(axis), keepdims=keepdims)


@op
def qr(x: Any, mode: str = "reduced") -> Any:
    """Return orthogonal Q and upper triangular R with `Q R = x`.

    Args:
        x: matrices `(..., m, n)`.
        mode: `"reduced"` or `"complete"`.

    Raises:
        ValueError: for any other mode.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"`mode` of `qr` must be 'reduced' or 'complete'. Received: {mode!r}")
    q, r = _linalg.qr(as_float(x), mode=mode)
    return q, r


@op
def solve(a: Any, b: Any) -> Any:
    """Return x with `a x = b`.

    Args:
        a: matrices `(..., n, n)`.
        b: vectors `(n,)` or matrices `(..., n, k)`.
    """
    return _linalg.solve(_square("solve", a), as_float(b))


@op
def solve_triangular(a: Any, b: Any, lower: bool = False) -> Any:
    """Return x with `a x = b` for triangular `a`.

    Args:
        a: matrices `(..., n, n)`.
        b: vectors `(..., n)` or matrices `(..., n, k)`.
        lower: whether `a` is lower triangular.
    """
    a, b = _square("solve_triangular", a), as_float(b)
    if b.ndim == a.ndim - 1:
        return _scipy.linalg.solve_triangular(a, b[..., None], lower=lower)[..., 0]
    return _scipy.linalg.solve_triangular(a, b, lower=lower)


@op
def svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return U, the singular values S and V^T with `U S V^T = x` (or S alone)."""
    result = _linalg.svd(as_float(x), full_matrices=full_matrices, compute_uv=compute_uv)
    return tuple(result) if compute_uv else result


@op
def lstsq(a: Any, b: Any, rcond: float | None = None) -> Any:
    """Return the x that minimizes `|a x - b|^2`.

    Args:
        a: matrix `(m, n)`.
        b: vector `(m,)` or matrix `(m, k)`.
        rcond: singular values below `rcond` times the largest count as 0.
    """
    return _linalg.lstsq(as_float(a), as_float(b), rcond=rcond)[0]

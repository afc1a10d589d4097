"""Linear algebra against NumPy."""

import numpy as np
import pytest

from addax import ops

RNG = np.random.default_rng(0)
A = RNG.normal(size=(2, 4, 4)).astype("float32")
SPD = A @ np.swapaxes(A, 1, 2) + np.eye(4, dtype="float32")
TALL = RNG.normal(size=(5, 3)).astype("float32")


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-4)


def test_factorizations():
    lower = ops.cholesky(SPD).numpy()
    close(lower, np.linalg.cholesky(SPD))
    close(ops.cholesky(SPD, upper=True), np.swapaxes(lower, 1, 2))
    close(ops.linalg.cholesky_inverse(lower), np.linalg.inv(SPD))
    for mode in ("reduced", "complete"):
        q, r = ops.qr(TALL, mode=mode)
        close(ops.matmul(q, r), TALL)
    u, s, vt = ops.svd(TALL, full_matrices=False)
    close(u.numpy() * s.numpy() @ vt.numpy(), TALL)
    close(ops.svd(TALL, compute_uv=False), np.linalg.svd(TALL, compute_uv=False))
    values, vectors = ops.eigh(SPD)
    close(SPD @ vectors.numpy(), vectors.numpy() * values.numpy()[:, None, :])
    values, vectors = ops.eig(A)
    close(A @ vectors.numpy(), vectors.numpy() * values.numpy()[:, None, :])
    factors, pivots = ops.lu_factor(A[0])
    assert (factors.shape, pivots.shape) == ((4, 4), (4,))


def test_numbers_of_a_matrix():
    close(ops.det(A), np.linalg.det(A))
    close(ops.logdet(SPD), np.linalg.slogdet(SPD)[1])
    close(ops.slogdet(A)[0], np.linalg.slogdet(A)[0])
    assert int(ops.matrix_rank(np.ones((3, 3)))) == 1
    for order in (None, "fro", 1, np.inf):
        close(ops.norm(TALL, ord=order), np.linalg.norm(TALL, order))
    close(ops.norm(TALL, ord=3, axis=1, keepdims=True), np.linalg.norm(TALL, 3, 1, keepdims=True))


def test_solutions():
    b = RNG.normal(size=(2, 4, 3)).astype("float32")
    close(ops.matmul(A, ops.inv(A)), np.broadcast_to(np.eye(4), A.shape))
    close(ops.matmul(A, ops.solve(A, b)), b)
    close(ops.matmul(A[0], ops.solve(A[0], b[0, :, 0])), b[0, :, 0])
    lower = np.tril(A[0]) + 3 * np.eye(4, dtype="float32")
    close(lower @ ops.solve_triangular(lower, b[0, :, 0], lower=True).numpy(), b[0, :, 0])
    close(lower.T @ ops.solve_triangular(lower.T, b[0]).numpy(), b[0])
    y = RNG.normal(size=5).astype("float32")
    close(ops.lstsq(TALL, y), np.linalg.lstsq(TALL, y, rcond=None)[0])
    close(ops.pinv(TALL), np.linalg.pinv(TALL))


@pytest.mark.parametrize("name", ["cholesky", "det", "inv", "eigh", "eig", "logdet"])
def test_only_square_matrices(name):
    with pytest.raises(ValueError, match=f"`{name}` expects square matrices"):
        getattr(ops, name)(TALL)
    with pytest.raises(ValueError, match="`mode` of `qr`"):
        ops.qr(TALL, mode="full")

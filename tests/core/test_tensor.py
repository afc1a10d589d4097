"""What users can do with a Tensor."""

import copy
import operator

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from addax import ops
from addax.core.tensor import Symbolic, Tensor
from addax.core.variable import Variable
from addax.engine import engine

A = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]], "float32")
B = np.array([2.0, 3.0, 4.0], "float32")
BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip


@pytest.mark.parametrize("function", BINARY)
def test_operators_are_those_of_numpy(function):
    expected = function(A, B)
    for left, right in [
        (Tensor(engine.asarray(A)), B),
        (A, Tensor(engine.asarray(B))),
        (Variable(A), Variable(B)),
        (Tensor(engine.asarray(A)), engine.asarray(B)),
    ]:
        result = function(left, right)
        assert isinstance(result, Tensor)
        np.testing.assert_allclose(result, expected, rtol=1e-6)
    np.testing.assert_allclose(function(Tensor(engine.asarray(A)), 2), function(A, 2), rtol=1e-6)
    np.testing.assert_allclose(function(2, Tensor(engine.asarray(A))), function(2, A), rtol=1e-6)


def test_more_operators():
    t = Tensor(engine.asarray(A))
    np.testing.assert_array_equal(-t, -A)
    np.testing.assert_array_equal(abs(t), abs(A))
    np.testing.assert_allclose(t**2, A**2)
    np.testing.assert_allclose(2**t, 2**A)
    np.testing.assert_allclose(t @ B, A @ B)
    np.testing.assert_allclose(A @ t.T, A @ A.T)
    mask = t > 0
    np.testing.assert_array_equal(~mask & mask | mask ^ mask, A > 9)
    with pytest.raises(TypeError):
        t + "a"
    assert (t == "a") is False
    assert (t == None) is False  # noqa: E711
    assert t != object()


@pytest.mark.parametrize(
    "index",
    [
        0, -1, (0, 1), slice(None, None, -1), (slice(None), 1), (..., 0), None, (0, None), [1, 0],
        (slice(None), [2, 0]), (np.array([0, 1]), np.array([1, 2])), A > 0,
    ],
)  # fmt: skip
def test_indexing(index):
    np.testing.assert_array_equal(Tensor(engine.asarray(A))[index], A[index])


def test_index_by_tensors():
    t = Tensor(engine.asarray(A))
    one = ops.convert_to_tensor(1)
    np.testing.assert_array_equal(t[one], A[1])
    np.testing.assert_array_equal(t[:, one], A[:, 1])
    np.testing.assert_array_equal(t[ops.convert_to_tensor([1, 0])], A[[1, 0]])


def test_conversions():
    t = ops.convert_to_tensor([1.5])
    assert float(t[0]) == 1.5
    assert int(t[0]) == 1
    assert bool(t > 1)
    assert t.item() == 1.5
    assert t.tolist() == [1.5]
    assert len(t) == 1
    assert [float(x) for x in t] == [1.5]
    assert list(range(5))[ops.convert_to_tensor(2)] == 2
    assert f"{t[0]:.2f}" == "1.50"
    assert np.asarray(t, "int32").dtype == np.int32
    assert t.numpy().flags.owndata is not None
    assert (t.ndim, t.rank, t.size, t.shape, t.dtype) == (1, 1, 1, (1,), "float32")
    assert isinstance(t[0].numpy(), np.float32)
    with pytest.raises(TypeError, match="rank 0"):
        len(t[0])
    with pytest.raises(TypeError, match="rank 0"):
        iter(t[0])


def test_methods():
    t = Tensor(engine.asarray(A))
    assert float(t.sum()) == A.sum()
    np.testing.assert_allclose(t.mean(axis=0), A.mean(0))
    np.testing.assert_array_equal(t.reshape(3, 2), A.reshape(3, 2))
    np.testing.assert_array_equal(t.reshape((3, -1)), A.reshape(3, 2))
    assert t.astype("int32").dtype == "int32"
    assert "float32" in repr(t)
    assert "(2, 3)" in repr(t)


def test_jax_functions_take_tensors():
    t = Tensor(engine.asarray(A))
    np.testing.assert_allclose(jnp.sin(t), np.sin(A), rtol=1e-6)
    np.testing.assert_allclose(jax.nn.relu(t), np.maximum(A, 0))
    np.testing.assert_allclose(jax.jit(lambda x: x * 2)(t), A * 2)
    np.testing.assert_allclose(jax.grad(lambda x: jnp.sum(x * x))(t), 2 * A)
    # documented limit: `jax.lax` looks at types only
    with pytest.raises((TypeError, ValueError)):
        jax.lax.add(t, t)


def test_numpy_functions_take_tensors():
    t = Tensor(engine.asarray(A))
    np.testing.assert_allclose(np.exp(t), np.exp(A), rtol=1e-6)
    assert float(np.mean(t)) == pytest.approx(A.mean())
    assert np.any(t)
    assert np.sum(t) == A.sum()


def test_tree_keeps_mask_and_logits():
    t = ops.softmax(Tensor(engine.asarray(A)))
    t.mask = engine.asarray([True, False])
    again = engine.tree_map(lambda x: x, t)
    np.testing.assert_array_equal(again.mask, [True, False])
    np.testing.assert_array_equal(again.logits, A)
    assert again.logits_kind == "softmax"


def test_traced_values_explain_themselves():
    def branch(x):
        return ops.relu(x) if Tensor(x).sum() > 0 else x

    with pytest.raises(TypeError) as caught:
        engine.jit(branch)(engine.asarray(A))
    assert any("ops.cond" in note for note in caught.value.__notes__)


def test_hash_and_copy():
    t = Tensor(engine.asarray(A))
    assert {t: 1}[t] == 1
    np.testing.assert_array_equal(copy.deepcopy(t), A)


def test_dlpack():
    np.testing.assert_array_equal(np.from_dlpack(Tensor(engine.asarray(A))), A)


@pytest.mark.parametrize("use", [np.asarray, bool, float, int, len, list, lambda s: s.numpy()])
def test_symbolic_has_no_values(use):
    with pytest.raises(TypeError, match="has a shape and a dtype but no values"):
        use(Symbolic((None, 3)))

"""One op definition: values, symbols, tapes and compiled code."""

import numpy as np
import pytest

from addax import ops
from addax.core.graph import Node, ancestors, op, replay
from addax.core.tensor import Symbolic, Tensor
from addax.core.variable import Variable
from addax.engine import engine, xp


@op
def softplus(x):
    """log(1 + exp(x)), elementwise."""
    return xp.logaddexp(x, 0.0)


X = np.array([[1.0, -2.0, 3.0]], "float32")
EXPECTED = np.log1p(np.exp(X))


def test_all_kinds_of_arguments():
    for x in (X, engine.asarray(X), Tensor(engine.asarray(X)), Variable(X)):
        result = softplus(x)
        assert isinstance(result, Tensor)
        np.testing.assert_allclose(result, EXPECTED, rtol=1e-6)
    assert softplus.__name__ == "softplus"
    assert softplus.__doc__.startswith("log(1")
    np.testing.assert_allclose(softplus(1.0), np.log1p(np.e), rtol=1e-6)


def test_inside_compiled_code():
    result = engine.jit(lambda x: softplus(x) + 1)(engine.asarray(X))
    np.testing.assert_allclose(result, EXPECTED + 1, rtol=1e-6)


def test_symbolic():
    x = Symbolic((None, 3))
    y = softplus(x)
    assert isinstance(y, Symbolic)
    assert (y.shape, y.dtype) == ((None, 3), "float32")
    assert isinstance(y.node, Node)
    assert y.node.inputs == [x]


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: ops.matmul(x, np.ones((3, 2), "float32")), (None, None, 2)),
        (lambda x: ops.reshape(x, (-1, 3)), (None, 3)),
        (lambda x: ops.sum(x, axis=1), (None, 3)),
        (lambda x: ops.sum(x, axis=0), (None, 3)),
        (lambda x: ops.transpose(x, (0, 2, 1)), (None, 3, None)),
        (lambda x: ops.concatenate([x, x], axis=-1), (None, None, 6)),
        (lambda x: ops.concatenate([x, x], axis=1), (None, None, 3)),
        (lambda x: x[:, 0], (None, 3)),
        (lambda x: x[:, :2] * 2.0 + 1, (None, 2, 3)),
        (lambda x: ops.top_k(x, 2)[1], (None, None, 2)),
        (lambda x: ops.split(x, 3, axis=-1)[0], (None, None, 1)),
        (lambda x: ops.softmax(x), (None, None, 3)),
        (lambda x: ops.one_hot(ops.argmax(x, axis=-1), 7), (None, None, 7)),
        (lambda x: ops.mean(x), ()),
        (lambda x: ops.pad(x, ((0, 0), (1, 1), (0, 0))), (None, None, 3)),
    ],
)
def test_shape_inference(function, shape):
    assert function(Symbolic((None, None, 3))).shape == shape


def test_replay():
    x = Symbolic((None, 3))
    h = softplus(x) * 2
    first, second = ops.split(h, [1], axis=1)
    y = ops.concatenate([second, first], axis=1)
    values = {id(x): Tensor(engine.asarray(X))}
    nodes = ancestors([y], [x])
    assert len(nodes) == 4
    replay(nodes, values)
    np.testing.assert_allclose(values[id(y)], 2 * np.roll(EXPECTED, -1, axis=1), rtol=1e-6)


def test_ancestors_stop_at_the_inputs():
    x = Symbolic((None, 3))
    h = x + 1
    y = h * h
    assert len(ancestors([y], [x])) == 2
    assert len(ancestors([y], [h])) == 1
    assert ancestors([x], [x]) == []


def test_symbol_and_value_mix():
    x, w = Symbolic((None, 3)), Variable(np.ones((3, 2), "float32"))
    y = ops.matmul(x, w)
    values = {id(x): Tensor(engine.asarray(X))}
    replay(ancestors([y], [x]), values)
    np.testing.assert_allclose(values[id(y)], [[2, 2]])


def test_logits_follow_a_replay():
    x = Symbolic((None, 3))
    y = ops.softmax(x)
    values = {id(x): Tensor(engine.asarray(X))}
    replay(ancestors([y], [x]), values)
    np.testing.assert_array_equal(values[id(y)].logits, X)


def test_inference_changes_nothing():
    v = Variable(1.0)

    @op
    def touch(x):
        v.assign_add(1.0)
        return x

    touch(Symbolic((None,)))
    assert float(v) == 1

"""Control flow: values, gradients of what is closed over, Variables inside loops."""

import numpy as np
import pytest

from addax import ops
from addax.core.graph import ancestors, replay
from addax.core.tape import GradientTape
from addax.core.tensor import Symbolic, Tensor
from addax.core.variable import SeedGenerator, Variable, functionalize
from addax.engine import engine
from addax.ops import random


def compiled(function, *args):
    """Run `function` on tensors inside compiled code, and return arrays."""

    def on_arrays(*arrays):
        return engine.tree_map(lambda x: x, function(*(Tensor(a) for a in arrays)))

    return engine.jit(on_arrays)(*(engine.asarray(a) for a in args))


CASES = {
    "cond": lambda x: ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: -x),
    "switch": lambda x: ops.switch(
        ops.cast(x[0], "int32"), [lambda a: a, lambda a: a * 10, lambda a: -a], x
    ),
    "while_loop": lambda x: ops.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2), (0, x))[
        1
    ],
    "while_loop with a limit": lambda x: ops.while_loop(
        lambda y: ops.sum(y) < 1e9, lambda y: y * 2, x, maximum_iterations=2
    ),
    "fori_loop": lambda x: ops.fori_loop(1, 4, lambda i, y: y + ops.cast(i, "float32"), x),
    "scan": lambda x: ops.scan(lambda c, a: (c + a, c * a), ops.sum(x) * 0, x)[1],
    "reversed scan": lambda x: ops.scan(lambda c, a: (c + a, c * a), 1.0, x, reverse=True)[1],
    "scan by length": lambda x: ops.scan(lambda c, _: (c * 2, c), x, length=3)[1],
    "map": lambda x: ops.map(lambda a: a * a, x),
    "vectorized_map": lambda x: ops.vectorized_map(lambda a: {"y": a * a}, x)["y"],
    "associative_scan": lambda x: ops.associative_scan(lambda a, b: a * b, x),
}
EXPECTED = {
    "cond": lambda x: x * 2,
    "switch": lambda x: x * 10,
    "while_loop": lambda x: x * 8,
    "while_loop with a limit": lambda x: x * 4,
    "fori_loop": lambda x: x + 6,
    "scan": lambda x: np.array([0, 2, 9], "float32"),
    "reversed scan": lambda x: np.array([6, 8, 3], "float32"),
    "scan by length": lambda x: np.stack([x, 2 * x, 4 * x]),
    "map": lambda x: x * x,
    "vectorized_map": lambda x: x * x,
    "associative_scan": lambda x: np.cumprod(x),
}
X = np.array([1.0, 2.0, 3.0], "float32")


@pytest.mark.parametrize("name", CASES)
def test_values(name):
    function, expected = CASES[name], EXPECTED[name](X)
    np.testing.assert_allclose(function(Tensor(engine.asarray(X))), expected)
    np.testing.assert_allclose(compiled(function, X), expected)
    with GradientTape():
        np.testing.assert_allclose(function(Variable(X).value), expected)


@pytest.mark.parametrize("name", [n for n in CASES if n not in ("associative_scan",)])
def test_symbols(name):
    x = Symbolic((3,))
    y = CASES[name](x) if name != "switch" else x * 10
    values = {id(x): Tensor(engine.asarray(X))}
    replay(ancestors([y], [x]), values)
    np.testing.assert_allclose(values[id(y)], EXPECTED[name](X))


CLOSURES = {
    "cond": lambda w: ops.cond(w > 0, lambda: w * w, lambda: -w),
    "switch": lambda w: ops.switch(1, [lambda: w, lambda: w * w]),
    "while_loop": lambda w: ops.while_loop(
        lambda i, y: i < 2, lambda i, y: (i + 1, y * w), (0, 1.0)
    )[1],
    "fori_loop": lambda w: ops.fori_loop(0, 2, lambda i, y: y * w, 1.0),
    "scan": lambda w: ops.scan(lambda c, x: (c * w, None), 1.0, np.zeros(2))[0],
    "map": lambda w: ops.sum(ops.map(lambda x: x * w * w, np.array([0.25, 0.75], "float32"))),
    "vectorized_map": lambda w: ops.sum(
        ops.vectorized_map(lambda x: x * w * w, np.array([0.25, 0.75], "float32"))
    ),
}


@pytest.mark.parametrize("name", CLOSURES)
def test_gradient_of_a_closed_over_variable(name):
    w = Variable(3.0)

    def gradient():
        with GradientTape() as tape:
            y = CLOSURES[name](w)
        return tape.gradient(y, w)

    assert float(gradient()) == 6
    pure = functionalize(lambda: gradient().raw, [w])
    if name != "while_loop":
        assert float(engine.jit(lambda v: pure([v])[0])(w.raw)) == 6


def test_branches_that_assign():
    v = Variable(1.0)

    def step(x):
        return ops.cond(
            Tensor(x) > 0, lambda: v.assign_add(1.0).value * 1, lambda: ops.convert_to_tensor(0.0)
        ).raw

    run = engine.jit(lambda value, x: functionalize(step, [v])([value], x))
    assert [float(a) for a in (run(v.raw, 1.0)[0], run(v.raw, 1.0)[1][0])] == [2, 2]
    assert [float(a) for a in (run(v.raw, -1.0)[0], run(v.raw, -1.0)[1][0])] == [0, 1]


@pytest.mark.parametrize("record", [False, True])
def test_random_numbers_in_a_loop(record):
    generator = SeedGenerator(1)

    def run():
        return ops.scan(lambda c, _: (c, random.uniform((), seed=generator)), 0.0, length=4)[1]

    if record:
        with GradientTape():
            numbers = run().numpy()
    else:
        numbers = run().numpy()
    assert len(set(numbers.tolist())) == 4
    assert generator.state.numpy().tolist() == [1, 4]
    other = SeedGenerator(1)
    expected = [float(random.uniform((), seed=other)) for _ in range(4)]
    np.testing.assert_allclose(numbers, expected)


def test_structures():
    state, ys = ops.scan(
        lambda c, x: ({"n": c["n"] + 1, "sum": c["sum"] + x["a"]}, (x["b"], c["n"])),
        {"n": 0, "sum": 0.0},
        {"a": X, "b": X * 2},
    )
    assert int(state["n"]) == 3
    assert float(state["sum"]) == 6
    np.testing.assert_array_equal(ys[0], X * 2)
    np.testing.assert_array_equal(ys[1], [0, 1, 2])


def test_custom_gradient():
    @ops.custom_gradient
    def clipped(x):
        """Identity with a clipped gradient."""
        return x * 1.0, lambda upstream: ops.clip(upstream, -1.0, 1.0)

    @ops.custom_gradient
    def product(a, b):
        return a * b, lambda upstream: (upstream * b * 100, upstream * a)

    x = Variable(2.0)
    with GradientTape(persistent=True) as tape:
        y = clipped(x) * 50
        z = product(x, Variable(5.0).value)
    assert (float(y), float(z)) == (100, 10)
    assert float(tape.gradient(y, x)) == 1
    assert float(tape.gradient(z, x)) == 500
    assert clipped.__doc__.startswith("Identity")


def test_scan_needs_a_length():
    with pytest.raises(ValueError, match="needs `xs` or `length`"):
        ops.scan(lambda c, x: (c, x), 0.0)

"""Random tensors: the same bits as Keras on JAX for the same seed."""

import keras
import numpy as np
import pytest

from addax import ops, random
from addax.core.tape import GradientTape
from addax.core.variable import SeedGenerator, Variable, functionalize, set_random_seed
from addax.engine import engine

CALLS = {
    "normal": ((3, 4), 1.0, 2.0),
    "truncated_normal": ((3, 4), 1.0, 2.0),
    "uniform": ((3, 4), -1.0, 2.0),
    "randint": ((3, 4), 2, 9),
    "categorical": (np.log([[0.2, 0.8], [0.5, 0.5]]).astype("float32"), 5),
    "gamma": ((3, 4), 2.0),
    "beta": ((3, 4), 2.0, 3.0),
    "binomial": ((3, 4), 10.0, 0.3),
    "dropout": (np.ones((4, 5), "float32"), 0.4),
    "shuffle": (np.arange(6.0, dtype="float32"),),
}


# the others take long to compile
@pytest.mark.parametrize("name", [n for n in CALLS if n not in ("beta", "binomial")])
def test_same_bits_as_keras(name):
    ours = getattr(random, name)(*CALLS[name], seed=7)
    theirs = getattr(keras.random, name)(*CALLS[name], seed=7)
    assert ours.dtype == keras.backend.standardize_dtype(theirs.dtype)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("name", CALLS)
def test_seeds(name):
    draw = getattr(random, name)
    generator = SeedGenerator(3)
    one, two = draw(*CALLS[name], seed=generator), draw(*CALLS[name], seed=generator)
    assert not np.array_equal(one, two)
    set_random_seed(1)
    first = draw(*CALLS[name])
    second = draw(*CALLS[name])
    assert not np.array_equal(first, second)
    set_random_seed(1)
    np.testing.assert_array_equal(draw(*CALLS[name]), first)


def test_distributions():
    x = random.normal((20000,), 3.0, 2.0, seed=1).numpy()
    assert abs(x.mean() - 3) < 0.05
    assert abs(x.std() - 2) < 0.05
    assert np.abs(random.truncated_normal((20000,), seed=1).numpy()).max() <= 2
    x = random.uniform((20000,), -1, 3, seed=1).numpy()
    assert x.min() >= -1
    assert x.max() < 3
    assert set(random.randint((1000,), 2, 5, seed=1).numpy()) == {2, 3, 4}
    assert random.uniform((2,), dtype="bfloat16", seed=1).dtype == "bfloat16"
    assert random.randint((2,), 0, 5, dtype="uint8", seed=1).dtype == "uint8"


def test_dropout():
    x = np.ones((100, 100), "float32")
    y = random.dropout(x, 0.25, seed=1).numpy()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs(y.mean() - 1) < 0.05
    np.testing.assert_array_equal(random.dropout(x, 0), x)
    np.testing.assert_array_equal(random.dropout(x, 1), 0 * x)
    rows = random.dropout(x, 0.5, noise_shape=(None, 1), seed=1).numpy()
    assert (rows == rows[:, :1]).all()
    assert 0 < rows.mean() < 2


def test_gradient_uses_the_same_mask():
    v = Variable(np.ones(50, "float32"))
    with GradientTape() as tape:
        y = random.dropout(v, 0.5, seed=SeedGenerator(1))
    np.testing.assert_array_equal(tape.gradient(y, v), y)


def test_shuffle():
    x = np.arange(12.0, dtype="float32").reshape(3, 4)
    y = random.shuffle(x, axis=1, seed=1).numpy()
    np.testing.assert_array_equal(np.sort(y, axis=1), x)


def test_compiled_code_advances_the_generator():
    generator = SeedGenerator(2)
    pure = functionalize(lambda: random.uniform((2,), seed=generator).raw, [generator.state])
    compiled = engine.jit(lambda state: pure([state]))
    one, (state,) = compiled(generator.state.raw)
    two, (state,) = compiled(state)
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(one, random.uniform((2,), seed=generator))
    np.testing.assert_array_equal(two, random.uniform((2,), seed=generator))


def test_no_seed_while_compiling():
    with pytest.raises(RuntimeError, match="SeedGenerator"):
        functionalize(lambda: random.normal((2,)), [])([])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: random.normal((2,), seed="a"), "`seed` must be None, an integer"),
        (lambda: random.normal((2,), seed=1.5), "`seed` must be None, an integer"),
        (lambda: random.normal((2,), dtype="int32"), "`dtype` of `normal`"),
        (lambda: random.randint((2,), 0, 5, dtype="float32"), "`dtype` of `randint`"),
        (lambda: random.dropout(np.ones(2), 1.5), "`rate` of `dropout`"),
        (lambda: random.categorical(np.ones(3), 2), "of shape \\(batch, classes\\)"),
    ],
)
def test_bad_values(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_shapes():
    assert random.normal((), seed=1).shape == ()
    assert random.normal([2, 3], seed=1).shape == (2, 3)
    assert random.categorical(ops.ones((2, 3)), 4, seed=1).shape == (2, 4)

"""Schedules against Keras at each step, traced, and through configs."""

import jax
import numpy as np
import pytest

from addax import optimizers
from addax.optimizers import schedules

CASES = [
    ("ExponentialDecay", (0.1, 3, 0.5)),
    ("ExponentialDecay", (0.1, 3, 0.5, True)),
    ("PiecewiseConstantDecay", ([2, 4], [0.1, 0.2, 0.3])),
    ("PolynomialDecay", (0.1, 4, 0.01, 2.0)),
    ("PolynomialDecay", (0.1, 4, 0.01, 2.0, True)),
    ("InverseTimeDecay", (0.1, 2, 0.5)),
    ("InverseTimeDecay", (0.1, 2, 0.5, True)),
    ("CosineDecay", (0.1, 4, 0.1)),
    ("CosineDecay", (0.1, 4, 0.1, "warm", 0.5, 3)),
    ("CosineDecay", (0.1, 4, 0.1, "no target", None, 3)),
    ("CosineDecayRestarts", (0.1, 2, 2.0, 0.5, 0.1)),
    ("CosineDecayRestarts", (0.1, 2, 1.0, 0.5, 0.1)),
    ("ExponentialDecay", (0.1, 400, 0.5)),
    ("PolynomialDecay", (0.1, 150, 0.01, 0.5, True)),
    ("InverseTimeDecay", (0.1, 70, 0.5, True)),
    ("CosineDecay", (0.1, 700, 0.1, "warm", 0.5, 111)),
    ("CosineDecayRestarts", (0.1, 100, 1.5, 0.9, 0.1)),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_against_keras(name, arguments):
    import keras

    ours = getattr(schedules, name)(*arguments)
    theirs = getattr(keras.optimizers.schedules, name)(*arguments)
    steps = np.arange(1000)
    found = jax.jit(jax.vmap(lambda step: ours(step).raw))(steps)
    expected = jax.jit(jax.vmap(theirs))(steps)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-7)
    np.testing.assert_allclose([float(ours(step)) for step in range(6)], found[:6], rtol=1e-6)
    assert ours.get_config() == theirs.get_config()
    assert schedules.serialize(ours) == keras.optimizers.schedules.serialize(theirs)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_traced_and_round_trip(name, arguments):
    schedule = schedules.deserialize(schedules.serialize(getattr(schedules, name)(*arguments)))
    traced = jax.jit(lambda step: schedule(step).raw)(np.int32(5))
    np.testing.assert_allclose(traced, schedule(5), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("PiecewiseConstantDecay", ([1, 2], [1.0]), "one longer than `boundaries`"),
        ("PiecewiseConstantDecay", ([2, 1], [1.0, 2.0, 3.0]), "must rise"),
        ("ExponentialDecay", (0.1, 0, 0.5), "`decay_steps` of `ExponentialDecay` must be positive"),
        ("CosineDecayRestarts", (0.1, -1), "Received: first_decay_steps=-1"),
    ],
)
def test_bad_arguments(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        getattr(schedules, name)(*arguments)


def test_one_cycle():
    schedule = schedules.OneCycle(0.4, total_steps=1000)
    rates = np.array([float(schedule(step)) for step in range(1002)])
    half, last = (1000 - 101) // 2, 101
    assert rates.argmax() == half
    np.testing.assert_allclose(rates[[0, half, 2 * half]], [0.04, 0.4, 0.04], rtol=1e-5)
    assert np.allclose(np.diff(rates[: half + 1]), 0.36 / half, rtol=1e-2)
    np.testing.assert_allclose(rates[1000:], 0.04 / 1000, rtol=1e-3)
    assert (np.diff(rates[half:1001]) < 0).all()
    again = schedules.deserialize(schedules.serialize(schedule))
    assert again.get_config() == schedule.get_config()
    assert schedule.get_config()["last_steps"] == last
    with pytest.raises(ValueError, match="total_steps"):
        schedules.OneCycle(0.1, 3, last_steps=2)


def test_learning_rate_of_an_optimizer():
    optimizer = optimizers.SGD(schedules.PiecewiseConstantDecay([0], [1.0, 0.5]))
    assert float(optimizer.learning_rate) == 1.0
    optimizer.iterations = 1
    assert float(optimizer.learning_rate) == 0.5
    assert [v.name for v in optimizer.variables] == ["iteration"]
    copy = optimizers.deserialize(optimizers.serialize(optimizer))
    assert copy.get_config() == optimizer.get_config()
    assert isinstance(copy._schedule, schedules.PiecewiseConstantDecay)


def test_own_schedule():
    class Halves(schedules.LearningRateSchedule):
        def __init__(self, start):
            self.start = start

        def __call__(self, step):
            return self.start / (step + 1.0)

    optimizer = optimizers.SGD(Halves(1.0))
    optimizer.iterations = 1
    assert float(optimizer.learning_rate) == 0.5
    assert optimizer.get_config()["learning_rate"]["config"] == {"start": 1.0}
    with pytest.raises(NotImplementedError, match="__call__"):
        schedules.LearningRateSchedule()(0)

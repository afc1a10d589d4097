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
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_against_keras(name, arguments):
    import keras

    ours = getattr(schedules, name)(*arguments)
    theirs = getattr(keras.optimizers.schedules, name)(*arguments)
    found = [float(ours(step)) for step in range(12)]
    expected = [float(theirs(step)) for step in range(12)]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
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

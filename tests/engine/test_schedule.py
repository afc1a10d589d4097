"""What XLA is told about a program: the order of operations, and what to compile apart."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from addax.engine import engine, schedule
from addax.engine.apart import apart


@pytest.fixture
def options():
    return schedule.compiler_options.__wrapped__


def test_an_order_that_the_user_chose_is_kept(options, monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_scheduler_type=CPU_SCHEDULER_TYPE_DEFAULT")
    assert options() == {}


def test_an_option_that_xla_does_not_know_is_left_out(options, monkeypatch):
    monkeypatch.setattr(schedule, "_ONE_AFTER_ANOTHER", {"xla_cpu_order_of_tomorrow": "1"})
    assert options() == {}


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="other devices order by themselves")
def test_programs_with_the_option_run(options, monkeypatch):
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    assert options() == schedule._ONE_AFTER_ANOTHER
    double = engine.jit(lambda x: x * 2, outermost=True)
    assert float(double(jnp.float32(3))) == 6


def test_what_is_apart_is_computed_once_for_all_who_read_it():
    def largest(x):
        return jnp.maximum(x[:, ::2], x[:, 1::2])

    def read_twice(function):
        def call(x):
            y = function(x)
            return jnp.repeat(y, 2, 1) * x, y.T

        return jax.jit(call)

    x = np.random.default_rng(0).normal(size=(64, 64)).astype("float32")
    together, alone = read_twice(largest), read_twice(apart(largest))
    for a, b in zip(together(x), alone(x), strict=True):
        np.testing.assert_array_equal(a, b)
    program = alone.lower(x).compile().as_text()
    assert program.count(" maximum(") == 1
    assert " call(" in program


def test_gradients_pass_through_what_is_apart():
    cube = apart(lambda x: x * x * x)
    assert float(jax.grad(cube)(2.0)) == 12
    assert float(jax.vmap(cube)(jnp.arange(3.0))[2]) == 8

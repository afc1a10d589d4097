"""The chain around the update rule: state, learning rate, errors, subclasses."""

import inspect

import jax
import numpy as np
import pytest

from addax import optimizers
from addax.core.registry import names
from addax.core.tape import GradientTape
from addax.core.variable import Variable
from addax.optimizers import schedules

ALL = ["Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion",
       "Muon", "Nadam", "RMSprop", "SGD", "ScheduleFreeAdamW"]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [("SGD", 1.0, 0.9), ("RMSprop", 10.0, 9.683772), ("Adam", 10.0, 9.9)],
)
def test_first_step(name, start, end):
    v = Variable(start)
    optimizer = getattr(optimizers, name)(learning_rate=0.1)
    assert optimizer.minimize(lambda: v * v / 2.0, [v]).numpy() == 1
    np.testing.assert_allclose(v.numpy(), end, rtol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_signature_is_keras(name):
    import keras

    ours = inspect.signature(getattr(optimizers, name)).parameters
    theirs = inspect.signature(getattr(keras.optimizers, name)).parameters
    expected = [p for p in theirs.values() if p.kind != p.VAR_KEYWORD]
    assert [name for name in ours if name in theirs] == [p.name for p in expected]
    assert {p.name: p.default for p in expected if p.name != "name"} == {
        p.name: p.default for p in ours.values() if p.name in theirs and p.name != "name"
    }


@pytest.mark.parametrize("name", ALL)
def test_found_by_name(name):
    assert type(optimizers.get(name.lower())) is getattr(optimizers, name)
    assert name in names("optimizers")
    assert optimizers.serialize(optimizers.get(name))["module"] == "keras.optimizers"


@pytest.mark.parametrize("name", ALL)
def test_compiled_step_and_16_bits(name):
    """A jitted step is the eager one, and 16-bit parameters move and stay 16-bit."""
    for dtype in ("float32", "bfloat16"):
        optimizer = getattr(optimizers, name)(200.0 if name == "Adadelta" else 0.5)
        v = Variable([[1.0, -2.0], [3.0, 0.5]], dtype=dtype)
        grads = [np.array([[0.5, 1.0], [-1.0, 2.0]], "float32")]
        optimizer.build([v])
        state = [w.value for w in optimizer.variables]
        (new,), _ = jax.jit(optimizer.stateless_apply)(state, grads, [v.value])
        before = v.numpy()
        optimizer.apply(grads, [v])
        assert str(new.dtype) == dtype
        assert (np.asarray(v.value, "float32") != before.astype("float32")).all()
        np.testing.assert_allclose(
            np.asarray(new, "float32"), np.asarray(v.value, "float32"), rtol=1e-2, atol=1e-6
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of"),
        ({"clipnorm": -1.0}, "must be positive"),
        ({"ema_momentum": 1.5}, "`ema_momentum` of `SGD`"),
        ({"ema_overwrite_frequency": 0}, "`ema_overwrite_frequency` of `SGD`"),
        ({"gradient_accumulation_steps": 0}, "`gradient_accumulation_steps` of `SGD`"),
        ({"momentum": 2.0}, "`momentum` of `SGD`"),
        ({"learning_rate": "fast"}, "must be a number, a schedule or a function"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        optimizers.SGD(**arguments)


def test_unknown_argument_and_name():
    with pytest.raises(TypeError, match="Did you mean 'learning_rate'"):
        optimizers.SGD(learning_rat=0.1)
    with pytest.raises(ValueError, match="Did you mean 'adam'"):
        optimizers.get("adan")


def test_learning_rate_can_be_set():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = 0.25
    assert optimizer.get_config()["learning_rate"] == 0.25
    optimizer.learning_rate = schedules.ExponentialDecay(0.5, 1, 0.5)
    assert float(optimizer.learning_rate) == 0.5
    v = Variable(1.0)
    optimizer.apply([1.0], [v])
    assert float(v) == 0.5
    with pytest.raises(TypeError, match="cannot be set to a number"):
        optimizer.learning_rate = 0.1


def test_learning_rate_of_functions():
    assert float(optimizers.SGD(lambda: 0.25).learning_rate) == 0.25
    assert float(optimizers.SGD(lambda step: step + 0.5).learning_rate) == 0.5


def test_functions_are_asked_at_every_compiled_step():
    now = {"rate": 0.5}
    v = Variable(0.0)
    optimizer = optimizers.SGD(lambda: now["rate"])
    optimizer.build([v])
    step = jax.jit(optimizer.stateless_apply)
    state, (value,) = [w.value for w in optimizer.variables], [v.value]
    seen = []
    for rate in (0.5, 0.25, 0.125):
        now["rate"] = rate
        (value,), state = step(state, [np.float32(-1.0)], [value])
        seen.append(float(value))
    assert seen == [0.5, 0.75, 0.875]
    assert step._cache_size() < 3  # not because it was compiled anew


def test_functions_that_depend_on_the_state_stay_compiled():
    half = optimizers.SGD(lambda: 1.0 / (half.iterations + 2))
    v = Variable(0.0)
    half.build([v])
    step = jax.jit(half.stateless_apply)
    (value,), state = step([w.value for w in half.variables], [np.float32(-1.0)], [v.value])
    (value,), _ = step(state, [np.float32(-1.0)], [value])
    np.testing.assert_allclose(float(value), 1 / 2 + 1 / 3, rtol=1e-6)


def test_gradients_must_fit():
    v, w = Variable(1.0), Variable(1.0)
    optimizer = optimizers.SGD(0.5)
    with pytest.raises(ValueError, match="No gradients"):
        optimizer.apply_gradients([(None, v)])
    with pytest.raises(ValueError, match="2 variables"):
        optimizer.apply([1.0], [v, w])
    with pytest.warns(UserWarning, match="does not depend"):
        optimizer.apply_gradients([(1.0, v), (None, w)])
    assert (float(v), float(w)) == (0.5, 1.0)


def test_minimize_with_a_tape():
    v = Variable(1.0)
    optimizer = optimizers.SGD(0.5)
    with GradientTape() as tape:
        loss = v * v
    optimizer.minimize(loss, lambda: [v], tape=tape)
    assert float(v) == 0.0
    with pytest.raises(ValueError, match="`tape`"):
        optimizer.minimize(loss, [v])


def test_constraint_is_applied():
    v = Variable([1.0, -1.0])
    v.constraint = lambda w: np.maximum(w.numpy(), 0)
    optimizers.SGD(0.5).apply([np.zeros(2)], [v])
    assert v.numpy().tolist() == [1.0, 0.0]


def test_state_round_trip():
    def trained(steps):
        optimizer, v = optimizers.Adam(0.1, amsgrad=True), Variable([1.0, 2.0])
        for _ in range(steps):
            optimizer.apply([np.array([0.5, -1.0])], [v])
        return optimizer, v

    (optimizer, v), (other, w) = trained(3), trained(1)
    store = {}
    optimizer.save_own_variables(store)
    assert list(store) == ["0", "1", "2", "3", "4"]
    other.load_own_variables(store)
    w.assign(v)
    for each, variable in ((optimizer, v), (other, w)):
        each.apply([np.array([1.0, 1.0])], [variable])
    np.testing.assert_array_equal(v.numpy(), w.numpy())
    with pytest.raises(ValueError, match="needs 5 arrays"):
        other.set_weights([])
    with pytest.warns(UserWarning, match="not loaded"):
        optimizers.Adam().load_own_variables(store)


class Heavy(optimizers.Optimizer):
    """In the style of Keras 3: state made in `build`, used in `update_step`."""

    def __init__(self, learning_rate=0.1, **kwargs):
        super().__init__(learning_rate, **kwargs)

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._ones, self._sums = self.add_optimizer_variables(variables, ["one", "sum"])
        self._sums2 = [
            self.add_variable_from_reference(reference_variable=v, name="sum2") for v in variables
        ]

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        self.assign_add(self._sums[i], gradient)
        self.assign_sub(variable, self._sums[i] * learning_rate)


@pytest.mark.parametrize("accumulation", [None, 2])
def test_subclass_in_the_style_of_keras(accumulation):
    optimizer = Heavy(0.5, gradient_accumulation_steps=accumulation)
    v, w = Variable(0.0, name="v"), Variable([0.0], name="w")
    for _ in range(2 * (accumulation or 1)):
        optimizer.apply([1.0, np.array([2.0])], [v, w])
    assert (float(v), float(w[0])) == (-1.5, -3.0)
    assert [x.path for x in optimizer.variables][-6:] == [
        "heavy/v_one", "heavy/v_sum", "heavy/w_one", "heavy/w_sum", "heavy/v_sum2", "heavy/w_sum2",
    ]  # fmt: skip
    config = optimizer.get_config()
    assert config["learning_rate"] == 0.5
    assert Heavy.from_config(config).gradient_accumulation_steps == accumulation

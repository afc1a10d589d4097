"""Run an optimizer of Addax and its namesake in Keras on the same gradients."""

import warnings

import jax
import numpy as np

from addax import optimizers
from addax.core.variable import Variable

SHAPES = {"kernel": (4, 3), "bias": (3,), "tall": (5, 2)}


def start_values():
    random = np.random.Generator(np.random.Philox(7))
    return {name: random.normal(size=shape).astype("float32") for name, shape in SHAPES.items()}


def gradients(steps):
    random = np.random.Generator(np.random.Philox(8))
    for _ in range(steps):
        yield [random.normal(size=shape).astype("float32") for shape in SHAPES.values()]


def run(optimizer, make_variable, steps, before=None):
    """Return the parameters and the state after `steps` updates."""
    parameters = [make_variable(value, name=name) for name, value in start_values().items()]
    if before is not None:
        before(optimizer)
    optimizer.build(parameters)
    if getattr(optimizer, "gradient_accumulation_steps", None):
        _apply_compiled(optimizer, parameters, steps)
    else:
        for grads in gradients(steps):
            optimizer.apply(grads, parameters)
    optimizer.finalize_variable_values(parameters)
    return parameters


def _apply_compiled(optimizer, parameters, steps):
    """Keras compiles `cond` anew at every eager step that accumulates."""
    step = jax.jit(optimizer.stateless_apply)
    values, state = [v.value for v in parameters], [v.value for v in optimizer.variables]
    for grads in gradients(steps):
        values, state = step(state, grads, values)
    for variable, value in zip([*parameters, *optimizer.variables], [*values, *state], strict=True):
        variable.assign(value)


def arrays(variables):
    return [np.asarray(variable.value) for variable in variables]


def assert_same(name, steps=50, tolerance=2e-5, before=None, **arguments):
    """Compare trajectories, state and config of both libraries."""
    import keras

    ours = getattr(optimizers, name)(**translated(arguments, optimizers.schedules))
    theirs = getattr(keras.optimizers, name)(**translated(arguments, keras.optimizers.schedules))
    found = run(ours, Variable, steps, before)
    expected = run(theirs, keras.Variable, steps, before)
    for mine, other in zip(arrays(found), arrays(expected), strict=True):
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)
    same_state(ours, theirs, tolerance)
    same_config(ours, theirs)


def translated(arguments, schedules):
    """Replace `("schedule", name, arguments)` by that schedule of a library."""
    made = dict(arguments)
    for key, value in arguments.items():
        if isinstance(value, tuple) and value[0] == "schedule":
            made[key] = getattr(schedules, value[1])(*value[2])
    return made


def same_state(ours, theirs, tolerance):
    assert len(ours.variables) == len(theirs.variables)
    for mine, other in zip(ours.variables, theirs.variables, strict=True):
        assert (mine.dtype, tuple(mine.shape)) == (str(other.dtype), tuple(other.shape)), other.path
        np.testing.assert_allclose(
            *arrays([mine, other]), rtol=tolerance, atol=tolerance, err_msg=other.path
        )


def same_config(ours, theirs):
    config, expected = ours.get_config(), theirs.get_config()
    del config["name"], expected["name"]
    assert config == expected
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert type(ours).from_config(ours.get_config()).get_config() == ours.get_config()

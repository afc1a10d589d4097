"""Gradients of recorded code, against finite differences and closed forms."""

import numpy as np
import pytest

from addax import ops
from addax.core.function import function
from addax.core.tape import GradientTape
from addax.core.variable import Variable
from addax.engine import engine


def slopes(function, x, step=1e-2):
    """Central differences of a scalar function."""
    x = np.asarray(x, "float32")
    result = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[index] += step
        down[index] -= step
        result[index] = (float(function(up)) - float(function(down))) / (2 * step)
    return result


FUNCTIONS = {
    "polynomial": lambda x: ops.sum(x * x * x - 2 * x),
    "product": lambda x: ops.sum(ops.matmul(x, ops.transpose(x))),
    "division": lambda x: ops.sum(1.0 / (2.0 + x * x)),
    "chain": lambda x: ops.mean(ops.tanh(ops.matmul(x, [[1.0], [2.0], [3.0]])) ** 2),
    "reduction": lambda x: ops.sum(ops.max(x, axis=1) * ops.logsumexp(x, axis=1)),
    "indexing": lambda x: x[0, 1] * x[1, 2] + ops.sum(x[:, 0] ** 2) + x[-1, -1],
    "lists": lambda x: ops.sum(ops.concatenate([x, 2 * x, x * x], axis=1)),
    "split": lambda x: ops.sum(ops.multiply(*ops.split(ops.reshape(x, (6,)), 2))),
    "where": lambda x: ops.sum(ops.where(x > 0, x * x, -x)),
    "linear algebra": lambda x: ops.logdet(ops.matmul(x, ops.transpose(x)) + ops.eye(2)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradient_is_the_slope(name):
    function = FUNCTIONS[name]
    x = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")
    v = Variable(x)
    with GradientTape() as tape:
        y = function(v)
    np.testing.assert_allclose(tape.gradient(y, v), slopes(function, x), rtol=2e-2, atol=5e-3)


def test_structures_of_sources():
    a, b, unused = Variable(2.0), Variable(3.0), Variable(1.0)
    with GradientTape() as tape:
        y = a * a * b
    gradients = tape.gradient(y, {"a": a, "rest": [b, unused]})
    assert float(gradients["a"]) == 12
    assert float(gradients["rest"][0]) == 4
    assert gradients["rest"][1] is None


def test_unconnected_zero():
    a, b = Variable([1.0, 2.0]), Variable([[1.0]])
    with GradientTape() as tape:
        y = a * 2
    gradients = tape.gradient(y, [a, b], unconnected_gradients="zero")
    np.testing.assert_array_equal(gradients[0], [2, 2])
    np.testing.assert_array_equal(gradients[1], [[0]])


def test_several_targets_add_up():
    x = Variable(3.0)
    with GradientTape() as tape:
        targets = [x * 2, {"b": x * x}]
    assert float(tape.gradient(targets, x)) == 8


def test_output_gradients():
    x = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y = x * x
    np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=[10.0, 1.0]), [20, 4])
    seed = ops.convert_to_tensor([10.0, 1.0])
    np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=seed), [20, 4])
    np.testing.assert_array_equal(tape.gradient([y], x, output_gradients=[seed]), [20, 4])


def test_nested_tapes():
    v = Variable(3.0)
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = v**3
        first = inner.gradient(y, v)
    assert float(first) == 27
    assert float(outer.gradient(first, v)) == 18


def test_third_derivative_of_a_watched_tensor():
    x = ops.convert_to_tensor(2.0)
    with GradientTape() as a:
        a.watch(x)
        with GradientTape() as b:
            b.watch(x)
            with GradientTape() as c:
                c.watch(x)
                y = x**4
            first = c.gradient(y, x)
        second = b.gradient(first, x)
    third = a.gradient(second, x)
    assert [float(g) for g in (first, second, third)] == [32, 48, 48]


def test_gradient_inside_the_block():
    x = Variable(3.0)
    with GradientTape(persistent=True) as tape:
        y = x * x
        z = tape.gradient(y, x) * x
    assert float(z) == 18


def test_gradient_penalty():
    w, x = Variable([[2.0]]), ops.convert_to_tensor([[3.0]])
    with GradientTape() as outer:
        with GradientTape() as inner:
            inner.watch(x)
            y = ops.matmul(x, w) ** 2
        slope = inner.gradient(y, x)  # 2 x w^2 = 24
        penalty = ops.sum((slope - 1) ** 2)
    # d/dw (2 x w^2 - 1)^2 = 2 (24 - 1) 4 x w
    assert float(outer.gradient(penalty, w)[0, 0]) == pytest.approx(2 * 23 * 24)


def test_intermediate_results_are_sources():
    x = Variable(2.0)
    with GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y
    assert float(tape.gradient(z, y)) == 8
    both = tape.gradient(z, [x, y])
    assert [float(g) for g in both] == [32, 8]


def test_once_or_persistent():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)
    with GradientTape(persistent=True) as tape:
        y = x * x
    assert float(tape.gradient(y, x)) == float(tape.gradient(y, x)) == 6


def test_jacobian():
    x = Variable([1.0, 2.0, 3.0])
    with GradientTape(persistent=True) as tape:
        y = ops.stack([x * x, x[::-1]])
    jacobian = tape.jacobian(y, x)
    expected = np.stack([np.diag([2.0, 4.0, 6.0]), np.eye(3)[::-1]])
    np.testing.assert_array_equal(jacobian, expected)
    assert tape.jacobian(y, Variable(1.0)) is None


def test_batch_jacobian():
    x = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
    with GradientTape() as tape:
        tape.watch(x)
        y = x**2
    expected = [np.diag([2.0, 4.0]), np.diag([6.0, 8.0])]
    np.testing.assert_array_equal(tape.batch_jacobian(y, x), expected)


def test_hessian():
    x = Variable([1.0, 2.0])
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = x[0] ** 2 * x[1]
        gradient = inner.gradient(y, x)
    np.testing.assert_array_equal(outer.jacobian(gradient, x), [[4, 2], [2, 0]])


def test_assign_between_two_reads():
    v = Variable(2.0)
    with GradientTape() as tape:
        first = v * v  # slope 4 at 2
        v.assign(5.0)
        second = v * v * v  # slope 75 at 5
        y = first + second
    assert float(tape.gradient(y, v)) == 79


def test_what_is_watched():
    frozen, tensor = Variable(2.0, trainable=False), ops.convert_to_tensor(3.0)
    trained = Variable(1.0)
    with GradientTape() as tape:
        y = frozen * tensor * trained
    assert tape.watched_variables() == (trained,)
    assert [g is None for g in tape.gradient(y, [frozen, tensor, trained])] == [True, True, False]
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([frozen, tensor])
        y = frozen * tensor * trained
    gradients = tape.gradient(y, [frozen, tensor, trained])
    assert [None if g is None else float(g) for g in gradients] == [3, 2, None]


def test_stop_recording_and_reset():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = x * x
        y = y * z
    assert float(tape.gradient(y, x)) == 9 * 6
    with GradientTape() as tape:
        y = x * x
        tape.reset()
        z = x * 2
    assert tape.gradient(y, x) is None


def test_stop_gradient():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * ops.stop_gradient(x * x)
    assert float(tape.gradient(y, x)) == 9


def test_integer_paths_have_no_gradient():
    x = Variable([1.5, 2.5])
    with GradientTape() as tape:
        y = ops.sum(ops.cast(ops.cast(x, "int32"), "float32"))
    gradient = tape.gradient(y, x)
    assert gradient is None or not np.any(gradient)


def test_stopping_one_of_several_tapes():
    x = Variable(3.0)
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = x * x
            with outer.stop_recording():
                z = x * y
        w = z * x + y
    assert float(inner.gradient(z, x)) == 27
    assert float(outer.gradient(w, x)) == 27 + 6  # z is a constant for it


def test_watched_without_being_read():
    x, y = Variable(1.0), Variable(2.0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        _ = y * y
    assert tape.watched_variables() == (x,)


def test_no_gradient_through_integers():
    x = Variable(1.5)
    with GradientTape() as tape:
        y = ops.cast(ops.cast(x, "int32"), "float32") * 2
    assert tape.gradient(y, x) is None


def test_gradient_through_complex_numbers():
    x = Variable([1.0, 2.0, 4.0])
    with GradientTape() as tape:
        real, imaginary = ops.fft((x * x, ops.zeros(3)))
        y = ops.sum(real**2 + imaginary**2)  # 3 sum x^4
    np.testing.assert_allclose(tape.gradient(y, x), 12 * np.array([1, 8, 64]), rtol=1e-5)


def test_what_was_not_watched_at_first_in_compiled_code():
    a, w = Variable(3.0), Variable(5.0)

    @function
    def slopes_of():
        with GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(w)
            y = a * a
            z = y * w * w
            tape.watch(a)
            late = z * a
        return tape.gradient(late, [y, w, a, z])

    assert [float(g) for g in slopes_of()] == [75, 270, 75 * 9, 3]


def test_inside_a_compiled_function():
    v = Variable([1.0, 2.0])

    def step(x):
        with GradientTape() as tape:
            y = ops.sum(v * v * x)
        return tape.gradient(y, v)

    np.testing.assert_array_equal(engine.jit(step)(engine.asarray([3.0, 4.0])), [6, 16])


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda tape: tape.watch(3.0), "must be a tensor"),
        (lambda tape: tape.watch(ops.convert_to_tensor(1)), "float dtype"),
        (lambda tape: tape.gradient(Variable(1.0) * 1, 3.0), "`sources`"),
        (lambda tape: tape.gradient(1, [], unconnected_gradients="one"), "unconnected_gradients"),
        (lambda tape: tape.__enter__().__enter__(), "already recording"),
    ],
)
def test_bad_use(use, message):
    tape = GradientTape()
    with pytest.raises(ValueError, match=message):
        use(tape)
    tape.__exit__()

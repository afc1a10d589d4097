"""Variables, scopes, `functionalize`, seeds and names."""

import numpy as np
import pytest

from addax import ops
from addax.core import variable as variable_module
from addax.core.variable import (
    SeedGenerator,
    Variable,
    autocast,
    functionalize,
    host_generator,
    name_scope,
    reset_names,
    scope,
    set_random_seed,
    unique_name,
)
from addax.engine import engine


def test_values_and_dtypes():
    assert Variable(1).dtype == "int32"
    assert Variable(1.0).dtype == "float32"
    assert Variable(np.ones(2)).dtype == "float32"
    assert Variable([True]).dtype == "bool"
    assert Variable([1.0], dtype="bfloat16").dtype == "bfloat16"
    assert Variable(lambda shape, dtype: np.full(shape, 7, dtype), (2, 2)).numpy().sum() == 28
    assert Variable(3.0, shape=(2,)).numpy().tolist() == [3, 3]
    v = Variable(np.zeros((2, 3)), name="kernel")
    assert (v.shape, v.ndim, v.size, v.name, v.path) == ((2, 3), 2, 6, "kernel", "kernel")
    with pytest.raises(ValueError, match="Received: None"):
        Variable()


def test_assign():
    v = Variable([1.0, 2.0])
    assert v.assign([3.0, 4.0]) is v
    v.assign_add([1.0, 1.0])
    v.assign_sub([0.0, 5.0])
    assert v.numpy().tolist() == [4, 0]
    assert v.assign(np.array([1, 2])).dtype == "float32"
    with pytest.raises(ValueError, match=r"must have its shape \(2,\). Received: shape \(3,\)"):
        v.assign([1.0, 2.0, 3.0])


def _aligned(size):
    """Ones at an address that the runtime would take over without copying."""
    memory = np.empty(size * 4 + 64, "uint8")
    offset = -memory.ctypes.data % 64
    ones = memory[offset : offset + size * 4].view("float32")
    ones[:] = 1
    return ones


@pytest.mark.parametrize("make", [Variable, ops.convert_to_tensor])
@pytest.mark.parametrize("size", [2, 2**21])
def test_a_callers_array_is_never_taken_over(make, size):
    source = _aligned(size)
    made = make(source)
    source[:] = 5
    assert np.all(np.asarray(made) == 1)
    if make is Variable:
        source[:] = 2
        made.assign(source)
        source[:] = 7
        assert np.all(made.numpy() == 2)


def test_copies_do_not_follow():
    source = _aligned(2)
    v = Variable(source)
    taken, tensor = v.numpy(), v.value
    source[:] = 5
    v.assign_add([1.0, 1.0])
    taken[:] = 9
    assert v.numpy().tolist() == [2, 2]
    assert tensor.numpy().tolist() == [1, 1]


def test_operators():
    v = Variable(2.0)
    assert float(v + 1) == float(1 + v) == 3
    assert float(v**2) == 4
    assert bool(v > 1)
    assert int(v) == 2
    assert f"{v:.1f}" == "2.0"
    assert Variable([1.0, 2.0])[1].numpy() == 2
    assert "path=variable" in repr(v)


def test_functionalize_leaves_the_originals():
    count, total = Variable(0), Variable(0.0)

    def step(x):
        count.assign_add(1)
        total.assign(total * 2 + x)
        return total * 10

    pure = functionalize(step, [count, total])
    result, values = engine.jit(lambda values, x: pure(values, x))([count.raw, total.raw], 3.0)
    assert float(result) == 30
    assert [float(v) for v in values] == [1, 3]
    assert [float(count), float(total)] == [0, 0]


def test_functionalize_after_an_exception():
    v = Variable(1.0)

    def fail():
        v.assign(5.0)
        raise KeyError("x")

    with pytest.raises(KeyError):
        functionalize(fail, [v])([v.raw])
    assert float(v) == 1
    v.assign(2.0)
    assert float(v) == 2


def test_a_loop_of_steps():
    v, seeds = Variable(0.0), SeedGenerator(1)
    variables = [v, seeds.state]

    def step(x):
        v.assign_add(x + ops.cast(seeds.next()[1], "float32"))

    pure = functionalize(step, variables)

    def body(values, x):
        return pure(values, x)[1], None

    values, _ = engine.scan(body, [v.raw for v in variables], engine.asarray([1.0, 2.0, 3.0]))
    assert float(values[0]) == 6 + 0 + 1 + 2
    assert np.asarray(values[1]).tolist() == [1, 3]
    assert seeds.state.numpy().tolist() == [1, 0]


def test_nested_scopes():
    v = Variable(1.0)
    with scope({}) as outer:
        v.assign(2.0)
        with scope({}) as inner:
            assert float(v) == 2
            v.assign(3.0)
            assert float(v) == 3
        assert float(v) == 2
    assert float(v) == 1
    assert float(outer[v]) == 2
    assert float(inner[v]) == 3


def test_no_new_variables_while_compiling():
    with pytest.raises(RuntimeError, match="Create weights once"):
        functionalize(lambda: Variable(1.0), [])([])
    with scope({}, building=True):
        Variable(1.0)


def test_autocast():
    w, count = Variable([1.0]), Variable([1])
    kept = Variable([1.0], autocast=False)
    with autocast("bfloat16"):
        assert (w * w).dtype == "bfloat16"
        assert (count * count).dtype == "int32"
        assert (kept * kept).dtype == "float32"
    assert (w * w).dtype == "float32"


def test_seed_generator():
    keys = [SeedGenerator(5).next().numpy().tolist() for _ in range(2)]
    assert keys == [[5, 0], [5, 0]]
    generator = SeedGenerator(5)
    assert generator.get_config() == {"seed": 5}
    draws = [generator.numpy_generator().random() for _ in range(2)]
    assert draws[0] != draws[1]
    assert SeedGenerator(5).numpy_generator().random() == draws[0]
    with pytest.raises(ValueError, match="`seed` of `SeedGenerator` must be an integer"):
        SeedGenerator("a")
    with pytest.raises(ValueError, match="`seed` of `set_random_seed`"):
        set_random_seed(1.5)


def test_global_seed():
    seeds = []
    for _ in range(2):
        set_random_seed(1)
        first = SeedGenerator().state.numpy().tolist()
        variable_module.global_generator().next()
        seeds.append((first, SeedGenerator().state.numpy().tolist()))
        seeds[-1] += (variable_module.global_generator().next().numpy().tolist(),)
    assert seeds[0] == seeds[1]
    assert seeds[0][0] != seeds[0][1]
    set_random_seed(2)
    assert SeedGenerator().state.numpy().tolist() != seeds[0][0]


def test_global_generator_in_compiled_code():
    generator = variable_module.global_generator()
    with pytest.raises(RuntimeError, match="Pass `seed=self.seed_generator`"):
        functionalize(lambda: variable_module.global_generator().next(), [])([])
    pure = functionalize(lambda: variable_module.global_generator().next().raw, [generator.state])
    key, (state,) = pure([generator.state.raw])
    assert int(state[1]) == int(key[1]) + 1


def test_names():
    reset_names()
    assert [unique_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    with name_scope("model"), name_scope("dense"):
        assert Variable(1.0, name="kernel").path == "model/dense/kernel"


def test_taken_arrays_are_owned():
    v = Variable([1.0, 2.0])
    handed_out = v.raw
    taken = v.take()
    assert taken is not handed_out
    v.give(taken + 1)
    assert v.numpy().tolist() == [2, 3]
    assert np.asarray(handed_out).tolist() == [1, 2]


def test_every_seed_has_a_stream_of_its_own():
    seeds = [0, 1, -1, -2, 2**63, 2**63 + 1, 2**64 - 3]
    first = [host_generator(seed).integers(2**62) for seed in seeds]
    assert len(set(first)) == len(seeds)

"""Products in C against NumPy, their derivatives against XLA's, and life without a compiler."""

import os
import subprocess
import sys

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest

import addax
from addax.engine import convolution_cpu, native
from addax.engine.convolution_cpu import Geometry
from addax.engine.matmul import matmul
from addax.engine.native import convolutions, library, products

needs_library = pytest.mark.skipif(
    not library.is_available(), reason="no C compiler, or not its platform"
)
SHAPES = [  # rows, inputs, units: whole and partial tiles, panels and chunks
    (8, 1024, 16),
    (32, 784, 300),
    (9, 1033, 50),
    (33, 401, 47),
    (64, 200, 97),
    (100, 201, 128),
    (17, 5000, 23),
]


def _random(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


@needs_library
@pytest.mark.parametrize(("rows", "inputs", "units"), SHAPES)
def test_products(rows, inputs, units):
    x, kernel, gradient = _random(rows, inputs), _random(inputs, units), _random(rows, units)
    add = products.primitives().add_product_over_rows.bind

    @jax.jit
    def run(x, kernel, gradient):
        return (
            products.product(x, kernel),
            products.product_over_rows(x, gradient),
            add(x, gradient, kernel, np.float32(-0.5)),
        )

    assert "addax_product_over_rows" in run.lower(x, kernel, gradient).as_text()
    forward, backward, updated = run(x, kernel, gradient)
    x, kernel, gradient = (a.astype("float64") for a in (x, kernel, gradient))
    np.testing.assert_allclose(forward, x @ kernel, atol=1e-3, rtol=1e-5)
    np.testing.assert_allclose(backward, x.T @ gradient, atol=1e-4, rtol=1e-5)
    np.testing.assert_allclose(updated, kernel - 0.5 * x.T @ gradient, atol=1e-4, rtol=1e-5)


@needs_library
def test_derivatives_of_any_order():
    x, kernel = _random(8, 30) / 8, _random(30, 20) / 8

    def loss(multiply):
        return lambda x, kernel: jnp.sum(jnp.sin(multiply(x, kernel)) ** 3)

    ours, theirs = loss(products.product), loss(jnp.matmul)
    for derive in (
        lambda f: jax.grad(f, (0, 1)),
        lambda f: jax.hessian(f, 1),
        lambda f: jax.grad(lambda x, w: jnp.sum(jax.grad(f)(x, w) ** 2), 1),
        lambda f: lambda x, w: jax.jvp(f, (x, w), (w.T[:8] * 0 + x, w)),
    ):
        a = jax.tree.leaves(jax.jit(derive(ours))(x, kernel))
        b = jax.tree.leaves(jax.jit(derive(theirs))(x, kernel))
        assert len(a) == len(b) > 0
        for one, other in zip(a, b, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@needs_library
@pytest.mark.parametrize("axes", [(0, None), (None, 0), (0, 0)])
def test_batches_of_products(axes):
    x, kernel = _random(3, 8, 30), _random(3, 30, 20)
    given = [a if axis == 0 else a[0] for a, axis in zip((x, kernel), axes, strict=True)]
    ours = jax.jit(jax.vmap(products.product, axes))(*given)
    np.testing.assert_allclose(ours, np.matmul(*given), rtol=1e-4, atol=1e-4)


@needs_library
def test_what_is_multiplied():
    def asked(x, kernel):
        found = []
        jax.make_jaxpr(lambda x, kernel: found.append(native.multiplies(x, kernel)))(x, kernel)
        return found[0]

    ones = np.ones
    assert asked(ones((32, 784), "float32"), ones((784, 300), "float32"))
    assert not native.multiplies(ones((32, 784), "float32"), ones((784, 300), "float32"))
    assert not asked(ones((32, 784), "float16"), ones((784, 300), "float16"))
    assert not asked(ones((32, 4, 784), "float32"), ones((784, 300), "float32"))
    assert not asked(ones((1, 784), "float32"), ones((784, 300), "float32"))
    assert not asked(ones((512, 784), "float32"), ones((784, 300), "float32"))
    assert not asked(ones((32, 16), "float32"), ones((16, 16), "float32"))
    assert not asked(ones((32, 40_000), "float32"), ones((40_000, 10), "float32"))
    assert not asked(ones((32, 100), "float32"), ones((784, 300), "float32"))


@needs_library
def test_arrays_on_several_devices_and_unknown_sizes_are_left_to_xla():
    x, kernel = _random(32, 200), _random(200, 300)
    mesh = jax.sharding.Mesh(jax.devices()[:2], "d")
    rows, whole = jax.P("d"), jax.P()

    def gradient(x, kernel):
        return jax.grad(lambda w: jnp.sum(matmul(x, w) ** 2))(kernel)

    ours = jax.jit(jax.shard_map(gradient, mesh=mesh, in_specs=(rows, whole), out_specs=whole))
    theirs = 2 * x.T.astype("float64") @ (x.astype("float64") @ kernel)
    np.testing.assert_allclose(ours(x, kernel), theirs, rtol=1e-3, atol=0.1)
    (batch,) = jax.export.symbolic_shape("b")
    given = jax.ShapeDtypeStruct((batch, 200), "float32")
    exported = jax.export.export(jax.jit(lambda x: matmul(x, kernel)))(given)
    np.testing.assert_allclose(exported.call(x), x @ kernel, rtol=1e-3, atol=1e-3)


CONVOLUTIONS = [  # x, spatial shape and filters of the kernel, strides, padding
    ((5, 9, 11, 3), (3, 3, 32), (1, 1), ((1, 1), (1, 1))),
    ((9, 16, 16, 8), (3, 3, 64), (1, 1), ((1, 1), (1, 1))),
    ((4, 14, 14, 16), (5, 5, 20), (2, 2), ((2, 2), (1, 2))),
    ((3, 8, 9, 130), (3, 2, 48), (1, 2), ((0, 0), (0, 1))),
    ((2, 7, 300, 5), (1, 4, 19), (1, 1), ((0, 0), (3, 0))),
    ((1, 1, 1, 64), (3, 3, 17), (1, 1), ((2, 2), (2, 2))),
    ((20, 90, 7), (5, 33), (1,), ((0, 0),)),
    ((3, 50, 40), (4, 16), (3,), ((3, 2),)),
    ((8, 4, 5, 200), (3, 2, 230), (1, 1), ((1, 1), (0, 1))),  # more than 1 MiB of kernel
]


@needs_library
@pytest.mark.parametrize(("shape", "window", "strides", "padding"), CONVOLUTIONS)
def test_convolutions(shape, window, strides, padding):
    *windows, filters = window
    x, kernel = _random(*shape), _random(*windows, shape[-1], filters)
    geometry = Geometry(strides, padding, (1,) * len(strides))

    def run(convolve):
        def loss(x, kernel):
            outputs = convolve(x, kernel, geometry)
            return jnp.sum(jnp.sin(outputs)), outputs

        return jax.jit(jax.grad(loss, (0, 1), has_aux=True))

    plain = run(convolution_cpu._library)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convolutions, "_LEAST_WORK", 0)
        patch.setattr(convolutions, "_LEAST_IMAGES", 1)
        ours = run(convolution_cpu.conv)
        program = ours.lower(x, kernel).as_text()
        assert "addax_convolution" in program
        assert "addax_kernel_gradient" in program
        got = ours(x, kernel)
    for a, b in zip(jax.tree.leaves(got), jax.tree.leaves(plain(x, kernel)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-3)


@needs_library
def test_derivatives_of_convolutions():
    x, kernel = _random(2, 6, 6, 3) / 4, _random(3, 3, 3, 16) / 4
    place = (1, 1), ((1, 1), (1, 1))

    def loss(convolve):
        return lambda x, kernel: jnp.sum(jnp.sin(convolve(x, kernel, *place)))

    for derive in (
        lambda f: jax.grad(lambda x, w: jnp.sum(jax.grad(f, 1)(x, w) ** 2), (0, 1)),
        lambda f: jax.grad(lambda x, w: jnp.sum(jax.grad(f, 0)(x, w) ** 2), (0, 1)),
        lambda f: lambda x, w: jax.jvp(jax.grad(f, 1), (x, w), (x, w)),
        lambda f: lambda x, w: jax.vmap(f, (0, None))(jnp.stack([x, 2 * x]), w),
    ):
        ours = jax.jit(derive(loss(convolutions.convolve)))(x, kernel)
        theirs = jax.jit(derive(loss(convolutions._convolve)))(x, kernel)
        for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


@needs_library
def test_what_is_convolved():
    def asked(x, kernel, strides=(1, 1), padding=((1, 1), (1, 1)), dilation=(1, 1)):
        found = []

        def look(x, kernel):
            found.append(native.convolves(x, kernel, strides, padding, dilation))

        jax.make_jaxpr(look)(x, kernel)
        return found[0]

    ones = np.ones
    x, kernel = ones((8, 16, 16, 8), "float32"), ones((3, 3, 8, 32), "float32")
    assert asked(x, kernel)
    assert asked(x, kernel, strides=(2, 1))
    assert not asked(x, kernel, dilation=(2, 1))
    assert not asked(x, kernel, padding=((3, 0), (0, 0)))
    assert not asked(x, kernel, padding=((-1, 0), (0, 0)))
    assert not asked(x, kernel[..., :8])
    assert not asked(x[:, :4, :4], kernel[:1, :1])
    assert not asked(x[:7], kernel)
    assert not asked(ones((8, 7, 7, 512), "float32"), ones((3, 3, 512, 512), "float32"))
    assert not asked(x.astype("float16"), kernel.astype("float16"))
    assert not asked(x[:, None], kernel[None], (1,) * 3, ((0, 0),) * 3, (1,) * 3)


def _updates(step, *arrays):
    """How many updates are one operation in the program of `step`, whose results are right."""
    merged = native.merge_updates(step)
    for ours, theirs in zip(
        jax.tree.leaves(jax.jit(merged)(*arrays)), jax.tree.leaves(step(*arrays)), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
    return str(jax.make_jaxpr(merged)(*arrays)).count("addax_add_product_over_rows")


@needs_library
def test_updates_in_place():
    kernel, x, gradient = _random(784, 300), _random(32, 784), _random(32, 300)
    rate = np.float32(0.1)

    def descend(kernel, x, gradient, rate):
        return {"kernel": kernel + -rate * products.product_over_rows(x, gradient), "rate": rate}

    def twice_read(kernel, x, gradient, rate):
        change = products.product_over_rows(x, gradient)
        return kernel + rate * change, jnp.sum(change)

    def momentum(kernel, x, gradient, rate):
        velocity = 0.5 * kernel + -rate * products.product_over_rows(x, gradient)
        return kernel + velocity, velocity

    def row_by_row(kernel, x, gradient, rate):
        return kernel + kernel[0] * products.product_over_rows(x, gradient)

    arrays = kernel, x, gradient, rate
    assert _updates(descend, *arrays) == 1
    assert _updates(twice_read, *arrays) == 0
    assert _updates(momentum, *arrays) == 1  # the velocity, which is as good
    assert _updates(row_by_row, *arrays) == 0


@needs_library
def test_merged_updates_have_derivatives():
    x, gradient, kernel = _random(8, 30), _random(8, 20), _random(30, 20)
    add = products.primitives().add_product_over_rows.bind

    def loss(add):
        return lambda *operands: jnp.sum(jnp.sin(add(*operands)))

    ours = jax.jit(jax.grad(loss(add), (0, 1, 2, 3)))(x, gradient, kernel, np.float32(0.1))
    theirs = jax.jit(jax.grad(loss(products._add_over_rows), (0, 1, 2, 3)))(
        x, gradient, kernel, np.float32(0.1)
    )
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


@needs_library
def test_fit_with_plain_descent_updates_in_place(monkeypatch):
    model = addax.Sequential([addax.Input((300,)), addax.layers.Dense(200)])
    asked = []

    def is_merged(function):
        merged = native.updates.merge_updates(function)
        asked.append(merged)
        return merged

    monkeypatch.setattr(native, "merge_updates", is_merged)
    counted = []
    bind = native.updates._update
    monkeypatch.setattr(
        native.updates, "_update", lambda *args: counted.append(bind(*args)) or counted[-1]
    )
    model.compile("sgd", "mse")
    model.fit(np.ones((64, 300), "float32"), np.ones((64, 200), "float32"), verbose=0)
    assert asked
    assert any(found is not None for found in counted)


_TRAIN = """
import hashlib, os
if {threads} == 1:
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
import numpy as np
import addax as keras
keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((784,)), keras.layers.Reshape((28, 28, 1)),
    keras.layers.Conv2D(16, 3, activation="relu"), keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(), keras.layers.Dense(300, activation="relu"),
    keras.layers.Dense(10, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
rng = np.random.default_rng(0)
x, y = rng.random((320, 784), "float32"), rng.integers(0, 10, 320)
loss = model.fit(x, y, epochs=2, verbose=0).history["loss"][-1]
bits = hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest()
print(bits, loss)
"""


def _train(folder, threads=2, **env):
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", _TRAIN.format(threads=threads)],
        env={**os.environ, "ADDAX_CACHE_DIR": str(folder), **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split(), done.stderr


@needs_library
def test_one_library_for_all_and_the_same_bits_with_one_thread(tmp_path):
    two, _ = _train(tmp_path)
    made = list(tmp_path.glob("products-*"))
    assert [path.suffix for path in made] == [".so"]
    before = made[0].stat().st_mtime_ns
    one, _ = _train(tmp_path, threads=1)
    assert one == two
    assert made[0].stat().st_mtime_ns == before
    without, _ = _train(tmp_path, ADDAX_NATIVE="0")
    assert float(without[1]) == pytest.approx(float(two[1]), rel=1e-4)


@needs_library
def test_without_a_compiler(tmp_path):
    found, errors = _train(tmp_path, PATH=str(tmp_path))
    assert np.isfinite(float(found[1]))
    assert "products" not in errors
    assert not list(tmp_path.glob("products-*"))


@needs_library
def test_a_compiler_that_fails_is_told_once(tmp_path):
    compiler = tmp_path / "gcc"
    compiler.write_text("#!/bin/sh\necho 'out of luck' >&2\nexit 1\n")
    compiler.chmod(0o755)
    found, errors = _train(tmp_path / "cache", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert np.isfinite(float(found[1]))
    assert errors.count("out of luck Set ADDAX_NATIVE=0") == 1
    assert not list((tmp_path / "cache").glob("products-*"))


@needs_library
def test_a_library_that_cannot_be_trusted_or_loaded_is_made_again(tmp_path):
    good, _ = _train(tmp_path)
    (path,) = tmp_path.glob("products-*")
    whole = path.read_bytes()
    path.write_bytes(b"anything")
    path.chmod(0o777)  # others could have written it
    assert _train(tmp_path) == (good, "")
    assert len(path.read_bytes()) == len(whole)
    assert path.stat().st_mode & 0o777 == 0o700
    path.write_bytes(whole[:100])  # cut off
    found, errors = _train(tmp_path)
    assert (found, errors) == (good, "")


_SMALL_VECTORS = """
import numpy as np, jax
from addax.engine.native import convolutions, library, products
library._OPTIONS = ["-mavx2" if "march" in option else option for option in library._OPTIONS]
library._OPTIONS += ["-mfma"]
assert library.is_available()
rng = np.random.default_rng(0)
x, w, g = (rng.normal(size=s).astype("f") for s in ((33, 401), (401, 47), (33, 47)))
run = jax.jit(lambda: (products.product(x, w), products.product_over_rows(x, g)))
assert max(abs(a - b).max() for a, b in zip(run(), (x @ w, x.T @ g))) < 1e-3
x, k = rng.normal(size=(9, 14, 14, 5)).astype("f"), rng.normal(size=(3, 3, 5, 23)).astype("f")
place = (1, 1), ((1, 1), (0, 1))
out = convolutions._convolve(x, k, *place)
run = jax.jit(lambda: (convolutions.convolve(x, k, *place),
                       convolutions.kernel_gradient(x, out, (3, 3), *place)))
plain = out, convolutions._kernel_gradient(x, out, (3, 3), *place)
for a, b in zip(run(), plain):
    assert abs(a - b).max() < 1e-4 * abs(b).max()
print("fine")
"""


@needs_library
def test_processors_with_smaller_vectors(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _SMALL_VECTORS],
        env={**os.environ, "ADDAX_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("fine\n", "")


@needs_library
def test_a_folder_that_others_can_write_holds_no_library(tmp_path):
    tmp_path.chmod(0o777)
    found, errors = _train(tmp_path)
    assert np.isfinite(float(found[1]))
    assert "can be written by others" in errors
    assert not list(tmp_path.glob("products-*"))

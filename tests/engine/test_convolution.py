"""Convolutions against JAX's own, its derivatives, loops in NumPy and Keras."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from addax.engine import convolution, convolution_cpu, onednn


def _library(x, kernel, strides, padding, dilation, groups):
    axes = "DHW"[5 - x.ndim :]
    return lax.conv_general_dilated(
        x,
        kernel,
        strides,
        padding,
        rhs_dilation=dilation,
        dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
        feature_group_count=groups,
    )


def _random_case(seed):
    rng = np.random.default_rng(seed)
    rank = int(rng.choice([1, 2, 2, 3]))
    mode = ("plain", "strides", "dilation")[seed % 3]
    ones = (1,) * rank
    strides = tuple(map(int, rng.integers(1, 4, rank))) if mode == "strides" else ones
    dilation = tuple(map(int, rng.integers(1, 3, rank))) if mode == "dilation" else ones
    padding = [tuple(map(int, rng.integers(-1, 3, 2))) for _ in range(rank)]
    groups = (1, 1, 2, 1, 3, 1, 1, 9)[seed % 8]
    channels = int(rng.integers(1, 4))
    windows = tuple(map(int, rng.integers(1, 4, rank)))
    x = rng.normal(size=(2, *rng.integers(6, 9, rank), channels * groups))
    kernel = rng.normal(size=(*windows, channels, 2 * groups))
    return x, kernel, strides, padding, dilation, groups


def _agree(ours, theirs, arguments, orders=1):
    """Compare results and gradients, compiled as one program."""

    def both(*arguments):
        results = []
        for function in (ours, theirs):

            def total(*arguments, function=function):
                return jnp.sum(jnp.sin(function(*arguments)))

            def slope(*arguments, total=total):
                return sum(jnp.sum(jnp.sin(g)) for g in jax.grad(total, (0, 1))(*arguments))

            outputs = [function(*arguments), jax.grad(total, (0, 1))(*arguments)]
            if orders > 1:
                outputs.append(jax.grad(slope, (0, 1))(*arguments))
            results.append(outputs)
        return results

    mine, reference = jax.jit(both)(*arguments)
    for a, b in zip(jax.tree.leaves(mine), jax.tree.leaves(reference), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_random_geometries_agree_with_jax(seed):
    with jax.enable_x64(True):
        x, kernel, *geometry = _random_case(seed)
        strides, padding, dilation, groups = geometry

        def ours(x, kernel):
            return convolution.conv(x, kernel, strides, padding, "channels_last", dilation, groups)

        _agree(ours, lambda x, w: _library(x, w, *geometry), (x, kernel))


@pytest.mark.parametrize(
    ("name", "rank"), [("library", 2), ("patches", 2), ("split", 2), ("split", 3)]
)
def test_each_formulation_and_its_second_derivative(monkeypatch, name, rank):
    monkeypatch.setattr(convolution_cpu, "_choose", lambda *_: name)
    monkeypatch.setattr(convolution_cpu, "_FEW_CHANNELS", 0 if name == "split" else 1000)
    rng = np.random.default_rng(rank)
    pairs, dilation = [(1, 2), (0, 1), (1, 0)][:rank], (1, 2, 1)[:rank]
    with jax.enable_x64(True):
        x, kernel = (
            rng.normal(size=(2, *(5,) * rank, 3)),
            rng.normal(size=(*(3, 2, 2)[:rank], 3, 4)),
        )
        ones = (1,) * rank

        def ours(x, kernel):
            return convolution.conv(x, kernel, 1, pairs, "channels_last", dilation)

        _agree(ours, lambda x, w: _library(x, w, ones, pairs, dilation, 1), (x, kernel), orders=2)


@pytest.mark.parametrize(
    ("sizes", "windows", "strides", "padding"),
    [
        ((9, 8), (3, 3), (2, 2), ((0, 1), (0, 1))),
        ((9, 8), (4, 5), (2, 3), ((1, 1), (2, 2))),
        ((10, 11), (2, 1), (3, 2), ((0, 0), (1, 0))),  # strides step over elements
        ((12, 7), (3, 2), (2, 1), ((-1, 0), (0, -2))),
        ((20,), (5,), (4,), ((3, 4),)),
        ((6, 7, 5), (3, 2, 3), (2, 2, 1), ((1, 1), (0, 0), (1, 0))),
    ],
)
def test_strided_gradients_in_phases(monkeypatch, sizes, windows, strides, padding):
    monkeypatch.setattr(convolution_cpu, "_LEAST_WORK_IN_PHASES", 0)
    rng = np.random.default_rng(0)
    ones = (1,) * len(sizes)
    with jax.enable_x64(True):
        x, kernel = rng.normal(size=(2, *sizes, 3)), rng.normal(size=(*windows, 3, 4))

        def ours(x, kernel):
            return convolution.conv(x, kernel, strides, padding, "channels_last", 1)

        def theirs(x, kernel):
            return _library(x, kernel, strides, padding, ones, 1)

        _agree(ours, theirs, (x, kernel), orders=2)


@pytest.mark.parametrize(
    ("shape", "kernel", "strides", "expected"),
    [
        ((64, 32, 32, 3), (3, 3, 3, 32), 1, "patches"),
        ((64, 16, 16, 64), (3, 3, 64, 64), 1, "split"),
        ((64, 16, 16, 64), (1, 1, 64, 64), 1, "patches"),
        ((32, 8, 8, 256), (3, 3, 256, 256), 1, "library"),
        ((4, 112, 112, 64), (3, 3, 64, 64), 1, "library"),
        ((64, 16, 16, 64), (3, 3, 64, 64), 2, "library"),
        ((32, 200, 128), (5, 128, 128), 1, "library"),
    ],
)
def test_choice_by_shape_without_onednn(shape, kernel, strides, expected, monkeypatch):
    monkeypatch.setattr(onednn, "_is_installed", lambda: False)
    rank = len(shape) - 2
    geometry = convolution_cpu.Geometry((strides,) * rank, ((1, 1),) * rank, (1,) * rank)
    spec = [jax.ShapeDtypeStruct(s, "float32") for s in (shape, kernel)]
    assert convolution_cpu._choose(*spec, geometry) == expected


@pytest.mark.parametrize(
    ("shape", "kernel", "strides"),
    [((8, 16, 16, 64), (3, 3, 64, 64), 1), ((8, 64, 64, 128), (3, 3, 128, 128), 2)],
)
def test_kernel_gradient_is_no_convolution(shape, kernel, strides):
    def loss(kernel, x):
        return jnp.sum(convolution.conv(x, kernel, strides, "same"))

    spec = [jax.ShapeDtypeStruct(s, "float32") for s in (kernel, shape)]
    before = str(jax.make_jaxpr(loss)(*spec)).count("conv_general_dilated[")
    after = str(jax.make_jaxpr(jax.grad(loss))(*spec)).count("conv_general_dilated[")
    assert after <= before


def test_small_convolution_by_hand():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 6, 2)).astype("float32")
    kernel = rng.normal(size=(3, 2, 2, 3)).astype("float32")
    expected = np.zeros((2, 3, 5, 3))
    for i, j in itertools.product(range(3), range(5)):
        window = x[:, i : i + 3, j : j + 2]
        expected[:, i, j] = np.tensordot(window, kernel, ([1, 2, 3], [0, 1, 2]))
    np.testing.assert_allclose(convolution.conv(x, kernel), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "strides", "padding", "more", "dilation"),
    [
        (3, 2, "same", None, 1),
        (2, 3, "same", 2, 1),
        (4, 2, "same", 1, 1),
        (2, 3, "valid", None, 1),
        (3, 2, "valid", 1, 1),
        (3, 1, "same", None, 2),
    ],
)
def test_conv_transpose_agrees_with_keras(size, strides, padding, more, dilation):
    import keras

    rng = np.random.default_rng(size)
    x = rng.normal(size=(2, 3, 4, 5)).astype("float32")
    kernel = rng.normal(size=(size, size, 2, 3)).astype("float32")
    rest = strides, padding, more, "channels_first", dilation
    expected = keras.ops.conv_transpose(x, kernel, *rest)
    result = jax.jit(lambda x, w: convolution.conv_transpose(x, w, *rest))(x, kernel)
    np.testing.assert_allclose(result, expected, atol=1e-5)


@pytest.mark.parametrize(("strides", "dilation"), [(1, 2), (2, 1)])
def test_separable_and_depthwise_agree_with_keras(strides, dilation):
    import keras

    rng = np.random.default_rng(strides)
    x = rng.normal(size=(2, 7, 8, 3)).astype("float32")
    kernel = rng.normal(size=(3, 2, 3, 2)).astype("float32")
    mix = rng.normal(size=(1, 1, 6, 4)).astype("float32")
    rest = strides, "same", "channels_last", dilation
    np.testing.assert_allclose(
        jax.jit(lambda *a: convolution.separable_conv(*a, *rest))(x, kernel, mix),
        keras.ops.separable_conv(x, kernel, mix, *rest),
        atol=1e-5,
    )


def test_vmap_of_the_gradient():
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(3, 2, 6, 6, 16)), rng.normal(size=(3, 3, 16, 16))

    def gradient(x, kernel):
        return jax.grad(lambda w: jnp.sum(convolution.conv(x, w) ** 2))(kernel)

    batched = jax.jit(jax.vmap(gradient, (0, None)))(x, kernel)
    np.testing.assert_allclose(batched[1], jax.jit(gradient)(x[1], kernel), rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_dtype_is_kept(dtype):
    with jax.enable_x64(True):
        x, kernel = (jax.ShapeDtypeStruct(s, dtype) for s in ((1, 5, 5, 2), (3, 3, 2, 4)))

        def loss(kernel, x):
            outputs = convolution.conv(x, kernel)
            return outputs.sum(), outputs

        gradient, outputs = jax.eval_shape(jax.grad(loss, has_aux=True), kernel, x)
        assert (gradient.dtype, outputs.dtype) == (dtype, dtype)


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_unknown_sizes(strides, padding):
    b, h, w = jax.export.symbolic_shape("b,h,w", constraints=["b>=2", "h>=8", "w>=8"])
    kernel = jnp.ones((3, 3, 6, 4))

    def shape(function, *sizes):
        return jax.eval_shape(function, jax.ShapeDtypeStruct(sizes, "float32")).shape

    def forward(x):
        return convolution.conv(x, kernel, strides, padding)

    def backward(x):
        return convolution.conv_transpose(x, kernel.swapaxes(-1, -2), strides, padding)

    assert shape(forward, b, 9, 9, 6)[1:] == forward(jnp.ones((2, 9, 9, 6))).shape[1:]
    assert shape(backward, b, 9, 9, 6)[1:] == backward(jnp.ones((2, 9, 9, 6))).shape[1:]
    assert shape(forward, b, h, w, 6)[::3] == (b, 4)
    assert shape(backward, b, h, w, 6)[::3] == (b, 4)


def test_errors():
    x, kernel = jnp.ones((1, 5, 5, 3)), jnp.ones((3, 3, 2, 4))
    with pytest.raises(ValueError, match="multiple of `groups`"):
        convolution.conv(x, kernel)
    with pytest.raises(ValueError, match="`padding` must be"):
        convolution.conv(x[..., :2], kernel, padding="full")
    with pytest.raises(ValueError, match="`strides` must be"):
        convolution.conv(x[..., :2], kernel, strides=(1, 0))
    with pytest.raises(ValueError, match="1, 2 or 3 spatial"):
        convolution.conv(x[0], kernel)
    with pytest.raises(ValueError, match="`data_format` must be"):
        convolution.conv(x[..., :2], kernel, data_format="NHWC")


@pytest.mark.parametrize(
    ("shape", "window", "padding", "dilation"),
    [
        ((2, 9, 40), (3,), ((0, 0),), (1,)),
        ((3, 9, 60), (2,), ((2, 1),), (3,)),
        ((2, 9, 40), (4,), ((-1, 0),), (2,)),
        ((2, 6, 7, 5), (3, 2), ((1, 1), (0, 2)), (2, 1)),
    ],
)
def test_kernel_gradient_by_convolution(shape, window, padding, dilation):
    rng = np.random.default_rng(0)
    strides = (1,) * len(window)
    geometry = convolution_cpu.Geometry(strides, padding, dilation)
    x = jnp.asarray(rng.normal(size=shape), "float32")
    kernel = jnp.asarray(rng.normal(size=(*window, shape[-1], 4)), "float32")

    def theirs(kernel):
        return _library(x, kernel, strides, padding, dilation, 1)

    outputs, pull = jax.vjp(theirs, kernel)
    gradient = jnp.asarray(rng.normal(size=outputs.shape), "float32")
    (expected,) = pull(gradient)
    result = convolution_cpu._kernel_gradient_by_convolution(x, gradient, geometry)
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)
    chosen = jax.vjp(lambda k: convolution_cpu.conv(x, k, geometry), kernel)[1](gradient)[0]
    np.testing.assert_allclose(chosen, expected, rtol=1e-4, atol=1e-4)
    assert convolution_cpu._kernel_gradient_is_large(x, kernel, geometry) == (len(window) == 1)


@pytest.mark.parametrize("pair", [(-1, 1), (1, -1), (-2, 3), (-1, -1)])
def test_negative_padding_crops(pair):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 6, 30)).astype("float32")
    kernel = rng.normal(size=(4, 30, 40)).astype("float32")
    geometry = convolution_cpu.Geometry((1,), (pair,), (1,))
    found = convolution_cpu._library(jnp.asarray(x), jnp.asarray(kernel), geometry)
    padded = np.pad(x, ((0, 0), (5, 5), (0, 0)))[:, 5 - pair[0] : 11 + pair[1]]
    windows = np.lib.stride_tricks.sliding_window_view(padded, 4, axis=1)
    expected = np.einsum("bncw,wcf->bnf", windows, kernel)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)

"""oneDNN's convolutions and products against XLA's."""

import itertools
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from addax.engine import convolution_cpu, onednn
from addax.engine.convolution_cpu import Geometry

pytestmark = pytest.mark.skipif(
    not (onednn._is_installed() and jax.default_backend() == "cpu"),
    reason="this jaxlib was not tried with oneDNN, or this is not its platform",
)


@pytest.fixture(autouse=True)
def any_size(monkeypatch):
    monkeypatch.setattr(onednn, "_LEAST_WORK", 0)
    monkeypatch.setattr(onednn, "_LEAST_COLUMNS", 1)


def _random(*shape):
    return jnp.asarray(np.random.default_rng(len(shape)).normal(size=shape), "float32")


def _geometries():
    """Every rank, with strides or dilation, without padding, with "same" and with full padding."""
    for rank, strides, dilation, fill in itertools.product((1, 2, 3), (1, 2), (1, 2), (0, 0.5, 1)):
        if strides == 1 or dilation == 1:
            yield rank, strides, dilation, fill


@pytest.mark.parametrize(("rank", "strides", "dilation", "fill"), list(_geometries()))
def test_convolutions_and_their_gradients(rank, strides, dilation, fill):
    windows = (3, 2, 4)[:rank]
    reach = [(k - 1) * dilation for k in windows]
    padding = tuple((int(n * fill), n - int(n * (1 - fill))) for n in reach)
    x, kernel = _random(3, *(9, 8, 7)[:rank], 5), _random(*windows, 5, 6)
    geometry = Geometry((strides,) * rank, padding, (dilation,) * rank)
    assert convolution_cpu._choose(x, kernel, geometry) == "onednn"

    def gradients(convolve):
        def loss(x, kernel):
            return jnp.sum(jnp.sin(convolve(x, kernel, geometry)))

        return jax.jit(jax.grad(loss, (0, 1)))(x, kernel)

    ours = jax.jit(lambda x, kernel: onednn.convolve(x, kernel, *geometry))(x, kernel)
    theirs = convolution_cpu._library(x, kernel, geometry)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
    for a, b in zip(
        gradients(convolution_cpu.conv), gradients(convolution_cpu._library), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


def test_second_gradients():
    x, kernel = _random(2, 6, 7, 3), _random(3, 3, 3, 4)
    geometry = Geometry((1, 1), ((1, 1), (1, 1)), (1, 1))

    def slope(convolve):
        def loss(x, kernel):
            return jnp.sum(jnp.sin(convolve(x, kernel, geometry)))

        def total(x, kernel):
            return sum(jnp.sum(jnp.sin(g)) for g in jax.grad(loss, (0, 1))(x, kernel))

        return jax.jit(jax.grad(total, (0, 1)))(x, kernel)

    for a, b in zip(slope(convolution_cpu.conv), slope(convolution_cpu._library), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=2e-3)


def test_products_and_their_gradients():
    left, right = _random(40, 7), _random(40, 9)

    def gradients(product):
        return jax.grad(lambda *both: jnp.sum(jnp.sin(product(*both))), (0, 1))(left, right)

    def plain(left, right):
        return lax.dot(left.T, right)

    product = onednn.product_over_rows
    np.testing.assert_allclose(product(left, right), plain(left, right), rtol=1e-5, atol=1e-5)
    for a, b in zip(gradients(product), gradients(plain), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_over_a_batch_of_convolutions():
    x, kernel = _random(4, 2, 9, 3), _random(2, 3, 5)
    geometry = Geometry((1,), ((0, 1),), (1,))
    found = jax.vmap(lambda x: onednn.convolve(x, kernel, *geometry))(x)
    for part, one in zip(found, x, strict=True):
        expected = convolution_cpu._library(one, kernel, geometry)
        np.testing.assert_allclose(part, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int32"])
def test_other_dtypes_are_left_to_xla(dtype):
    geometry = Geometry((1,), ((0, 0),), (1,))
    x, kernel = _random(2, 9, 30).astype(dtype), _random(3, 30, 40).astype(dtype)
    assert convolution_cpu._choose(x, kernel, geometry) != "onednn"
    assert not onednn.can_multiply_over_rows(x[0], x[1])


@pytest.mark.parametrize("pair", [(-1, 0), (0, 3)])
def test_unusual_padding_is_left_to_xla(pair):
    x, kernel = _random(2, 9, 30), _random(3, 30, 40)
    assert not onednn.can_convolve(x, kernel, (1,), (pair,), (1,))


@pytest.mark.parametrize(("stride", "dilation"), [(32768, 1), (1, 32768)])
def test_long_steps_are_left_to_xla(stride, dilation):
    x, kernel = _random(1, 140_000, 1), _random(5, 1, 1)
    assert not onednn.can_convolve(x, kernel, (stride,), ((0, 0),), (dilation,))
    assert onednn.can_convolve(x, kernel, (min(stride, 99),), ((0, 0),), (min(dilation, 99),))


def test_programs_that_cannot_be_stored_are_left_out_silently(tmp_path):
    script = (
        "import warnings, numpy as np, addax\n"
        "from addax import layers\n"
        "from addax.engine import onednn\n"
        "assert onednn._is_installed()\n"
        "model = addax.Sequential([addax.Input(shape=(34, 34, 32)), layers.Conv2D(64, 3)])\n"
        "model.compile('adam', 'mse')\n"
        "model.fit(np.zeros((4, 34, 34, 32)), np.zeros((4, 32, 32, 64)), verbose=0)\n"
    )
    environment = dict(os.environ, ADDAX_CACHE_DIR=str(tmp_path / "cache"))
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert "Error writing" not in done.stderr

"""Matrix products of narrow layers: the fast form has the right value and gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from addax.engine import matmul as matmul_module
from addax.engine.matmul import matmul


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setattr(matmul_module, "_LEAST_INPUTS", 4)
    rng = np.random.default_rng(0)
    x, kernel = (jnp.asarray(rng.normal(size=s), "float32") for s in ((3, 8), (8, 2)))
    assert matmul_module._is_narrow(x, kernel)
    return x, kernel


def objective(product):
    return lambda x, kernel: jnp.sum(jnp.sin(product(x, kernel)) * jnp.arange(2.0))


def test_first_and_second_gradients(narrow):
    for order in (1, 2):

        def derived(product, order=order):
            function = objective(product)
            for _ in range(order):
                inner = jax.grad(function, argnums=(0, 1))
                function = lambda *a, inner=inner: sum(jnp.sum(g**2) for g in inner(*a))  # noqa: E731
            return jax.grad(function, argnums=(0, 1))(*narrow)

        for fast, plain in zip(derived(matmul), derived(jnp.matmul), strict=True):
            np.testing.assert_allclose(fast, plain, rtol=1e-4, atol=1e-5)


def test_per_example_gradients(narrow):
    x, kernel = narrow

    def of_one(product):
        return jax.vmap(lambda row: jax.grad(objective(product), argnums=1)(row[None], kernel))(x)

    np.testing.assert_allclose(of_one(matmul), of_one(jnp.matmul), rtol=1e-5, atol=1e-6)


def test_other_ranks_and_dtypes_are_the_plain_product(narrow):
    x, kernel = narrow
    for a, b in ((x[None], kernel), (x, kernel[:, 0]), (x.astype("bfloat16"), kernel)):
        np.testing.assert_array_equal(matmul(a, b), jnp.matmul(a, b))

"""Products of a batch with a kernel matrix.

Milliseconds of a training step of one layer with softmax on 10 units after it, float32, 2 cores of
an Intel Emerald Rapids, with plain gradient descent (see `updates`) and with Adam:

| rows, inputs, units | descent, XLA | here | Adam, XLA | here |
|---------------------|--------------|------|-----------|------|
| 8, 784, 300         | 0.26         | 0.07 | 0.38      | 0.31 |
| 32, 128, 128        | 0.045        | 0.042| 0.067     | 0.062|
| 32, 784, 300        | 0.36         | 0.20 | 0.45      | 0.39 |
| 32, 2048, 2048      | 4.2          | 3.2  | 6.0       | 5.6  |
| 128, 784, 128       | 0.44         | 0.35 | 0.51      | 0.44 |
| 128, 1024, 1024     | 2.7          | 2.9  | 3.0       | 3.4  |
| 512, 784, 300       | 2.5          | 2.8  | 2.7       | 2.9  |
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from addax.engine.native import library, primitive
from addax.engine.native.primitive import Array

_LEAST_COLUMNS = 16  # what products.c needs
_LEAST_KERNEL = 2**14
_LEAST_ROWS = 8
_MOST_ROWS = 64
_MOST_ROWS_OF_SMALL = 128  # with kernels up to
_SMALL_KERNEL = 2**17
_CHUNK = 200  # as CHUNK in products.c


def is_kernel(array: Array) -> bool:
    """Say whether there are products with this array, of some batch."""
    return (
        getattr(array, "ndim", 0) == 2
        and array.shape[1] >= _LEAST_COLUMNS
        and array.size >= _LEAST_KERNEL
        and array.dtype == jnp.float32
        and jax.default_backend() == "cpu"
        and library.is_available()
    )


def multiplies(x: Array, kernel: Array) -> bool:
    """Say whether `product` serves these arrays, and is worth it.

    Args:
        x: a batch, `(rows, inputs)`.
        kernel: `(inputs, units)`.
    """
    if not isinstance(x, jax.core.Tracer) or x.ndim != 2 or x.dtype != jnp.float32:
        return False
    most = _MOST_ROWS_OF_SMALL if kernel.size <= _SMALL_KERNEL else _MOST_ROWS
    return _LEAST_ROWS <= x.shape[0] <= most and is_kernel(kernel)


def product(x: Array, kernel: Array) -> Array:
    """Return `x @ kernel`; ask `multiplies` first."""
    return primitives().product.bind(x, kernel)


def product_over_rows(x: Array, gradient: Array) -> Array:
    """Return `x.T @ gradient`, of `(rows, inputs)` and `(rows, units)`."""
    return primitives().product_over_rows.bind(x, gradient)


def _over_rows(x: Array, gradient: Array) -> Array:
    return lax.dot_general(x, gradient, (((0,), (0,)), ((), ())))


def _add_over_rows(x: Array, gradient: Array, kernel: Array, scale: Array) -> Array:
    return kernel + scale * _over_rows(x, gradient)


class Primitives(NamedTuple):
    """What programs call.

    Attributes:
        product: `x @ kernel`.
        product_over_rows: `x.T @ gradient`.
        add_product_over_rows: `kernel + scale * (x.T @ gradient)` of
            `(x, gradient, kernel, scale)`, in the memory of `kernel` where that is free.
    """

    product: Any
    product_over_rows: Any
    add_product_over_rows: Any


@functools.cache
def primitives() -> Primitives:
    """Return the primitives; what they need of JAX takes a while to import."""
    from jax.interpreters import ad

    over_rows = "addax_product_over_rows"
    made = Primitives(
        primitive.make("addax_product", lax.dot, _lower_product),
        primitive.make_bilinear(over_rows, _over_rows),
        primitive.make(
            "addax_add_product_over_rows",
            _add_over_rows,
            jax.ffi.ffi_lowering(over_rows, operand_output_aliases={2: 0}),
        ),
    )
    ad.defbilinear(
        made.product,
        lambda cotangent, x, kernel: jnp.matmul(cotangent, kernel.T),
        lambda cotangent, x, kernel: product_over_rows(x, cotangent),
    )
    return made


def _lower_product(context: Any, x: Any, kernel: Any) -> Any:
    """Give the call memory for the sums over the chunks of the kernel after the first."""
    chunks = -(-context.avals_in[0].shape[1] // _CHUNK)
    shape = (chunks - 1, *context.avals_out[0].shape)
    return primitive.call_with_memory("addax_product", context, (x, kernel), shape)

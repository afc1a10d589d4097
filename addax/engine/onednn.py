"""Convolutions and products of oneDNN, which jaxlib carries but XLA never chooses by itself.

XLA's CPU compiler knows custom calls that run oneDNN on its own threads. Measured in a
`fori_loop` on 2 cores of an AMD Zen 5 with jaxlib 0.10.2, float32, milliseconds, beside the best
of the formulations in `convolution_cpu`:

| batch, image, channels, kernel        | oneDNN | best other |
|---------------------------------------|--------|------------|
| 64, 32x32, 3 to 32, 3x3               | 0.4    | 1.2        |
| 64, 16x16, 64 to 64, 3x3              | 2.9    | 4.7        |
| 64, 16x16, 32 to 64, 3x3              | 1.6    | 2.4        |
| 64, 32x32, 16 to 16, 3x3              | 1.1    | 1.9        |
| 64, 32x32, 16 to 32, 3x3, stride 2    | 0.5    | 0.8        |
| 32, 8x8, 256 to 256, 3x3              | 5.2    | 7.4        |
| 32, 1000, 100 to 128, 5               | 8.6    | 11.6       |
| `(16384, 192).T @ (16384, 192)`       | 3.2    | 4.3        |

What XLA reads from the call is no promise of its makers: a mistake in it ends the process. So
the calls are made on the releases of jaxlib that were tried, `_TRIED`, and for the geometries
that the tests run; everywhere else the formulations of XLA serve. A program with such a call
cannot be written to the persistent compilation cache, so only work worth its compilation
(`_LEAST_WORK`) is given to oneDNN. `ADDAX_ONEDNN=0` switches it off, and `ADDAX_ONEDNN=1` on for
any release: run `tests/engine/test_onednn.py` with it before adding one to `_TRIED`.
"""

from __future__ import annotations

import functools
import json
import math
import os
import platform
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import jaxlib
from jax import lax

from addax.engine.windows import (
    Array,
    Pairs,
    convolution_work,
    output_sizes,
    pads_by_less_than_a_window,
)

_TRIED = ("0.10.2",)
_LEAST_WORK = 1e8  # floating point operations of one call, about half a millisecond
_MOST_STEP = 1024  # stride and dilation; a stride of 32768 over one channel ended the process
_LEAST_COLUMNS = 64  # columns below which XLA's product is as fast

# JAX tries to store every program, and says so where it cannot.
warnings.filterwarnings("ignore", message="Error writing persistent compilation .*bad_alloc")


@functools.cache
def _is_installed() -> bool:
    wish = os.environ.get("ADDAX_ONEDNN")
    return (
        wish != "0"
        and (wish == "1" or jaxlib.__version__ in _TRIED)
        and (sys.platform, platform.machine()) == ("linux", "x86_64")
    )


def _serves(work: float, *arrays: Any) -> bool:
    return (
        work >= _LEAST_WORK
        and all(array.dtype == jnp.float32 for array in arrays)
        and _is_installed()
        and jax.default_backend() == "cpu"
    )


def _call(target: str, shape: Sequence[int], config: dict, *arrays: Array) -> Array:
    result = jax.ShapeDtypeStruct(tuple(shape), jnp.float32)
    call = jax.ffi.ffi_call(
        f"__onednn${target}",
        result,
        vmap_method="sequential",
        custom_call_api_version=2,
        legacy_backend_config=json.dumps(config),
    )
    return call(*arrays)


def can_convolve(
    x: Any, kernel: Any, strides: Sequence[int], padding: Pairs, dilation: Sequence[int]
) -> bool:
    """Say whether `convolve` serves these arrays, and is worth it."""
    windows = kernel.shape[:-2]
    if not pads_by_less_than_a_window(padding, windows, dilation):
        return False
    if max(*strides, *dilation) > _MOST_STEP:
        return False
    sizes = output_sizes(x.shape[1:-1], windows, strides, padding, dilation)
    return _serves(convolution_work((x.shape[0], *sizes), kernel.shape), x, kernel)


def convolve(
    x: Array, kernel: Array, strides: Sequence[int], padding: Pairs, dilation: Sequence[int]
) -> Array:
    """Convolve `x` `(batch, *spatial, channels)` by `kernel` `(*spatial, channels, filters)`."""
    *windows, channels, filters = kernel.shape
    rank = len(windows)
    axes = list(range(1, rank + 1))
    data = {"data": {"batch_dim": 0, "feature_dim": rank + 1, "spatial_dims": axes}}
    taps = {"input_feature_dim": rank, "output_feature_dim": rank + 1}
    config = {
        "dims": rank + 2,
        "input": data,
        "kernel": {"filter": {**taps, "spatial_dims": list(range(rank))}},
        "output": data,
        "window": {
            "size": windows,
            "pad_left": [low for low, _ in padding],
            "pad_right": [high for _, high in padding],
            "strides": list(strides),
            "window_dilations": list(dilation),
        },
        "feature_groups": 1,
    }
    sizes = output_sizes(x.shape[1:-1], windows, strides, padding, dilation)
    shape = (x.shape[0], *sizes, filters)
    return _call("convolution", shape, {"onednn_conv_config": config}, x, kernel)


def can_multiply_over_rows(left: Any, right: Any) -> bool:
    """Say whether `product_over_rows` serves these matrices, and is worth it."""
    columns = left.shape[1], right.shape[1]
    if min(columns) < _LEAST_COLUMNS:
        return False
    return _serves(2.0 * left.shape[0] * math.prod(columns), left, right)


@jax.custom_vjp
def product_over_rows(left: Array, right: Array) -> Array:
    """Return `left.T @ right` of two matrices."""
    config = {"onednn_matmul_config": {"transpose_a": True}}
    return _call("matmul", (left.shape[1], right.shape[1]), config, left, right)


def _product_forward(left: Array, right: Array) -> tuple[Array, tuple[Array, Array]]:
    return product_over_rows(left, right), (left, right)


def _product_backward(saved: tuple[Array, Array], gradient: Array) -> tuple[Array, Array]:
    left, right = saved
    return jnp.matmul(right, gradient.T), lax.dot(left, gradient)


product_over_rows.defvjp(_product_forward, _product_backward)

"""Convolutions of groups of channels on a CPU.

JAX derives the gradients, all of them sums, matrix products and convolutions without groups.
"""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
from jax import lax

from addax.engine.convolution_cpu import Geometry, conv, gather_patches, kernel_matrix, multiply
from addax.engine.windows import Array, output_sizes, pad

_FEW_GROUPS = 8  # groups up to which one convolution per group is unrolled


def _depthwise_on_cpu(x: Array, kernel: Array, geometry: Geometry) -> Array:
    """Add up the shifted inputs, each times its kernel element; kernel `(*, channels, m)`."""
    *windows, channels, multiplier = kernel.shape
    counts = output_sizes(x.shape[1:-1], windows, *geometry)
    x = pad(x, geometry.padding)
    total: Array = None
    for tap in itertools.product(*map(range, windows)):
        low = [t * d for t, d in zip(tap, geometry.dilation, strict=True)]
        high = [a + (n - 1) * s + 1 for a, n, s in zip(low, counts, geometry.strides, strict=True)]
        bounds = (0, *low, 0), (x.shape[0], *high, channels), (1, *geometry.strides, 1)
        term = lax.slice(x, *bounds)[..., None] * kernel[tap]
        total = term if total is None else total + term
    return jnp.reshape(total, (x.shape[0], *counts, channels * multiplier))


def grouped_conv(x: Array, kernel: Array, geometry: Geometry, groups: int) -> Array:
    """Convolve `groups` groups of channels; kernel `(*spatial, channels // groups, filters)`."""
    *windows, channels, filters = kernel.shape
    if channels == 1 and filters % groups == 0:
        kernel = kernel.reshape(*windows, groups, filters // groups)
        return _depthwise_on_cpu(x, kernel, geometry)
    if groups <= _FEW_GROUPS:
        pairs = zip(
            lax.split(x, (channels,) * groups, x.ndim - 1),
            lax.split(kernel, (filters // groups,) * groups, kernel.ndim - 1),
            strict=True,
        )
        return jnp.concatenate([conv(a, b, geometry) for a, b in pairs], -1)
    inputs = jnp.moveaxis(x.reshape(*x.shape[:-1], groups, channels), -2, 0)
    kernels = jnp.moveaxis(kernel.reshape(*kernel.shape[:-1], groups, filters // groups), -2, 0)
    patches = jax.vmap(lambda a: gather_patches(a, windows, geometry))(inputs)
    matrices = jax.vmap(kernel_matrix)(kernels)
    outputs = jnp.moveaxis(jax.vmap(multiply)(patches, matrices), 0, -2)
    return outputs.reshape(*outputs.shape[:-2], filters)

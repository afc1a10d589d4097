"""`AlphaDropout`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer

# The value that selu approaches at minus infinity: -scale * alpha.
_LOWEST = -1.0507009873554805 * 1.6732632423543772


@op
def alpha_drop(x: Any, key: Any, rate: float, noise_shape: Any = None) -> Any:
    """Set elements to selu's lowest value, then restore mean 0 and variance 1."""
    shape = noise_shape or x.shape
    shape = tuple(own if size is None else size for own, size in zip(x.shape, shape, strict=True))
    keep = engine.random.uniform(key, shape) >= rate
    scale = ((1 - rate) * (1 + rate * _LOWEST**2)) ** -0.5
    shift = -scale * _LOWEST * rate
    return (xp.where(keep, x, xp.asarray(_LOWEST, x.dtype)) * scale + shift).astype(x.dtype)


@register("layers")
class AlphaDropout(Layer):
    """Drops inputs in training such that mean and variance stay, for `selu` networks.

    Args:
        rate: probability that an element is dropped, in [0, 1].
        noise_shape: shape of the random mask, which broadcasts to the input.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`.

    Call arguments:
        inputs: tensor of any shape.
        training: whether to add noise.

    Example:
        >>> import numpy as np
        >>> AlphaDropout(0.5)(np.ones((2, 3)), training=True).shape
        (2, 3)

    Reference: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rate = arguments.rate("AlphaDropout", rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        if self.rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        """Return `inputs`, with noise when `training`."""
        if not training or self.rate == 0:
            return inputs
        return alpha_drop(inputs, self.seed_generator.next(), self.rate, self.noise_shape)

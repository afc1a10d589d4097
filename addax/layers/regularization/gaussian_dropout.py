"""`GaussianDropout`."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer


@op
def multiply_noise(x: Any, key: Any, rate: float) -> Any:
    """Multiply `x` by normal noise of mean 1 and variance `rate / (1 - rate)`."""
    stddev = xp.asarray((rate / (1.0 - rate)) ** 0.5, x.dtype)
    return x * (1 + stddev * engine.random.normal(key, x.shape, x.dtype))


@register("layers")
class GaussianDropout(Layer):
    """Multiplies the inputs by noise of mean 1, in training only.

    Args:
        rate: the drop probability of a `Dropout` with noise as strong, in [0, 1).
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`.

    Call arguments:
        inputs: tensor of any shape.
        training: whether to add noise.

    Example:
        >>> import numpy as np
        >>> GaussianDropout(0.5)(np.ones((2, 3)), training=True).shape
        (2, 3)

    Reference: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = arguments.rate("GaussianDropout", rate)
        self.seed = seed
        if self.rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        """Return `inputs`, with noise when `training`."""
        if not training or self.rate == 0:
            return inputs
        return multiply_noise(inputs, self.seed_generator.next(), self.rate)

"""`GaussianNoise`."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers.base import Layer


@op
def add_noise(x: Any, key: Any, stddev: float) -> Any:
    """Add normal noise of this standard deviation to `x`."""
    return x + xp.asarray(stddev, x.dtype) * engine.random.normal(key, x.shape, x.dtype)


@register("layers")
class GaussianNoise(Layer):
    """Adds noise of mean 0 to the inputs, in training only.

    Args:
        stddev: standard deviation of the noise.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`.

    Call arguments:
        inputs: tensor of any shape.
        training: whether to add noise.

    Example:
        >>> import numpy as np
        >>> GaussianNoise(0.1)(np.ones((2, 3)), training=True).shape
        (2, 3)
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(stddev, bool) or not isinstance(stddev, (int, float)) or stddev < 0:
            raise ValueError(
                f"`stddev` of `GaussianNoise` must be a number >= 0. Received: stddev={stddev!r}"
            )
        self.stddev = stddev
        self.seed = seed
        if self.stddev > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        """Return `inputs`, with noise when `training`."""
        if not training or self.stddev == 0:
            return inputs
        return add_noise(inputs, self.seed_generator.next(), self.stddev)

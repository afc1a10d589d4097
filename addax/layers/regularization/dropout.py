"""`Dropout`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer


@op
def drop(x: Any, key: Any, rate: float, noise_shape: Any = None) -> Any:
    """Zero elements of `x` with probability `rate`, and scale the rest by `1 / (1 - rate)`.

    Args:
        x: tensor.
        key: uint32 pair.
        rate: probability in [0, 1].
        noise_shape: shape of the mask, which broadcasts to `x`; None for that of `x`,
            and None for single sizes likewise.
    """
    if rate >= 1:
        return xp.zeros_like(x)
    shape = noise_shape or x.shape
    shape = tuple(own if size is None else size for own, size in zip(x.shape, shape, strict=True))
    keep = engine.random.bernoulli(key, 1.0 - rate, shape)
    return xp.where(keep, x / xp.asarray(1.0 - rate, x.dtype), xp.zeros((), x.dtype))


@register("layers")
class Dropout(Layer):
    """Zeros a share of the inputs at random, in training only.

    What stays is scaled by `1 / (1 - rate)`, so the mean is kept.

    Args:
        rate: probability that an element is zeroed, in [0, 1].
        noise_shape: shape of the random mask, which broadcasts to the input: 1 for
            axes that share a decision, None for the input's own size.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`.

    Call arguments:
        inputs: tensor of any shape.
        training: whether to drop.

    Raises:
        ValueError: if `rate` is not in [0, 1].

    Example:
        >>> import numpy as np
        >>> sorted(set(np.asarray(Dropout(0.5)(np.ones((50, 50)), training=True)).flat))
        [np.float32(0.0), np.float32(2.0)]

    Reference: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
    (inverted form: scaling in training).
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rate = arguments.rate(type(self).__name__, rate)
        self.seed = seed
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        if self.rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        """Return `inputs`, with elements dropped when `training`."""
        if not training or self.rate == 0:
            return inputs
        return drop(inputs, self.seed_generator.next(), self.rate, self._mask_shape(inputs))

    def _mask_shape(self, inputs: Any) -> tuple[int | None, ...] | None:
        return self.noise_shape

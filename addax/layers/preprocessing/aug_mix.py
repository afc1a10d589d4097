"""`AugMix`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors, ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import bounded_range
from addax.layers.preprocessing.choices import Choices
from addax.ops import random


@register("layers")
class AugMix(Choices):
    """Mixes images with chains of changes of themselves, in training only.

    See https://arxiv.org/abs/1912.02781.

    Args:
        value_range: smallest and largest value of pixels.
        num_chains: how many chains are mixed.
        chain_depth: number of changes in a chain, of which some change nothing.
        factor: range of their strength: a pair in [0, 1] or `f` for `(0, f)`.
        alpha: positive; parameter of the distributions of the shares, Dirichlet of the chains
            and Beta of the image itself.
        all_ops: whether brightness, color, contrast and sharpness are among the changes.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: integer, for repeatable numbers.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> AugMix()(np.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        pair = bounded_range("AugMix", "factor", factor)
        super().__init__(pair, value_range, interpolation, all_ops, seed, data_format, **kwargs)
        self.num_chains = errors.positive_int("AugMix", "num_chains", num_chains)
        self.chain_depth = errors.positive_int("AugMix", "chain_depth", chain_depth)
        self.alpha = alpha
        self.all_ops = all_ops

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw the chains, their shares, and that of the images themselves."""
        choices = self.draw_choices(self.num_chains * self.chain_depth, shape, 1)
        gammas = random.gamma((self.num_chains,), self.alpha, seed=self.generator)
        own = random.beta((), self.alpha, self.alpha, seed=self.generator)
        return choices, ops.divide(gammas, ops.sum(gammas)), own

    def change(self, x: Any, drawn: Any) -> Any:
        """Return mixed images."""
        choices, shares, own = drawn
        # each chain starts from the images, and counts when it has ended
        place = np.arange(self.num_chains * self.chain_depth) % self.chain_depth
        starts = ops.convert_to_tensor(place == 0)
        ends = ops.convert_to_tensor((place == self.chain_depth - 1).astype("float32"))
        weights = ops.multiply(ends, ops.repeat(shares, self.chain_depth))

        def step(carry: Any, step: Any) -> Any:
            changed, mixed = carry
            choice, start, weight = step
            changed = self.apply_choice(ops.where(start, x, changed), choice)
            return changed, ops.add(mixed, ops.multiply(ops.cast(weight, x.dtype), changed))

        _, mixed = self.run(step, (x, ops.zeros_like(x)), (choices, starts, weights))
        own = ops.cast(own, x.dtype)
        return self.clip(ops.add(mixed, ops.multiply(own, ops.subtract(x, mixed))))

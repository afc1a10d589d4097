"""`MixUp`."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.preprocessing.augmentation import Augmentation, per_image
from addax.ops import random


@register("layers")
class MixUp(Augmentation):
    """Mixes each image with another one, and their labels, in training only.

    See https://arxiv.org/abs/1710.09412.

    Args:
        alpha: positive; the share of the image itself is of distribution Beta(alpha, alpha).
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        seed: integer, for repeatable numbers.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, height, width, channels)`, or one image without batch axis; or a dict
        with such `"images"`.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> data = {"images": np.ones((2, 8, 8, 3)), "labels": np.eye(2)}
        >>> MixUp()(data, training=True)["labels"].shape
        (2, 2)
    """

    moves_pixels = True

    def __init__(
        self,
        alpha: float = 0.2,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        if alpha <= 0:
            raise ValueError(f"`alpha` of `MixUp` must be positive. Received: alpha={alpha}")
        self.alpha = alpha

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw partners, and the share of each image itself."""
        share = random.beta((shape[0],), self.alpha, self.alpha, seed=self.generator)
        return random.shuffle(ops.arange(shape[0]), seed=self.generator), share

    def change(self, x: Any, drawn: Any) -> Any:
        """Return mixed images."""
        partners, share = drawn
        other = ops.take(x, partners, axis=0)
        return ops.add(other, ops.multiply(per_image(share), ops.subtract(x, other)))

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return mixed masks."""
        return self.change(ops.cast(masks, self.compute_dtype), drawn)

    def change_labels(self, labels: Any, drawn: Any) -> Any:
        """Return mixed labels."""
        partners, share = drawn
        return mixed_labels("MixUp", labels, partners, share, self.compute_dtype)


def mixed_labels(owner: str, labels: Any, partners: Any, share: Any, dtype: str) -> Any:
    """Return `share` of the labels and the rest of their partners', as vectors."""
    if len(labels.shape) < 2:
        raise ValueError(
            f"{owner} mixes labels, so they must be one-hot vectors, (batch, classes). Received: "
            f"labels of shape {tuple(labels.shape)}. Use `utils.to_categorical`."
        )
    labels = ops.cast(labels, dtype)
    other = ops.take(labels, partners, axis=0)
    share = ops.reshape(share, (-1, *[1] * (len(labels.shape) - 1)))
    return ops.add(other, ops.multiply(share, ops.subtract(labels, other)))

"""What the layers that change images at random share."""

from __future__ import annotations

import numbers
from typing import Any

from addax import errors, ops
from addax.core.graph import op
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer

FILL_MODES = ("reflect", "wrap", "constant", "nearest")


def factor_range(owner: str, name: str, value: Any) -> tuple[float, float]:
    """Return `(lower, upper)` of a pair, or `(-value, value)` of a number."""
    pair: Any = (-value, value) if isinstance(value, numbers.Real) else value
    good = isinstance(pair, (list, tuple)) and len(pair) == 2 and pair[0] <= pair[1]
    if not good:
        raise ValueError(
            f"`{name}` of `{owner}` must be a number or a pair (lower, upper). Received: "
            f"{name}={value}"
        )
    return float(pair[0]), float(pair[1])


class Augmentation(Layer):
    """Base of layers that change each image of a batch at random, in training only.

    Args:
        seed: integer, for repeatable numbers.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    def __init__(self, seed: int | None = None, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self.data_format = arguments.data_format(type(self).__name__, data_format)
        self.generator = SeedGenerator(seed)
        self.supports_masking = False

    def call(self, inputs: Any, training: bool | None = True) -> Any:
        """Return the changed images, or the images as they are when not `training`."""
        x = ops.cast(inputs, self.compute_dtype)
        if not training:
            return x
        single = len(x.shape) == 3
        x = ops.expand_dims(x, 0) if single else x
        if self.data_format == "channels_first":
            x = ops.transpose(x, (0, 2, 3, 1))
        x = self.change(x)
        if self.data_format == "channels_first":
            x = ops.transpose(x, (0, 3, 1, 2))
        return ops.squeeze(x, 0) if single else x

    def change(self, x: Any) -> Any:
        """Return changed images, `(batch, height, width, channels)`."""
        raise NotImplementedError

    def draw(self, batch: int, lower: float = 0.0, upper: float = 1.0) -> Any:
        """Return one uniform number per image."""
        return _uniform(self.generator.next(), batch, lower, upper)


@op
def _uniform(key: Any, batch: int, lower: float, upper: float) -> Any:
    return engine.random.uniform(key, (batch,), minval=lower, maxval=upper)


@op
def affine(
    x: Any,
    matrices: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
) -> Any:
    """Take each pixel of the output from where a linear map sends it in the input.

    Args:
        x: images `(batch, height, width, channels)`.
        matrices: `(batch, 2, 3)`: `(row, column, 1) -> (row, column)` around the centers.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode: what lies outside: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        fill_value: the constant.
    """
    height, width = x.shape[1:3]
    center = xp.asarray([(height - 1) / 2, (width - 1) / 2], x.dtype)
    rows, columns = xp.meshgrid(xp.arange(height), xp.arange(width), indexing="ij")
    places = xp.stack([rows, columns], axis=-1).astype(x.dtype) - center
    ones = xp.ones((*places.shape[:-1], 1), x.dtype)
    places = xp.concatenate([places, ones], axis=-1)
    source = xp.einsum("bij,hwj->bhwi", matrices.astype(x.dtype), places) + center
    if interpolation == "nearest":
        return _pick(x, xp.round(source).astype("int32"), fill_mode, fill_value)
    low = xp.floor(source)
    share = source - low
    result = xp.zeros_like(x)
    for i in (0, 1):
        for j in (0, 1):
            weight = xp.abs(1 - i - share[..., :1]) * xp.abs(1 - j - share[..., 1:])
            index = low.astype("int32") + xp.asarray([i, j], "int32")
            result = result + weight * _pick(x, index, fill_mode, fill_value)
    return result


def _pick(x: Any, index: Any, fill_mode: str, fill_value: float) -> Any:
    sizes = xp.asarray(x.shape[1:3], "int32")
    inside = xp.all((index >= 0) & (index < sizes), axis=-1, keepdims=True)
    if fill_mode == "wrap":
        index = xp.mod(index, sizes)
    elif fill_mode == "reflect":
        index = xp.mod(index, 2 * sizes)
        index = xp.where(index < sizes, index, 2 * sizes - 1 - index)
    index = xp.clip(index, 0, sizes - 1)
    batch = xp.arange(x.shape[0])[:, None, None]
    values = x[batch, index[..., 0], index[..., 1]]
    return xp.where(inside, values, fill_value) if fill_mode == "constant" else values


class Warp(Augmentation):
    """Base of layers that move the pixels of images.

    Args:
        fill_mode: what lies outside of the image.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: integer, for repeatable numbers.
        fill_value: value outside, for `fill_mode="constant"`.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    def __init__(
        self,
        fill_mode: str,
        interpolation: str,
        seed: int | None,
        fill_value: float,
        data_format: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        owner = type(self).__name__
        self.fill_mode = errors.one_of(owner, "fill_mode", fill_mode, FILL_MODES)
        self.interpolation = errors.one_of(
            owner, "interpolation", interpolation, ("bilinear", "nearest")
        )
        self.fill_value = fill_value

    def change(self, x: Any) -> Any:
        """Return the warped images."""
        matrices = self.matrices(x.shape[0], x.shape[1], x.shape[2])
        return affine(x, matrices, self.interpolation, self.fill_mode, self.fill_value)

    def matrices(self, batch: int, height: int, width: int) -> Any:
        """Return one map from output to input places per image, `(batch, 2, 3)`."""
        raise NotImplementedError


def rows_of(*entries: Any) -> Any:
    """Return matrices `(batch, 2, 3)` of six numbers per image."""
    batch = next(entry for entry in entries if hasattr(entry, "shape"))
    full = [ops.add(ops.zeros_like(batch), entry) for entry in entries]
    return ops.reshape(ops.stack(full, axis=-1), (batch.shape[0], 2, 3))

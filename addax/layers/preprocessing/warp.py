"""What the layers that move the pixels of images share."""

from __future__ import annotations

from typing import Any

from addax import errors, ops
from addax.core.graph import op
from addax.engine import xp
from addax.layers.preprocessing.augmentation import Augmentation

FILL_MODES = ("reflect", "wrap", "constant", "nearest")


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
    dtype = matrices.dtype
    center = xp.asarray([(height - 1) / 2, (width - 1) / 2], dtype)
    places = grid(height, width, dtype) - center
    places = xp.concatenate([places, xp.ones((*places.shape[:-1], 1), dtype)], axis=-1)
    source = xp.einsum("bij,hwj->bhwi", matrices, places) + center
    return values_at(x, source, interpolation, fill_mode, fill_value)


def grid(height: int, width: int, dtype: Any) -> Any:
    """Return the row and column of each pixel, `(height, width, 2)`."""
    rows, columns = xp.meshgrid(xp.arange(height), xp.arange(width), indexing="ij")
    return xp.stack([rows, columns], axis=-1).astype(dtype)


def values_at(x: Any, source: Any, interpolation: str, fill_mode: str, fill_value: float) -> Any:
    """Return the values of images at places between the pixels.

    Args:
        x: array `(batch, height, width, channels)`.
        source: rows and columns, `(batch, height, width, 2)`.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_mode: what lies outside: `"reflect"`, `"wrap"`, `"constant"`, `"nearest"`.
        fill_value: the constant.
    """
    if interpolation == "nearest":
        return _pick(x, xp.round(source).astype("int32"), fill_mode, fill_value)
    low = xp.floor(source)
    share = (source - low).astype(x.dtype)
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
    """Base of layers that move the pixels of images by linear maps.

    Args:
        fill_mode: what lies outside of the image.
        interpolation: `"bilinear"` or `"nearest"`.
        seed: integer, for repeatable numbers.
        fill_value: value outside, for `fill_mode="constant"`.
        data_format: layout of the images.
        **kwargs: further arguments of `Layer`.
    """

    moves_pixels = True

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

    def sample(self, shape: tuple[int, ...]) -> Any:
        """Draw one linear map per image."""
        return self.matrices(*shape[:3])

    def change(self, x: Any, drawn: Any) -> Any:
        """Return the warped images."""
        return affine(x, drawn, self.interpolation, self.fill_mode, self.fill_value)

    def change_masks(self, masks: Any, drawn: Any) -> Any:
        """Return the warped masks, without mixing their values."""
        return affine(masks, drawn, "nearest", self.fill_mode, self.fill_value)

    def matrices(self, batch: int, height: int, width: int) -> Any:
        """Return one map from output to input places per image, `(batch, 2, 3)`."""
        raise NotImplementedError


def rows_of(*entries: Any) -> Any:
    """Return matrices `(batch, 2, 3)` of six numbers per image."""
    batch = next(entry for entry in entries if hasattr(entry, "shape"))
    full = [ops.add(ops.zeros_like(batch), entry) for entry in entries]
    return ops.reshape(ops.stack(full, axis=-1), (batch.shape[0], 2, 3))

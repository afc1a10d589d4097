"""`ImageDataGenerator`: how images are changed at random and scaled."""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addax import config, errors
from addax.preprocessing.image.affine import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    generator,
)
from addax.preprocessing.image.array_iterator import NumpyArrayIterator
from addax.preprocessing.image.directory_iterator import DirectoryIterator
from addax.preprocessing.image.frame_iterator import DataFrameIterator
from addax.utils.images import layout

_OWNER = "ImageDataGenerator"
_FILL_MODES = ("nearest", "constant", "reflect", "wrap")
_TINY = 1e-6  # added to standard deviations
_OLD_FRAME_ARGUMENTS = ("has_ext", "sort", "drop_duplicates")


class ImageDataGenerator:
    """Gives batches of images that are changed at random, anew in each epoch, and scaled.

    Augmentation layers (`RandomFlip`, `RandomRotation`, ...) do the same inside a model, on the
    device; this class is for scripts that use it.

    Args:
        featurewise_center: whether to subtract the mean of the images that `fit` saw, per channel.
        samplewise_center: whether to subtract the mean of each image.
        featurewise_std_normalization: whether to divide by the standard deviation of the images
            that `fit` saw, per channel.
        samplewise_std_normalization: whether to divide by that of each image.
        zca_whitening: whether to take out the correlations between the pixels of the images that
            `fit` saw.
        zca_epsilon: added to the singular values of it.
        rotation_range: largest angle, in degrees.
        width_shift_range: largest shift along the width: a share of it below 1, pixels otherwise;
            an integer for whole pixels below it; a list of shifts to choose from.
        height_shift_range: the same along the height.
        brightness_range: smallest and largest factor of the brightness.
        shear_range: largest angle, in degrees.
        zoom_range: smallest and largest zoom; a number for `1 - zoom_range` and `1 + zoom_range`.
        channel_shift_range: largest number that is added to all values.
        fill_mode: what lies beyond the edges: `"nearest"`, `"constant"`, `"reflect"` or `"wrap"`.
        cval: the value beyond the edges for `"constant"`.
        horizontal_flip: whether to swap left and right half of the time.
        vertical_flip: whether to swap top and bottom half of the time.
        rescale: factor for all values, before centring.
        preprocessing_function: gets and returns an image, after the changes.
        data_format: layout of the images; default: that of the process.
        validation_split: share of the images for `subset="validation"`, in [0, 1).
        interpolation_order: of the spline between pixels, 0 to 5.
        dtype: of the images; default: `floatx()`.

    Raises:
        ValueError: for ranges that are none.

    Example:
        >>> images, labels = np.full((4, 2, 2, 1), 255.0), np.arange(4)
        >>> flow = ImageDataGenerator(rescale=1 / 255).flow(images, labels, 3, shuffle=False)
        >>> x, y = next(flow)
        >>> float(x.max()), y
        (1.0, array([0, 1, 2]))
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[np.ndarray], Any] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
    ) -> None:
        """Check the ranges; nothing is known of the images yet."""
        self.featurewise_center, self.samplewise_center = featurewise_center, samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.zoom_range = _zoom(zoom_range)
        self.brightness_range = _brightness(brightness_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = errors.one_of(_OWNER, "fill_mode", fill_mode, _FILL_MODES)
        self.cval, self.interpolation_order = cval, interpolation_order
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.data_format = layout(_OWNER, data_format)
        is_last = self.data_format == "channels_last"
        self.row_axis, self.col_axis, self.channel_axis = (1, 2, 3) if is_last else (2, 3, 1)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                f"`validation_split` of `{_OWNER}` must be in [0, 1). Received: {validation_split}"
            )
        self._validation_split = validation_split
        self.dtype = dtype or config.floatx()
        self.mean: Any = None
        self.std: Any = None
        self.zca_whitening_matrix: Any = None
        self._complete()

    def _complete(self) -> None:
        """Switch on what other arguments need."""
        if self.zca_whitening and self.featurewise_std_normalization:
            self._switch("zca_whitening", "featurewise_std_normalization", False)
        if self.zca_whitening and not self.featurewise_center:
            self._switch("zca_whitening", "featurewise_center", True)
        for kind in ("featurewise", "samplewise"):
            if getattr(self, f"{kind}_std_normalization") and not getattr(self, f"{kind}_center"):
                self._switch(f"{kind}_std_normalization", f"{kind}_center", True)

    def _switch(self, cause: str, name: str, value: bool) -> None:
        warnings.warn(f"`{cause}` of `{_OWNER}` sets `{name}={value}`.", stacklevel=4)
        setattr(self, name, value)

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int | None = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Return batches out of arrays; the arguments are those of `NumpyArrayIterator`."""
        return NumpyArrayIterator(
            x, y, self,
            batch_size=batch_size, shuffle=shuffle, sample_weight=sample_weight, seed=seed,
            data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix,
            save_format=save_format, ignore_class_split=ignore_class_split, subset=subset,
            dtype=self.dtype,
        )  # fmt: skip

    def flow_from_directory(
        self,
        directory: Any,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int | None = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Return batches out of folders; the arguments are those of `DirectoryIterator`."""
        return DirectoryIterator(
            directory, self,
            target_size=target_size, color_mode=color_mode, classes=classes,
            class_mode=class_mode, batch_size=batch_size, shuffle=shuffle, seed=seed,
            data_format=self.data_format, save_to_dir=save_to_dir, save_prefix=save_prefix,
            save_format=save_format, follow_links=follow_links, subset=subset,
            interpolation=interpolation, keep_aspect_ratio=keep_aspect_ratio, dtype=self.dtype,
        )  # fmt: skip

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: Any = None,
        x_col: Any = "filename",
        y_col: Any = "class",
        weight_col: Any = None,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int | None = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Return batches of images that a table lists.

        The arguments are those of `DataFrameIterator`; of old ones, `has_ext`, `sort` and
        `drop_duplicates` do nothing, and `class_mode="other"` is `"raw"`.
        """
        for name in kwargs:
            if name not in _OLD_FRAME_ARGUMENTS:
                raise TypeError(f"`flow_from_dataframe` has no argument {name!r}.")
            warnings.warn(f"`{name}` of `flow_from_dataframe` does nothing.", stacklevel=2)
        return DataFrameIterator(
            dataframe, directory, self,
            x_col=x_col, y_col=y_col, weight_col=weight_col, target_size=target_size,
            color_mode=color_mode, classes=classes,
            class_mode="raw" if class_mode == "other" else class_mode, batch_size=batch_size,
            shuffle=shuffle, seed=seed, data_format=self.data_format, save_to_dir=save_to_dir,
            save_prefix=save_prefix, save_format=save_format, subset=subset,
            interpolation=interpolation, dtype=self.dtype, validate_filenames=validate_filenames,
        )  # fmt: skip

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """Return an image or a batch, scaled and centred; an array of floats is changed in place.

        Args:
            x: image or batch, in the layout of the generator.
        """
        if self.preprocessing_function is not None:
            x = self.preprocessing_function(x)
        x = np.asarray(x)
        x = x if x.dtype.kind == "f" else x.astype(self.dtype)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x)
        if self.samplewise_std_normalization:
            x /= np.std(x) + _TINY
        if self.featurewise_center and self._is_fitted("mean"):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted("std"):
            x /= self.std + _TINY
        if self.zca_whitening and self._is_fitted("zca_whitening_matrix"):
            rows = x.reshape(-1, math.prod(x.shape[-3:]))
            x = (rows @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def _is_fitted(self, name: str) -> bool:
        if getattr(self, name) is not None:
            return True
        warnings.warn(
            f"`{_OWNER}` has no `{name}` yet, so images are left as they are. "
            "Call `fit` with training images first.",
            stacklevel=3,
        )
        return False

    def get_random_transform(self, img_shape: Any, seed: Any = None) -> dict[str, Any]:
        """Return random changes within the ranges.

        Args:
            img_shape: shape of the image.
            seed: integer; default: drawn from the global seed.

        Returns: what `apply_transform` takes.
        """
        random = generator(seed)
        zoom = (1.0, 1.0)
        if self.zoom_range != [1, 1]:
            zoom = tuple(random.uniform(self.zoom_range[0], self.zoom_range[1], 2))
        brightness = self.brightness_range
        return {
            "theta": _symmetric(random, self.rotation_range),
            "tx": _shift(random, self.height_shift_range, img_shape[self.row_axis - 1]),
            "ty": _shift(random, self.width_shift_range, img_shape[self.col_axis - 1]),
            "shear": _symmetric(random, self.shear_range),
            "zx": zoom[0],
            "zy": zoom[1],
            "flip_horizontal": bool(random.random() < 0.5) and bool(self.horizontal_flip),
            "flip_vertical": bool(random.random() < 0.5) and bool(self.vertical_flip),
            "channel_shift_intensity": _symmetric(random, self.channel_shift_range) or None,
            "brightness": None if brightness is None else random.uniform(*brightness),
        }

    def apply_transform(self, x: np.ndarray, transform_parameters: dict[str, Any]) -> np.ndarray:
        """Return an image with given changes.

        Args:
            x: image of rank 3.
            transform_parameters: any of `theta` (degrees), `tx`, `ty` (pixels along rows and
                columns), `shear` (degrees), `zx`, `zy`, `flip_horizontal`, `flip_vertical`,
                `channel_shift_intensity` and `brightness`.
        """
        row, column, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        given = transform_parameters
        moves = {name: given[name] for name in ("theta", "tx", "ty", "shear", "zx", "zy")
                 if name in given}  # fmt: skip
        x = apply_affine_transform(
            x, **moves, row_axis=row, col_axis=column, channel_axis=channel,
            fill_mode=self.fill_mode, cval=self.cval, order=self.interpolation_order,
        )  # fmt: skip
        if given.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given["channel_shift_intensity"], channel)
        if given.get("flip_horizontal"):
            x = np.flip(x, column)
        if given.get("flip_vertical"):
            x = np.flip(x, row)
        if given.get("brightness") is not None:
            place = 2 if config.image_data_format() == "channels_last" else 0
            usual = np.moveaxis(x, channel, place)
            x = np.moveaxis(
                apply_brightness_shift(usual, given["brightness"], False), place, channel
            )
        return x

    def random_transform(self, x: np.ndarray, seed: Any = None) -> np.ndarray:
        """Return an image of rank 3, changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Take mean, standard deviation and whitening from images, as far as they are needed.

        Args:
            x: images, rank 4. `rescale` is applied to them first.
            augment: whether to take them from randomly changed images.
            rounds: how often each image is changed for that.
            seed: of the changes.

        Raises:
            ValueError: for another rank.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(f"`x` of `{_OWNER}.fit` must have rank 4. Received shape: {x.shape}")
        if self.rescale:
            x *= self.rescale
        if augment:
            random = generator(seed)
            x = np.stack([self.random_transform(i, random) for _ in range(rounds) for i in x])
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = x.mean(axes, keepdims=True)[0]
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = x.std(axes, keepdims=True)[0]
            x /= self.std + _TINY
        if self.zca_whitening:
            vectors, sizes, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            scaled = vectors * (np.sqrt(len(x)) / (sizes + self.zca_epsilon))
            self.zca_whitening_matrix = scaled @ vectors.T


def _zoom(zoom_range: Any) -> list[float]:
    if isinstance(zoom_range, numbers.Real):
        return [1 - float(zoom_range), 1 + float(zoom_range)]
    pair = list(zoom_range)
    if len(pair) == 2 and all(isinstance(value, numbers.Real) for value in pair):
        return pair
    raise ValueError(
        f"`zoom_range` of `{_OWNER}` must be a number or two numbers. Received: {zoom_range!r}"
    )


def _brightness(brightness_range: Any) -> Any:
    is_pair = isinstance(brightness_range, (tuple, list)) and len(brightness_range) == 2
    if brightness_range is None or is_pair:
        return brightness_range
    raise ValueError(
        f"`brightness_range` of `{_OWNER}` must be two numbers. Received: {brightness_range!r}"
    )


def _symmetric(random: np.random.Generator, limit: float) -> float:
    return float(random.uniform(-limit, limit)) if limit else 0.0


def _shift(random: np.random.Generator, limit: Any, size: int) -> float:
    """Return a shift in pixels; see `width_shift_range`."""
    if isinstance(limit, numbers.Integral):
        limit = range(int(limit)) if limit else 0
    if isinstance(limit, numbers.Real):
        return _symmetric(random, float(limit)) * (size if limit < 1 else 1)
    shift = float(random.choice(list(limit)) * random.choice([-1, 1]))
    return shift * size if max(limit) < 1 and not isinstance(limit, range) else shift

"""Convolution and pooling of images, `(batch, height, width, channels)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import layers
from addax.core.tensor import Symbolic
from addax.tflearn import initializations, regularizers
from addax.tflearn.activations import get as get_activation

__all__ = ["avg_pool_2d", "conv_2d", "global_avg_pool", "max_pool_2d"]

Sizes = int | Sequence[int]


def _pair(size: Sizes) -> tuple[int, int]:
    """Return height and width of a size: a number, `[h, w]`, or `[1, h, w, 1]`."""
    if isinstance(size, int):
        return size, size
    middle = tuple(size)[1:3] if len(size) == 4 else tuple(size)
    return (middle * 2)[0], (middle * 2)[1]


def conv_2d(
    incoming: Symbolic,
    nb_filter: int,
    filter_size: Sizes,
    strides: Sizes = 1,
    padding: str = "same",
    activation: Any = "linear",
    bias: bool = True,
    weights_init: Any = "uniform_scaling",
    bias_init: Any = "zeros",
    regularizer: Any = None,
    weight_decay: float = 0.001,
    trainable: bool = True,
    restore: bool = True,
    reuse: bool = False,
    scope: str | None = None,
    name: str | None = None,
) -> Any:
    """Convolve images.

    Args:
        incoming: tensor, `(batch, height, width, channels)`.
        nb_filter: number of filters.
        filter_size: height and width of the filters.
        strides: step in height and width.
        padding: `"same"` or `"valid"`.
        activation: name or function.
        bias: whether a bias is added.
        weights_init: initializer of the filters.
        bias_init: initializer of the bias.
        regularizer: `"L1"` or `"L2"`, for the filters.
        weight_decay: factor of the regularizer.
        trainable: whether the weights are trained.
        restore: accepted; all weights are restored.
        reuse: accepted, has no effect.
        scope: accepted, has no effect.
        name: name of the layer.

    Returns: tensor, `(batch, new height, new width, nb_filter)`.

    Example:
        >>> conv_2d(layers.Input((8, 8, 3)), 4, 3, activation="relu").shape
        (None, 8, 8, 4)
    """
    conv = layers.Conv2D(
        nb_filter,
        _pair(filter_size),
        strides=_pair(strides),
        padding=padding.lower(),
        use_bias=bias,
        kernel_initializer=initializations.get(weights_init),
        bias_initializer=initializations.get(bias_init),
        kernel_regularizer=regularizers.get(regularizer, weight_decay),
        trainable=trainable,
        name=name,
    )
    return get_activation(activation)(conv(incoming))


def _pool(
    kind: Any, incoming: Symbolic, size: Sizes, strides: Sizes | None, padding: str, name: Any
) -> Any:
    steps = _pair(size if strides is None else strides)
    return kind(_pair(size), steps, padding.lower(), name=name)(incoming)


def max_pool_2d(
    incoming: Symbolic,
    kernel_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "same",
    name: str | None = None,
) -> Any:
    """Return the largest value of each window.

    Args:
        incoming: tensor, `(batch, height, width, channels)`.
        kernel_size: height and width of the window.
        strides: step; the size of the window by default.
        padding: `"same"` or `"valid"`.
        name: name of the layer.

    Example:
        >>> max_pool_2d(layers.Input((5, 5, 3)), 2).shape
        (None, 3, 3, 3)
    """
    return _pool(layers.MaxPooling2D, incoming, kernel_size, strides, padding, name)


def avg_pool_2d(
    incoming: Symbolic,
    kernel_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "same",
    name: str | None = None,
) -> Any:
    """Return the mean of each window; arguments as for `max_pool_2d`."""
    return _pool(layers.AveragePooling2D, incoming, kernel_size, strides, padding, name)


def global_avg_pool(incoming: Symbolic, name: str | None = None) -> Any:
    """Return the mean of each channel, `(batch, channels)`."""
    return layers.GlobalAveragePooling2D(name=name)(incoming)

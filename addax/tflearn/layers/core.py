"""Inputs, fully connected layers, dropout and changes of shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import layers
from addax.core.tensor import Symbolic
from addax.tflearn import initializations, regularizers
from addax.tflearn.activations import activation as activation
from addax.tflearn.activations import get as get_activation
from addax.tflearn.layers.nodes import DataInput

__all__ = ["activation", "dropout", "flatten", "fully_connected", "input_data", "reshape"]


def input_data(
    shape: Sequence[int | None] | None = None,
    placeholder: Any = None,
    dtype: Any = "float32",
    data_preprocessing: Any = None,
    data_augmentation: Any = None,
    name: str = "InputData",
) -> Any:
    """Return where data enters the network.

    Args:
        shape: shape of the data, the batch axis first as None (it may be left out).
        placeholder: must be None; there are no placeholders in Addax.
        dtype: dtype of the data.
        data_preprocessing: `DataPreprocessing` for training and prediction.
        data_augmentation: `DataAugmentation` for training.
        name: name by which `fit` may get the data, in a dict.

    Raises:
        ValueError: without a shape, or with a placeholder.

    Example:
        >>> input_data(shape=[None, 2]).shape
        (None, 2)
    """
    if shape is None or placeholder is not None:
        raise ValueError(
            "`input_data` needs `shape`, such as `[None, 784]`, and takes no `placeholder`. "
            f"Received: shape={shape}, placeholder={placeholder}"
        )
    sizes = tuple(shape)
    if len(sizes) > 1 and sizes[0] is None:
        sizes = sizes[1:]
    entry = DataInput(data_preprocessing, data_augmentation, name)
    return entry(layers.Input(sizes, dtype=dtype))


def fully_connected(
    incoming: Symbolic,
    n_units: int,
    activation: Any = "linear",
    bias: bool = True,
    weights_init: Any = "truncated_normal",
    bias_init: Any = "zeros",
    regularizer: Any = None,
    weight_decay: float = 0.001,
    trainable: bool = True,
    restore: bool = True,
    reuse: bool = False,
    scope: str | None = None,
    name: str | None = None,
) -> Any:
    """Return `activation(incoming @ weights + bias)`; more than two axes are flattened first.

    Args:
        incoming: tensor, `(batch, ...)`.
        n_units: size of the output.
        activation: name or function.
        bias: whether a bias is added.
        weights_init: initializer of the weights.
        bias_init: initializer of the bias.
        regularizer: `"L1"` or `"L2"`, for the weights.
        weight_decay: factor of the regularizer.
        trainable: whether the weights are trained.
        restore: accepted; all weights are restored.
        reuse: accepted, has no effect.
        scope: accepted, has no effect.
        name: name of the layer.

    Returns: tensor, `(batch, n_units)`.

    Example:
        >>> fully_connected(input_data([None, 4, 4, 3]), 10, activation="relu").shape
        (None, 10)
    """
    dense = layers.Dense(
        n_units,
        use_bias=bias,
        kernel_initializer=initializations.get(weights_init),
        bias_initializer=initializations.get(bias_init),
        kernel_regularizer=regularizers.get(regularizer, weight_decay),
        trainable=trainable,
        name=name,
    )
    return get_activation(activation)(dense(flatten(incoming)))


def dropout(
    incoming: Symbolic,
    keep_prob: float,
    noise_shape: Sequence[int] | None = None,
    name: str | None = None,
) -> Any:
    """Set values to 0 at random in training, and scale the others up.

    Args:
        incoming: tensor.
        keep_prob: share of the values that stay, above 0 and at most 1.
        noise_shape: shape of the mask; that of the tensor by default.
        name: name of the layer.

    Raises:
        ValueError: if `keep_prob` is no such share.
    """
    if not 0 < keep_prob <= 1:
        raise ValueError(
            "`keep_prob` of `dropout` must be above 0 and at most 1: the share of values that "
            f"stay. Received: keep_prob={keep_prob}"
        )
    return layers.Dropout(1 - keep_prob, noise_shape=noise_shape, name=name)(incoming)


def flatten(incoming: Symbolic, name: str | None = None) -> Any:
    """Return the tensor with one axis for all but the batch; as it is if it has only one."""
    return layers.Flatten(name=name)(incoming) if len(incoming.shape) != 2 else incoming


def reshape(incoming: Symbolic, new_shape: Sequence[int], name: str | None = None) -> Any:
    """Return the tensor in another shape.

    Args:
        incoming: tensor.
        new_shape: the shape with the batch axis, which is -1 (or None) in front.
        name: name of the layer.

    Example:
        >>> reshape(input_data([None, 784]), [-1, 28, 28, 1]).shape
        (None, 28, 28, 1)
    """
    return layers.Reshape(tuple(new_shape)[1:], name=name)(incoming)

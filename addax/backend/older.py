"""Functions that only Keras 1 and 2 had in their backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from addax import config, ops
from addax.backend.networks import Sizes
from addax.core.tensor import Symbolic
from addax.core.variable import Variable

_ORDERINGS = {"channels_last": "tf", "channels_first": "th"}


def binary_focal_crossentropy(
    target: Any,
    output: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
) -> Any:
    """Binary crossentropy times `(1 - p)^gamma`, elementwise; p is that of the right class.

    Args:
        target: 0 and 1.
        output: probabilities, or logits with `from_logits`.
        apply_class_balancing: whether class 1 weighs `alpha` and class 0 `1 - alpha`.
        alpha: weight of class 1.
        gamma: how much less what is already right counts.
        from_logits: whether `output` are logits.

    Reference: Lin et al. 2017, arXiv:1708.02002.
    """
    target = ops.cast(target, output.dtype)
    probability = ops.sigmoid(output) if from_logits else output
    right = target * probability + (1 - target) * (1 - probability)
    loss = ops.binary_crossentropy(target, output, from_logits) * ops.power(1 - right, gamma)
    if apply_class_balancing:
        loss = loss * (target * alpha + (1 - target) * (1 - alpha))
    return loss


def categorical_focal_crossentropy(
    target: Any,
    output: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    axis: int = -1,
) -> Any:
    """Crossentropy times `alpha (1 - p)^gamma`, summed over the classes.

    Args:
        target: one-hot vectors.
        output: probabilities, or logits with `from_logits`.
        alpha: factor.
        gamma: how much less what is already right counts.
        from_logits: whether `output` are logits.
        axis: that of the classes.
    """
    output = ops.softmax(output, axis=axis) if from_logits else output
    output = output / ops.sum(output, axis=axis, keepdims=True)
    output = ops.clip(output, config.epsilon(), 1 - config.epsilon())
    loss = -target * ops.log(output) * alpha * ops.power(1 - output, gamma)
    return ops.sum(loss, axis=axis)


def separable_conv1d(
    x: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Any = 1,
) -> Any:
    """Depthwise convolution over one spatial axis, then one that mixes the channels."""
    kernels = (depthwise_kernel, pointwise_kernel)
    return ops.separable_conv(x, *kernels, strides, padding, data_format, dilation_rate)


def conv3d_transpose(
    x: Any,
    kernel: Any,
    output_shape: Sequence[Any],
    strides: Sizes = (1, 1, 1),
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Transposed convolution over three spatial axes; `output_shape` follows by itself."""
    return ops.conv_transpose(x, kernel, strides, padding, None, data_format)


def local_conv(
    inputs: Any,
    kernel: Any,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    output_shape: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Any:
    """Convolution with a kernel of its own at every place.

    Args:
        inputs: `(batch, *spatial, channels)`, or channels first.
        kernel: `(places, window * channels, filters)`.
        kernel_size: of a window, per axis.
        strides: per axis.
        output_shape: ignored; it follows from the others.
        data_format: `"channels_last"` or `"channels_first"`.
    """
    first = config.standardize_data_format(data_format) == "channels_first"
    flat = len(kernel_size) == 1
    if flat:  # one row of a picture
        inputs = ops.expand_dims(inputs, 2 if first else 1)
        kernel_size, strides = (1, *kernel_size), (1, *strides)
    patches = ops.image.extract_patches(
        inputs, tuple(kernel_size), tuple(strides), data_format=data_format
    )
    patches = ops.moveaxis(patches, 1, -1) if first else patches
    if first:  # a window has its channels first, too
        channels = inputs.shape[1]
        split = ops.reshape(patches, (*patches.shape[:-1], -1, channels))
        patches = ops.reshape(ops.swapaxes(split, -1, -2), patches.shape)
    rows = ops.reshape(patches, (-1, patches.shape[1] * patches.shape[2], patches.shape[3]))
    made = ops.einsum("bpi,pif->bpf", rows, kernel)
    made = ops.reshape(made, (-1, *patches.shape[1:3], kernel.shape[-1]))
    made = ops.squeeze(made, 1) if flat else made
    return ops.moveaxis(made, -1, 1) if first else made


def local_conv1d(
    inputs: Any,
    kernel: Any,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    data_format: str | None = None,
) -> Any:
    """`local_conv` over one spatial axis."""
    return local_conv(inputs, kernel, kernel_size, strides, None, data_format)


local_conv2d = local_conv


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> tuple[Any, Any, Any]:
    """Normalize by the statistics of the batch.

    Args:
        x: tensor.
        gamma: factor, or None.
        beta: added at the end, or None.
        reduction_axes: axes that the statistics are taken over.
        epsilon: keeps the division finite.

    Returns: the normalized tensor, the means and the variances.
    """
    mean, variance = ops.moments(x, list(reduction_axes), keepdims=True)
    shape = [1 if axis in reduction_axes else size for axis, size in enumerate(x.shape)]
    made = (x - mean) * ops.rsqrt(variance + epsilon)
    made = made if gamma is None else made * ops.reshape(gamma, shape)
    made = made if beta is None else made + ops.reshape(beta, shape)
    axes = tuple(reduction_axes)
    return made, ops.squeeze(mean, axes), ops.squeeze(variance, axes)


def image_dim_ordering() -> str:
    """Return `"tf"` for channels last and `"th"` for channels first.

    Example:
        >>> image_dim_ordering()
        'tf'
    """
    return _ORDERINGS[config.image_data_format()]


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Set where channels are: `"tf"` for last and `"th"` for first."""
    layouts = {old: new for new, old in _ORDERINGS.items()}
    config.set_image_data_format(layouts.get(dim_ordering, dim_ordering))


def identity(x: Any, name: str | None = None) -> Any:
    """Return a tensor of the same values."""
    return ops.copy(x)


def get_variable_shape(x: Any) -> tuple[Any, ...]:
    """Return the shape of a variable."""
    return tuple(x.shape)


def is_variable(x: Any) -> bool:
    """Say whether `x` is a variable."""
    return isinstance(x, Variable)


def is_placeholder(x: Any) -> bool:
    """Say whether `x` is a symbolic input."""
    return isinstance(x, Symbolic) and (x.node is None or not x.node.inputs)


def get_session() -> None:
    """Return None: there are no sessions."""


def set_session(session: Any) -> None:
    """Do nothing: there are no sessions."""


def manual_variable_initialization(value: bool) -> None:
    """Do nothing: variables have values from the start."""


def symbolic(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function as it is: functions take symbolic tensors."""
    return func

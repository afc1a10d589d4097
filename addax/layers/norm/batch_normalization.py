"""`BatchNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@op
def moments(x: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Mean and variance over `axes`, in one pass over `x`.

    The sums are those of `x - pivot`, with one element per channel as the pivot, so
    that nothing cancels when the mean is far from 0. The result does not depend on it.
    """
    pivot = x[tuple(slice(0, 1) if i in axes else slice(None) for i in range(x.ndim))]
    pivot = engine.stop_gradient(pivot)
    shifted = x - pivot
    mean = xp.mean(shifted, axis=axes)
    variance = xp.mean(xp.square(shifted), axis=axes) - xp.square(mean)
    return mean + xp.reshape(pivot, mean.shape), xp.maximum(variance, 0)


@op
def masked_moments(x: Any, mask: Any, axes: tuple[int, ...]) -> tuple[Any, Any]:
    """Mean and variance over `axes` of the elements for which `mask` holds.

    Args:
        x: tensor.
        mask: tensor whose axes are the first axes of `x`.
        axes: axes to reduce.
    """
    weights = xp.reshape(mask, mask.shape + (1,) * (x.ndim - mask.ndim)).astype(x.dtype)
    weights = xp.broadcast_to(weights, x.shape)
    count = xp.sum(weights, axis=axes, keepdims=True) + 1e-7
    mean = xp.sum(weights * x, axis=axes, keepdims=True) / count
    variance = xp.sum(weights * xp.square(x - mean), axis=axes, keepdims=True) / count
    return xp.squeeze(mean, axes), xp.squeeze(variance, axes)


@op
def normalize(x: Any, mean: Any, variance: Any, gamma: Any, beta: Any, epsilon: float) -> Any:
    """Return `gamma * (x - mean) / sqrt(variance + epsilon) + beta`.

    One multiplication and one addition per element: the rest is per channel.
    """
    scale = engine.nn.rsqrt(variance + epsilon)
    if gamma is not None:
        scale = scale * gamma
    shift = -mean * scale
    if beta is not None:
        shift = shift + beta
    return x * scale + shift


@register("layers")
class BatchNormalization(Layer):
    """Normalizes each channel over the batch, then scales and shifts it.

    In training, the mean and variance are those of the batch, and the moving ones
    follow: `moving = moving * momentum + batch * (1 - momentum)`. Otherwise, and when
    the layer is frozen (`trainable = False`), the moving ones are used.

    Args:
        axis: axis of the channels.
        momentum: share of the old moving value that is kept, in [0, 1].
        epsilon: added to the variance.
        center: whether `beta` is added.
        scale: whether it is multiplied by `gamma`.
        beta_initializer: initializer of `beta`, `(channels,)`.
        gamma_initializer: initializer of `gamma`, `(channels,)`.
        moving_mean_initializer: initializer of the moving mean, `(channels,)`.
        moving_variance_initializer: initializer of the moving variance, `(channels,)`.
        beta_regularizer: regularizer of `beta`.
        gamma_regularizer: regularizer of `gamma`.
        beta_constraint: constraint of `beta`.
        gamma_constraint: constraint of `gamma`.
        renorm: must be False.
        renorm_clipping: kept for configs of Keras.
        renorm_momentum: kept for configs of Keras.
        synchronized: kept for configs of Keras: statistics are those of the whole
            batch, on however many devices it lies.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Call arguments:
        inputs: tensor of any shape.
        training: whether the batch's own statistics are used.
        mask: boolean `(batch, ...)`: which entries count for the statistics.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> import numpy as np
        >>> layer = BatchNormalization()
        >>> out = layer(np.arange(6.0).reshape(3, 2), training=True)
        >>> np.asarray(out).mean(0).round(3) + 0.0
        array([0., 0.], dtype=float32)

    Reference: Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167 (biased variance
    for the moving average, as Keras).
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if renorm:
            raise ValueError(
                "`renorm` of `BatchNormalization` is not supported, it must be False. "
                f"Received: renorm={renorm}"
            )
        self.axis = _single_axis(axis)
        self.momentum = errors.in_interval("BatchNormalization", "momentum", momentum, 0, 1)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.synchronized = synchronized
        arguments.resolve(
            self,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            moving_mean_initializer=moving_mean_initializer,
            moving_variance_initializer=moving_variance_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `gamma`, `beta` and the moving statistics."""
        if not -len(input_shape) <= self.axis < len(input_shape):
            raise ValueError(
                f"`axis` of BatchNormalization '{self.name}' must be an axis of its input. "
                f"Received: axis={self.axis}, input shape {tuple(input_shape)}"
            )
        channels = arguments.known_size(self, input_shape, self.axis)
        shape = (channels,)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma",
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta",
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
            )
        self.moving_mean = self.add_weight(
            name="moving_mean",
            shape=shape,
            initializer=self.moving_mean_initializer,
            trainable=False,
            autocast=False,
        )
        self.moving_variance = self.add_weight(
            name="moving_variance",
            shape=shape,
            initializer=self.moving_variance_initializer,
            trainable=False,
            autocast=False,
        )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the normalized inputs."""
        if mask is not None:
            arguments.check_shape(self, "mask", mask, inputs.shape[: len(mask.shape)])
        x = ops.cast(inputs, "float32") if self.compute_dtype in _HALF else inputs
        if training and self.trainable:
            mean, variance = self._batch_statistics(x, mask)
            self._follow(mean, variance)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        rank = len(inputs.shape)
        if self.axis % rank == rank - 1:
            parts = [mean, variance, self.gamma, self.beta]
        else:
            shape = [1] * rank
            shape[self.axis] = -1
            parts = [
                None if part is None else ops.reshape(part, shape)
                for part in (mean, variance, self.gamma, self.beta)
            ]
        mean, variance, gamma, beta = parts
        outputs = normalize(x, mean, variance, gamma, beta, self.epsilon)
        return (
            outputs
            if outputs.dtype == self.compute_dtype
            else ops.cast(outputs, self.compute_dtype)
        )

    def _batch_statistics(self, x: Any, mask: Any) -> tuple[Any, Any]:
        rank = len(x.shape)
        axes = tuple(i for i in range(rank) if i != self.axis % rank)
        if mask is None:
            return moments(x, axes)
        return masked_moments(x, mask, axes)

    def _follow(self, mean: Any, variance: Any) -> None:
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            kept, new = moving.value * self.momentum, batch * (1.0 - self.momentum)
            moving.assign(kept + new)


_HALF = ("float16", "bfloat16")


def _single_axis(axis: Any) -> int:
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ValueError(
            f"`axis` of `BatchNormalization` must be an integer. Received: axis={axis!r}"
        )
    return axis

"""`GroupNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@op
def group_normalization(
    x: Any, gamma: Any, beta: Any, groups: int, axis: int, epsilon: float
) -> Any:
    """Normalize groups of channels of each sample, then scale and shift.

    Args:
        x: `(batch, ...)`.
        gamma: `(channels,)` or None.
        beta: `(channels,)` or None.
        groups: number of groups.
        axis: axis of the channels.
        epsilon: added to the variance.
    """
    wide = xp.moveaxis(x, axis, -1)
    wide = wide.astype("float32") if wide.dtype.itemsize < 4 else wide
    grouped = wide.reshape((x.shape[0], -1, groups, wide.shape[-1] // groups))
    centered = grouped - xp.mean(grouped, axis=(1, 3), keepdims=True)
    variance = xp.mean(xp.square(centered), axis=(1, 3), keepdims=True)
    result = (centered * engine.nn.rsqrt(variance + epsilon)).reshape(wide.shape)
    if gamma is not None:
        result = result * gamma
    if beta is not None:
        result = result + beta
    return xp.moveaxis(result, -1, axis).astype(x.dtype)


@register("layers")
class GroupNormalization(Layer):
    """Normalizes groups of channels of each sample, then scales and shifts each channel.

    Args:
        groups: number of groups, which divides the channels; 1 is like layer
            normalization, -1 (one group per channel) is instance normalization.
        axis: axis of the channels.
        epsilon: added to the variance.
        center: whether `beta` is added.
        scale: whether it is multiplied by `gamma`.
        beta_initializer: initializer of `beta`, `(channels,)`.
        gamma_initializer: initializer of `gamma`, `(channels,)`.
        beta_regularizer: regularizer of `beta`.
        gamma_regularizer: regularizer of `gamma`.
        beta_constraint: constraint of `beta`.
        gamma_constraint: constraint of `gamma`.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: any.
    Output shape: that of the input.

    Raises:
        ValueError: if `groups` does not divide the channels.

    Example:
        >>> import numpy as np
        >>> GroupNormalization(2)(np.ones((2, 5, 5, 4))).shape
        (2, 5, 5, 4)

    Reference: Wu & He 2018, https://arxiv.org/abs/1803.08494.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(groups, bool) or not isinstance(groups, int) or groups < -1 or not groups:
            raise ValueError(
                "`groups` of `GroupNormalization` must be a positive integer, or -1 for one group "
                f"per channel. Received: groups={groups!r}"
            )
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        arguments.resolve(
            self,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
        )
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `gamma` and `beta`."""
        channels = arguments.known_size(self, input_shape, self.axis)
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ValueError(
                f"`groups` of GroupNormalization '{self.name}' must divide the {channels} channels "
                f"of its input. Received: groups={self.groups}"
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        self.gamma = self.beta = None
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                weight = self.add_weight(
                    name=name,
                    shape=(channels,),
                    initializer=getattr(self, f"{name}_initializer"),
                    regularizer=getattr(self, f"{name}_regularizer"),
                    constraint=getattr(self, f"{name}_constraint"),
                    autocast=False,
                )
                setattr(self, name, weight)

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs."""
        return group_normalization(
            inputs, self.gamma, self.beta, self.groups, self.axis, self.epsilon
        )

"""`LayerNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.core.dense import refuse_in_place_variants


@register("layers")
class LayerNormalization(Layer):
    """Normalizes each sample over some axes, then scales and shifts it.

    Args:
        axis: axis or axes that the mean and variance are taken over.
        epsilon: added to the variance.
        center: whether `beta` is added.
        scale: whether it is multiplied by `gamma`.
        beta_initializer: initializer of `beta`, of the sizes of `axis`.
        gamma_initializer: initializer of `gamma`, of the sizes of `axis`.
        beta_regularizer: regularizer of `beta`.
        gamma_regularizer: regularizer of `gamma`.
        beta_constraint: constraint of `beta`.
        gamma_constraint: constraint of `gamma`.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> LayerNormalization()([[1.0, 3.0]]).numpy().round(2)
        array([[-1.,  1.]], dtype=float32)

    Reference: Ba, Kiros & Hinton 2016, https://arxiv.org/abs/1607.06450.
    """

    _more_in_config = ("rms_scaling",)

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
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
        # in configs of Keras; the layer that scales only is `RMSNormalization`
        refuse_in_place_variants(
            "LayerNormalization", rms_scaling=kwargs.pop("rms_scaling", None) or None
        )
        super().__init__(**kwargs)
        self.rms_scaling = False
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
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
        axes: list[Any] = self.axis if isinstance(self.axis, list) else [self.axis]
        self.axis = axes
        rank = len(input_shape)
        if any(not -rank <= axis < rank for axis in axes):
            raise ValueError(
                f"`axis` of LayerNormalization '{self.name}' must be axes of its input. Received: "
                f"axis={self.axis}, input shape {tuple(input_shape)}"
            )
        shape = tuple(arguments.known_size(self, input_shape, axis) for axis in axes)
        self.gamma = self.beta = None
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                weight = self.add_weight(
                    name=name,
                    shape=shape,
                    initializer=getattr(self, f"{name}_initializer"),
                    regularizer=getattr(self, f"{name}_regularizer"),
                    constraint=getattr(self, f"{name}_constraint"),
                    autocast=False,
                )
                setattr(self, name, weight)

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs."""
        return ops.layer_normalization(inputs, self.gamma, self.beta, self.axis, self.epsilon)

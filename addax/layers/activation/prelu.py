"""`PReLU`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.engine import xp
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


@op
def prelu(x: Any, alpha: Any) -> Any:
    """`x` where it is positive, `alpha * x` elsewhere."""
    return xp.maximum(x, 0) + alpha * xp.minimum(x, 0)


@register("layers")
class PReLU(Layer):
    """`x` where it is positive, `alpha * x` elsewhere, with `alpha` trained.

    Args:
        alpha_initializer: initializer of `alpha`, of the shape of a sample.
        alpha_regularizer: regularizer of `alpha`.
        alpha_constraint: constraint of `alpha`.
        shared_axes: axes along which `alpha` is the same, such as `[1, 2]` for images.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> PReLU(alpha_initializer="ones")([[-1.0, 2.0]]).numpy()
        array([[-1.,  2.]], dtype=float32)

    Reference: He et al. 2015, https://arxiv.org/abs/1502.01852.
    """

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        arguments.resolve(
            self,
            alpha_initializer=alpha_initializer,
            alpha_regularizer=alpha_regularizer,
            alpha_constraint=alpha_constraint,
        )
        if shared_axes is not None and not isinstance(shared_axes, (list, tuple)):
            shared_axes = [shared_axes]  # type: ignore[list-item]
        self.shared_axes = None if shared_axes is None else list(shared_axes)
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `alpha`."""
        shared = set(self.shared_axes or ())
        if not shared <= set(range(1, len(input_shape))):
            raise ValueError(
                f"`shared_axes` of PReLU '{self.name}' must be axes of its input but the first. "
                f"Received: shared_axes={self.shared_axes}, input shape {tuple(input_shape)}"
            )
        shape = tuple(
            1 if axis in shared else arguments.known_size(self, input_shape, axis)
            for axis in range(1, len(input_shape))
        )
        self.alpha = self.add_weight(
            name="alpha",
            shape=shape,
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        axes: dict[int, Any] = {
            i: input_shape[i] for i in range(1, len(input_shape)) if i not in shared
        }
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def call(self, inputs: Any) -> Any:
        """Return the activated inputs."""
        return prelu(inputs, self.alpha)

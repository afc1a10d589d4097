"""`RMSNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer


@register("layers")
class RMSNormalization(Layer):
    """Divides each sample by its root mean square over some axes, then scales it.

    Args:
        axis: axis or axes that the mean is taken over.
        epsilon: added to the mean square.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: any.
    Output shape: that of the input.

    Example:
        >>> RMSNormalization()([[3.0, 4.0]]).numpy().round(3)
        array([[0.849, 1.131]], dtype=float32)

    Reference: Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467.
    """

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = epsilon

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `scale`."""
        axes = self.axis = [self.axis] if isinstance(self.axis, int) else list(self.axis)
        shape = tuple(arguments.known_size(self, input_shape, axis) for axis in axes)
        self.scale = self.add_weight(name="scale", shape=shape, initializer="ones", autocast=False)

    def call(self, inputs: Any) -> Any:
        """Return the normalized inputs."""
        return ops.rms_normalization(inputs, self.scale, self.axis, self.epsilon)

"""`SpectralNormalization`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, initializers
from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.layers.base import Layer
from addax.layers.core.wrapper import Wrapper


def _unit(x: Any) -> Any:
    return x * engine.nn.rsqrt(xp.maximum(xp.sum(xp.square(x)), 1e-12))


@op
def spectral(kernel: Any, u: Any, iterations: int) -> tuple[Any, Any]:
    """Return `kernel` divided by its largest singular value, and the new left vector.

    Args:
        kernel: `(..., outputs)`, taken as a matrix with `outputs` columns.
        u: `(1, outputs)`, the estimate so far.
        iterations: number of power iterations.
    """
    matrix = kernel.reshape((-1, kernel.shape[-1]))
    fixed = engine.stop_gradient(matrix)
    v = None
    for _ in range(iterations):
        v = _unit(u @ fixed.T)
        u = _unit(v @ fixed)
    sigma = v @ matrix @ u.T
    return kernel / sigma[0, 0], u


@register("layers")
class SpectralNormalization(Wrapper):
    """Keeps the largest singular value of a layer's kernel at 1.

    In training, each call divides the kernel by the current estimate.

    Args:
        layer: layer with a `kernel` or `embeddings`.
        power_iterations: number of power iterations per call.
        **kwargs: `name`, `dtype`, `trainable`.

    Example:
        >>> import numpy as np, addax
        >>> SpectralNormalization(addax.layers.Dense(4))(np.ones((2, 3)), training=True).shape
        (2, 4)

    Reference: Miyato et al. 2018, https://arxiv.org/abs/1802.05957.
    """

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = errors.positive_int(
            "SpectralNormalization", "power_iterations", power_iterations
        )

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Build the layer inside and make `vector_u`."""
        super().build(input_shape)
        self.kernel: Any = getattr(self.layer, "kernel", None)
        if self.kernel is None:
            self.kernel = getattr(self.layer, "embeddings", None)
        if self.kernel is None:
            raise ValueError(
                f"`layer` of SpectralNormalization '{self.name}' must have a weight `kernel` or "
                f"`embeddings`. Received: layer={self.layer!r}"
            )
        self._own_weights.append(self.kernel)  # before `vector_u`, as in Keras' files
        self.vector_u = self.add_weight(
            name="vector_u",
            shape=(1, self.kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
        )

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        """Return the layer's output, with the kernel normalized first when `training`."""
        if training:
            kernel, u = spectral(self.kernel, self.vector_u, self.power_iterations)
            self.vector_u.assign(u)
            self.kernel.assign(kernel)
        return self.layer(inputs)

"""`TorchModuleWrapper`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class TorchModuleWrapper(Layer):
    """Present for Keras code, and refused with what to do instead.

    Args:
        module: a `torch.nn.Module`.
        name: name of the layer.
        output_shape: shape of the output.
        **kwargs: further arguments of `Layer`.

    Raises:
        NotImplementedError: always.
    """

    def __init__(
        self,
        module: Any,
        name: str | None = None,
        output_shape: Any = None,
        **kwargs: Any,
    ) -> None:
        raise NotImplementedError(
            "`TorchModuleWrapper` needs PyTorch to compute the gradients, which a compiled "
            "training step of Addax cannot call. Rebuild the module with layers and copy its "
            "weights with `set_weights`."
        )

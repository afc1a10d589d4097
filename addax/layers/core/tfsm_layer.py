"""`TFSMLayer`."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class TFSMLayer(Layer):
    """Present for Keras code, and refused with what to do instead.

    Args:
        filepath: folder of the SavedModel.
        call_endpoint: function to call.
        call_training_endpoint: function to call in training.
        trainable: whether it is trained.
        name: name of the layer.
        dtype: dtype of the layer.

    Raises:
        NotImplementedError: always.
    """

    def __init__(
        self,
        filepath: Any,
        call_endpoint: str = "serve",
        call_training_endpoint: str | None = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        raise NotImplementedError(
            "`TFSMLayer` runs a SavedModel of TensorFlow, which holds TensorFlow's code; Addax "
            "cannot run it. Load the model in TensorFlow, save it as `.keras`, and use "
            "`models.load_model`."
        )

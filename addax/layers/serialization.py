"""Layers to configs and back."""

from __future__ import annotations

from typing import Any

from addax.core import registry
from addax.layers.base import Layer


def serialize(layer: Layer) -> dict[str, Any]:
    """Return the config of a layer with its class name.

    Args:
        layer: the layer.

    Example:
        >>> import addax
        >>> serialize(addax.layers.Flatten())["class_name"]
        'Flatten'
    """
    return registry.serialize_object(layer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Layer:
    """Return the layer that `serialize` wrote.

    Args:
        config: what `serialize` returned.
        custom_objects: own classes and functions by name.

    Raises:
        ValueError: if a class or function is not known, or it is not a layer.

    Example:
        >>> import addax
        >>> deserialize(serialize(addax.layers.Dense(3))).units
        3
    """
    layer = registry.deserialize(config, custom_objects, kind="layers")
    if not isinstance(layer, Layer):
        raise ValueError(f"`config` must be that of a layer. Received: {config}")
    return layer

"""Serialization with the parameters of Keras 2: `addax.utils.legacy`."""

from __future__ import annotations

from typing import Any

from addax.core import registry


def serialize_keras_object(instance: Any) -> Any:
    """Return the config of an object or a function, JSON-ready.

    Args:
        instance: None, an object with `get_config`, or a function.

    Example:
        >>> import addax
        >>> serialize_keras_object(addax.activations.relu)
        'relu'
    """
    return registry.serialize(instance)


def deserialize_keras_object(
    identifier: Any = None,
    module_objects: dict[str, Any] | None = None,
    custom_objects: dict[str, Any] | None = None,
    printable_module_name: str = "object",
    safe_mode: bool = True,
    *,
    config: Any = None,
) -> Any:
    """Return the object of a config or a name.

    Args:
        identifier: what `serialize_keras_object` returned, or a name.
        module_objects: classes and functions by name.
        custom_objects: own classes and functions by name; they go first.
        printable_module_name: for the message when a name is not known.
        safe_mode: accepted; code in configs is never run.
        config: another name of `identifier`.

    Raises:
        ValueError: if a name is not known.

    Example:
        >>> deserialize_keras_object("double", {"double": lambda x: 2 * x})(4)
        8
    """
    identifier = config if identifier is None else identifier
    objects = {**(module_objects or {}), **(custom_objects or {})}
    if not isinstance(identifier, str):
        return registry.deserialize(identifier, objects)
    try:
        with registry.extra_objects(objects):
            return registry.find_anywhere(identifier)
    except ValueError:
        raise ValueError(
            f"Unknown {printable_module_name}: {identifier!r}. Pass it in `custom_objects`, or "
            "register it with `register_keras_serializable`."
        ) from None

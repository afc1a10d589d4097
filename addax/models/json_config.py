"""Models from the texts and dicts that `to_json` and `get_config` give."""

from __future__ import annotations

import json
from typing import Any

from addax.core import registry
from addax.models.model import Model


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return a model, with new weights, from `to_json` text.

    Args:
        json_string: what `to_json` returned, in Addax, Keras 3 or Keras 2.
        custom_objects: own classes and functions by name.

    Raises:
        ValueError: if it is not the text of a model, or names something unknown.

    Example:
        >>> import addax
        >>> model = addax.Sequential([addax.Input((3,)), addax.layers.Dense(2)])
        >>> model_from_json(model.to_json()).count_params()
        8
    """
    try:
        config = json.loads(json_string)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"`json_string` must be the text `to_json()` returned: {error}") from None
    return model_from_config(config, custom_objects)


def model_from_config(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return a model, with new weights, from its serialized config.

    Args:
        config: dict with `class_name` and `config`.
        custom_objects: own classes and functions by name.

    Raises:
        ValueError: if it is not the config of a model.
    """
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"A config of a model has a `class_name`. Received: {config!r:.100}")
    with registry.extra_objects(custom_objects):
        model = registry.deserialize(config)
        if not isinstance(model, Model):
            raise ValueError(f"The config is not one of a model: {config['class_name']!r}")
        compile_config = config.get("compile_config")
        if compile_config:
            model.compile_from_config(compile_config)
    return model

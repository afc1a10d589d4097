"""Model architectures as YAML text, as Keras 2 wrote them.

YAML 1.2 contains JSON, so the text is JSON with line breaks: every YAML reader takes it, and
reading it back needs no YAML library. Files written by Keras 2 need PyYAML, and are read with
its `safe_load` only.
"""

from __future__ import annotations

import importlib
import json
from typing import Any

from addax import models


def to_yaml(self: Any, **kwargs: Any) -> str:
    """Return the model's architecture as YAML text.

    Args:
        self: the model.
        **kwargs: passed on to the JSON writer, such as `indent=4`.
    """
    return json.dumps(json.loads(self.to_json()), **{"indent": 2, **kwargs})


def model_from_yaml(yaml_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return a model, with new weights, from `to_yaml` text.

    Args:
        yaml_string: what `to_yaml` returned.
        custom_objects: own classes and functions by name.

    Raises:
        ImportError: if the text is not in the JSON subset of YAML and PyYAML is not installed.
    """
    return models.model_from_json(json.dumps(_parse(yaml_string)), custom_objects=custom_objects)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        raise ImportError(
            "This YAML text was not written by Addax, and reading it needs PyYAML: "
            "`pip install pyyaml`."
        ) from None
    return yaml.safe_load(text)

"""The parts of the `tensorboard` package that are used, imported when first needed."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

_MISSING = (
    "{owner} writes files for TensorBoard and needs the package `tensorboard` (not TensorFlow). "
    "Install it: pip install 'addax[tensorboard]'"
)
_PROTO = "tensorboard.compat.proto"


def require(owner: str) -> None:
    """Raise an ImportError that names the extra if `tensorboard` is not installed.

    Args:
        owner: what needs it, as the message shall call it.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise ImportError(_MISSING.format(owner=owner))


@functools.cache
def protos() -> SimpleNamespace:
    """Return the message classes of TensorBoard's files, by their names.

    Raises:
        ImportError: if `tensorboard` is not installed.
    """
    require("Addax")
    _keep_to_the_stub()
    found: dict[str, Any] = {}
    for module, names in {
        f"{_PROTO}.event_pb2": "Event",
        f"{_PROTO}.summary_pb2": "Summary SummaryMetadata",
        f"{_PROTO}.graph_pb2": "GraphDef",
        f"{_PROTO}.types_pb2": "DT_FLOAT DT_STRING DataType",
        f"{_PROTO}.tensor_pb2": "TensorProto",
        f"{_PROTO}.tensor_shape_pb2": "TensorShapeProto",
        "tensorboard.plugins.projector.projector_config_pb2": "ProjectorConfig",
    }.items():
        loaded = importlib.import_module(module)
        found.update({name: getattr(loaded, name) for name in names.split()})
    return SimpleNamespace(**found)


def _keep_to_the_stub() -> None:
    """Let `tensorboard` use its own stand-in for TensorFlow, unless the real one is there.

    Where scripts run with Addax in the place of TensorFlow, `tensorboard` would take Addax for it.
    It asks for the module `notf` first, which says that TensorFlow shall not be looked for.
    """
    loaded = sys.modules.get("tensorflow")
    spec = importlib.util.find_spec("tensorflow") if loaded is None else loaded.__spec__
    if spec is None or spec.origin is None:  # an alias has no file
        name = "tensorboard.compat.notf"
        sys.modules.setdefault(name, ModuleType(name))

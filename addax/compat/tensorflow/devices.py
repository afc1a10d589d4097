"""TensorFlow's questions about devices, and its switches that mean nothing here."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from addax.core.variable import name_scope as name_scope
from addax.core.variable import outside
from addax.engine import engine

_NO_GRAPH_MODE = (
    "Addax has no graph mode: `Session`, `placeholder` feeds and `disable_eager_execution` of "
    "TensorFlow 1 cannot run. Remove the call; code in TensorFlow 2's style runs as it is."
)


class PhysicalDevice(NamedTuple):
    """A device.

    Attributes:
        name: such as `"/physical_device:GPU:0"`.
        device_type: `"CPU"`, `"GPU"` or `"TPU"`.
    """

    name: str
    device_type: str


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Return the devices that Addax can use.

    Args:
        device_type: `"CPU"`, `"GPU"` or `"TPU"`; None for all.
    """
    kinds: list[str] = ["CPU", *_accelerators()]
    found = [
        PhysicalDevice(f"/physical_device:{kind}:{kinds[:index].count(kind)}", kind)
        for index, kind in enumerate(kinds)
    ]
    return [device for device in found if device_type in (None, device.device_type)]


def _accelerators() -> list[str]:
    names = {"cuda": "GPU", "rocm": "GPU", "gpu": "GPU", "metal": "GPU", "tpu": "TPU"}
    kinds = (str(getattr(device, "platform", device)) for device in engine.devices())
    return [names[kind] for kind in kinds if kind in names]


list_logical_devices = list_physical_devices
get_visible_devices = list_physical_devices


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Return whether there is a GPU."""
    return bool(list_physical_devices("GPU"))


def is_built_with_cuda() -> bool:
    """Return whether there is a GPU: Addax itself is not built for one."""
    return is_gpu_available()


def gpu_device_name() -> str:
    """Return the name of the first GPU, `""` when there is none."""
    return "/device:GPU:0" if is_gpu_available() else ""


@contextlib.contextmanager
def device(name: Any) -> Iterator[None]:
    """Do nothing: Addax places computations itself."""
    yield


def init_scope() -> AbstractContextManager[None]:
    """Return a context that computes at once, also in a function that is being compiled."""
    return outside()


def _ignored(name: str, why: str) -> Any:
    def function(*args: Any, **kwargs: Any) -> None:
        pass

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Do nothing: {why}."
    return function


enable_op_determinism = _ignored("enable_op_determinism", "results are deterministic anyway")
set_inter_op_parallelism_threads = _ignored("set_inter_op_parallelism_threads", "threads are XLA's")
set_intra_op_parallelism_threads = _ignored("set_intra_op_parallelism_threads", "threads are XLA's")
set_jit = _ignored("set_jit", "everything is compiled")
set_memory_growth = _ignored("set_memory_growth", "memory is the engine's affair")
set_soft_device_placement = _ignored("set_soft_device_placement", "Addax places by itself")
set_visible_devices = _ignored("set_visible_devices", "set CUDA_VISIBLE_DEVICES instead")


def set_verbosity(level: int) -> None:
    """Set the level of Addax' logger.

    Args:
        level: a level of the module `logging`.
    """
    logging.getLogger("addax").setLevel(level)


def disable_eager_execution() -> None:
    """Refuse: there is no graph mode.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(_NO_GRAPH_MODE)


disable_v2_behavior = disable_eager_execution

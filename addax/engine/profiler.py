"""The engine's profiler, whose records TensorBoard's profile tab shows."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any

import jax


def start_profile(log_dir: str | os.PathLike[str]) -> None:
    """Begin to record what host and devices do.

    Args:
        log_dir: folder of the run; the record is put below `plugins/profile`.

    Raises:
        RuntimeError: if a record is being made already.
    """
    jax.profiler.start_trace(os.fspath(log_dir))


def stop_profile() -> None:
    """Wait for the devices, end the record and write it.

    Raises:
        RuntimeError: if none is being made.
    """
    jax.block_until_ready(jax.numpy.zeros(()) + 0)
    jax.profiler.stop_trace()


def profile_step(name: str, number: int) -> AbstractContextManager[Any]:
    """Mark a training step in the record; the profile tab shows times per step."""
    return jax.profiler.StepTraceAnnotation(name, step_num=number)

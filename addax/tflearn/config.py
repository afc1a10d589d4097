"""Settings of the whole program."""

from __future__ import annotations

from typing import Any

from addax.core.variable import set_random_seed


def init_graph(
    seed: int | None = None,
    log_device: bool = False,
    num_cores: int = 0,
    gpu_memory_fraction: float = 0,
    soft_placement: bool = True,
) -> Any:
    """Set the seed of all random numbers; the other settings are accepted, without effect.

    Args:
        seed: an integer, or None to leave the seed as it is.
        log_device: accepted, has no effect.
        num_cores: accepted, has no effect.
        gpu_memory_fraction: accepted, has no effect.
        soft_placement: accepted, has no effect.

    Example:
        >>> init_graph(seed=1)
    """
    if seed is not None:
        set_random_seed(seed)

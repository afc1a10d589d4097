"""The order in which XLA runs the operations of a training loop on a CPU.

XLA's default order runs as many operations at once as there are. Products and convolutions use
all cores by themselves; what runs beside them takes a core from one of their halves, and the
other half waits. One after another, measured on 2 cores of an AMD Zen 5, as time of a step
beside the default order: MLP 784-300-100-10 0.90, CIFAR CNN 0.92, 10000-16-16-1 1.01, the
rest of `bench` the same within noise.
"""

from __future__ import annotations

import functools
import os

import jax

_ONE_AFTER_ANOTHER = {"xla_cpu_scheduler_type": "CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"}


@functools.cache
def compiler_options() -> dict[str, str]:
    """Return options for `jax.jit` of functions that are never called by compiled ones.

    None on other devices, where `XLA_FLAGS` chooses an order, and where XLA does not know them.
    """
    if jax.default_backend() != "cpu" or "_scheduler" in os.environ.get("XLA_FLAGS", ""):
        return {}
    try:
        with jax.core.eval_context():  # even if something is being traced
            jax.jit(lambda: 0, compiler_options=_ONE_AFTER_ANOTHER)()
    except jax.errors.JaxRuntimeError:  # an option of another release
        return {}
    return _ONE_AFTER_ANOTHER

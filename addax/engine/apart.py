"""Functions that XLA compiles apart from the code around them.

XLA fuses elementwise code into each of its readers, and computes it once for each. A result
that is small, read often and made of large arrays had better be stored.
`lax.optimization_barrier` does not help: XLA removes barriers before it fuses.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import jax

F = TypeVar("F", bound=Callable[..., Any])


def apart(function: F) -> F:
    """Make a program call `function` instead of taking over its code.

    The results are the same without it; they may only take longer. Functions under `jax.jit`
    that are called inside are compiled apart as well: use `lax` there.

    Example:
        >>> int(apart(lambda x: x + 1)(1))
        2
    """
    compiled = jax.jit(function)

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        from jax.experimental.xla_metadata import set_xla_metadata

        with set_xla_metadata(inlineable="false"):
            return compiled(*args)

    return cast(F, call)

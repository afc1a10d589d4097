"""Value and gradient of imperative code with respect to Variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from addax.core.tensor import raw
from addax.core.variable import Variable, scope
from addax.engine import engine


def value_and_grad(
    function: Callable[[], tuple[Any, Any]], variables: Sequence[Variable]
) -> tuple[Any, Any, list[Any]]:
    """Run `function` once, forward and backward.

    Assignments that `function` makes to other Variables take effect, as they would
    without differentiation.

    Args:
        function: returns `(loss, extra)`; `loss` is a scalar, `extra` any structure
            of tensors.
        variables: what to differentiate by.

    Returns: `(loss, extra, gradients)`, raw arrays but for `extra`.
    """
    assigned: list[Variable] = []

    def pure(values: list[Any]) -> tuple[Any, tuple[Any, list[Any]]]:
        given = dict(zip(variables, values, strict=True))
        with scope(dict(given)) as env:
            loss, extra = function()
        changed = [v for v, value in env.items() if v not in given or value is not given[v]]
        assigned[:] = changed
        return raw(loss), (extra, [env[v] for v in changed])

    (loss, (extra, values)), gradients = engine.value_and_grad(pure, has_aux=True)(
        [variable.raw for variable in variables]
    )
    for variable, value in zip(assigned, values, strict=True):
        variable.assign(value)
    return loss, extra, gradients

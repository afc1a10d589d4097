"""Makes a function of an op: same work, other parameter names."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

_POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD


def _parameters(text: str) -> tuple[list[inspect.Parameter], set[str]]:
    """Read parameters from text; also return the names of those that go by keyword."""
    parameters, by_keyword = [], set()
    for word in text.split():
        name, _, default = word.removeprefix("->").partition("=")
        if word.startswith("->"):
            by_keyword.add(name)
        value = ast.literal_eval(default) if default else inspect.Parameter.empty
        parameters.append(inspect.Parameter(name, _POSITIONAL, default=value))
    return parameters, by_keyword


def renamed_op(label: str, op: Callable[..., Any], text: str) -> Callable[..., Any]:
    """Return `op` under another name, with other parameter names.

    Args:
        label: the new name, with its namespace: `"tf.reduce_sum"`.
        op: the function to call.
        text: the new parameters, `name` or `name=default`, which go to `op` by position;
            `->name` goes to it by keyword. A last parameter `name`, which is ignored, is added.

    Example:
        >>> power = renamed_op("K.pow", lambda x1, x2: x1**x2, "x a=2")
        >>> power(3), power(x=2, a=3, name="cube")
        (9, 8)
    """
    parameters, by_keyword = _parameters(text)
    last = inspect.Parameter("name", _POSITIONAL, default=None)
    signature = inspect.Signature([*parameters, last])

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{label}{signature}: {error}") from None
        bound.apply_defaults()
        values = {key: bound.arguments[key] for key in (p.name for p in parameters)}
        keywords = {key: values.pop(key) for key in by_keyword}
        return op(*values.values(), **keywords)

    function.__name__ = function.__qualname__ = label.rpartition(".")[2]
    function.__doc__ = op.__doc__
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function

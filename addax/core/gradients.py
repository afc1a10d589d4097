"""Gradients of functions: `grad` and `value_and_grad`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from addax import config, tree
from addax.core.dtypes import is_float
from addax.core.graph import wrap
from addax.core.tape import GradientTape
from addax.core.tensor import TensorLike
from addax.engine import engine


def value_and_grad(
    fun: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    has_aux: bool = False,
    variables: Any = None,
) -> Callable[..., Any]:
    """Return a function for the value of `fun` and its gradient.

    Args:
        fun: function that returns a scalar tensor, or `(scalar, anything)` with `has_aux`.
            It may assign Variables.
        argnums: position of the argument to differentiate by, or several; each may be a
            tensor, array, number, Variable or a structure of them. Default: 0, or none
            when `variables` are given.
        has_aux: whether `fun` returns a pair; its second part is passed on.
        variables: a Variable or a structure of Variables to differentiate by.

    Returns: a function with the arguments of `fun` that returns `(value, gradient)`,
        `value` being the pair with `has_aux`. The gradient has the structure of the
        argument (a tuple of them for several), or of `variables`; with both, it is a
        pair. Where the value does not depend on something, it is zero.

    Raises:
        TypeError: if `fun` is not callable or does not return a scalar, or the argument
            holds no floats.
        ValueError: if `argnums` is out of range.

    Example:
        >>> import addax
        >>> value, slope = value_and_grad(lambda x: x**2)(3.0)
        >>> float(value), float(slope)
        (9.0, 6.0)
        >>> w = addax.Variable(2.0)
        >>> _, slope = value_and_grad(lambda x: w * w * x, variables=w)(5.0)
        >>> float(slope)
        20.0
    """
    if not callable(fun):
        raise TypeError(f"`fun` of `value_and_grad` must be callable. Received: {fun!r}")
    if argnums is None and variables is None:
        argnums = 0
    positions = [argnums] if isinstance(argnums, int) else list(argnums or ())

    @functools.wraps(fun)
    def differentiated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        chosen = [_argument(args, position) for position in positions]
        whole = list(args)
        for position, value in zip(positions, chosen, strict=True):
            whole[position] = value
        sources = (chosen, variables)
        flat = [leaf for leaf in tree.flatten(sources) if _is_source(leaf)]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(flat)
            output = fun(*whole, **kwargs)
        loss = _scalar(output[0] if has_aux else output)
        found = iter(tape.gradient(loss, flat, unconnected_gradients="zero"))
        gradients = tree.map_structure(
            lambda leaf: next(found) if _is_source(leaf) else None, sources
        )
        return output, _arrange(gradients, argnums, variables is not None)

    return differentiated


def grad(
    fun: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    has_aux: bool = False,
    variables: Any = None,
) -> Callable[..., Any]:
    """Return a function for the gradient of `fun`.

    Args:
        fun: function that returns a scalar tensor, or `(scalar, anything)` with `has_aux`.
        argnums: position of the argument to differentiate by, or several; default: 0, or
            none when `variables` are given.
        has_aux: whether `fun` returns a pair; then the result is `(gradient, second part)`.
        variables: a Variable or a structure of Variables to differentiate by.

    Returns: a function with the arguments of `fun`; for its result see `value_and_grad`.

    Example:
        >>> float(grad(grad(lambda x: x**3))(2.0))
        12.0
    """
    both = value_and_grad(fun, argnums, has_aux, variables)

    @functools.wraps(fun)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return differentiated


def _argument(args: tuple[Any, ...], position: int) -> Any:
    """Return an argument with numbers and arrays as tensors."""
    if not -len(args) <= position < len(args):
        raise ValueError(
            f"`argnums` must name positional arguments. Received: argnums={position} and "
            f"{len(args)} positional arguments"
        )
    argument = tree.map_structure(_as_source, args[position])
    if not any(map(_is_source, tree.flatten(argument))):
        raise TypeError(
            "The argument to differentiate by must hold floats; write 3.0 for 3. "
            f"Received: {args[position]!r} (argument {position})"
        )
    return argument


def _as_source(leaf: Any) -> Any:
    if leaf is None or isinstance(leaf, (TensorLike, str)):
        return leaf
    return wrap(engine.asarray(leaf, config.floatx() if isinstance(leaf, float) else None))


def _is_source(leaf: Any) -> bool:
    return isinstance(leaf, TensorLike) and is_float(leaf.dtype)


def _scalar(loss: Any) -> Any:
    if not isinstance(loss, TensorLike) or loss.shape != ():
        shape = getattr(loss, "shape", None)
        raise TypeError(
            "The function to differentiate must return a scalar tensor (use `ops.sum` or "
            "`ops.mean`), or a pair when `has_aux=True`. Received: "
            f"{type(loss).__name__}{'' if shape is None else f' of shape {tuple(shape)}'}"
        )
    return loss


def _arrange(gradients: Any, argnums: Any, with_variables: bool) -> Any:
    of_arguments, of_variables = gradients
    if argnums is None:
        return of_variables
    chosen = of_arguments[0] if isinstance(argnums, int) else tuple(of_arguments)
    return (chosen, of_variables) if with_variables else chosen

"""Functions of the C sources as JAX primitives: derivatives of any order, and `vmap`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax

Array = Any
Function = Callable[..., Array]


def make(name: str, plain: Function, lower: Callable[..., Any] | None = None) -> Any:
    """Return a primitive that is `plain` wherever it is not compiled for a CPU.

    Args:
        name: its name, and that of the function in C unless `lower` says otherwise.
        plain: the same in JAX's own operations, of arrays and keyword arguments.
        lower: `lower(context, *operands, **options)` emits the call.
    """
    # what is imported here takes a while, and most programs do without
    from jax.extend.core import Primitive
    from jax.interpreters import batching, mlir

    def shaped(*operands: Any, **options: Any) -> Any:
        result = jax.eval_shape(functools.partial(plain, **options), *operands)
        return jax.core.ShapedArray(result.shape, result.dtype)

    def batched(
        operands: Sequence[Array], axes: Sequence[int | None], **options: Any
    ) -> tuple[Array, int]:
        each = functools.partial(plain, **options)
        return jax.vmap(each, in_axes=tuple(axes))(*operands), 0

    primitive = Primitive(name)
    primitive.def_abstract_eval(shaped)
    primitive.def_impl(plain)
    batching.primitive_batchers[primitive] = batched
    mlir.register_lowering(primitive, mlir.lower_fun(plain, multiple_results=False))
    mlir.register_lowering(primitive, lower or jax.ffi.ffi_lowering(name), platform="cpu")
    return primitive


def make_bilinear(name: str, plain: Function, lower: Callable[..., Any] | None = None) -> Any:
    """Return a primitive of two operands, linear in each, with the derivatives of `plain`."""
    from jax.interpreters import ad

    def by_left(cotangent: Array, left: Any, right: Array, **options: Any) -> Array:
        given = jax.ShapeDtypeStruct(left.aval.shape, left.aval.dtype)
        return jax.linear_transpose(lambda a: plain(a, right, **options), given)(cotangent)[0]

    def by_right(cotangent: Array, left: Array, right: Any, **options: Any) -> Array:
        given = jax.ShapeDtypeStruct(right.aval.shape, right.aval.dtype)
        return jax.linear_transpose(lambda b: plain(left, b, **options), given)(cotangent)[0]

    primitive = make(name, plain, lower)
    ad.defbilinear(primitive, by_left, by_right)
    return primitive


def call_with_memory(
    target: str,
    context: Any,
    operands: Sequence[Any],
    shapes: Sequence[Sequence[int]],
    aliases: dict[int, int] | None = None,
) -> Any:
    """Emit a call that gets memory of these shapes after its one result, to write what it likes."""
    (out,) = context.avals_out
    memory = [jax.core.ShapedArray(tuple(shape), out.dtype) for shape in shapes]
    call = jax.ffi.ffi_lowering(target, operand_output_aliases=aliases)
    return call(context.replace(avals_out=[out, *memory]), *operands)[:1]

"""Kernel gradients that are added to their kernels where they arise, without being stored.

Plain gradient descent computes `kernel + scale * (x.T @ gradient)`. As one operation it reads and
writes the kernel once; as three it also writes and reads the gradient, which is as large. The
step of MLP 784-300-100-10 takes 0.75 of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import jax

from addax.engine.native.products import PRODUCT_OVER_ROWS, primitives


def merge_updates(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with such updates as one operation; arguments and results are the same."""
    from jax.extend.core import jaxpr_as_fun

    def call(*args: Any) -> Any:
        closed, shapes = jax.make_jaxpr(function, return_shape=True)(*args)
        leaves = jaxpr_as_fun(merged(closed))(*jax.tree.leaves(args))
        return jax.tree.unflatten(jax.tree.structure(shapes), leaves)

    return call


def merged(closed: Any) -> Any:
    """Return what was traced with every `kernel + scale * product` as one equation."""
    jaxpr = closed.jaxpr
    if not any(eqn.primitive.name == PRODUCT_OVER_ROWS for eqn in jaxpr.eqns):
        return closed
    read = [*jaxpr.outvars, *(v for eqn in jaxpr.eqns for v in eqn.invars)]
    uses = Counter(map(id, read))  # literals cannot be hashed
    sources = {id(v): eqn for eqn in jaxpr.eqns for v in eqn.outvars if uses[id(v)] == 1}
    replaced, dropped = {}, set()
    for eqn in jaxpr.eqns:
        found = _update(eqn, sources) if eqn.primitive.name == "add" else None
        if found is not None:
            scaled, product, operands = found
            one = primitives().add_product_over_rows
            replaced[id(eqn)] = eqn.replace(primitive=one, invars=operands, params={})
            dropped |= {id(scaled), id(product)}
    eqns = [replaced.get(id(eqn), eqn) for eqn in jaxpr.eqns if id(eqn) not in dropped]
    return closed.replace(jaxpr=jaxpr.replace(eqns=eqns))


def _update(eqn: Any, sources: dict[int, Any]) -> tuple[Any, Any, list[Any]] | None:
    """Return the scaling, the product and the operands of a sum that is an update, else None."""
    for kernel, term in _both_ways(eqn):
        scaled = sources.get(id(term))
        if scaled is None or scaled.primitive.name != "mul":
            continue
        for scale, gradient in _both_ways(scaled):
            product = sources.get(id(gradient))
            if (
                product is not None
                and product.primitive.name == PRODUCT_OVER_ROWS
                and kernel.aval.shape == gradient.aval.shape
                and scale.aval.shape == ()
            ):
                return scaled, product, [*product.invars, kernel, scale]
    return None


def _both_ways(eqn: Any) -> tuple[Any, Any]:
    return eqn.invars, eqn.invars[::-1]

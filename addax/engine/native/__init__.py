"""Products in C, compiled for the processor at hand by the system's compiler; see `library`."""

from addax.engine.native.convolutions import convolve, convolves, kernel_gradient
from addax.engine.native.products import is_kernel, multiplies, product
from addax.engine.native.updates import with_updates_in_place

__all__ = [
    "convolve",
    "convolves",
    "is_kernel",
    "kernel_gradient",
    "multiplies",
    "product",
    "with_updates_in_place",
]

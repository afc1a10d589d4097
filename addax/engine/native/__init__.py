"""Products in C, compiled for the processor at hand by the system's compiler; see `library`."""

from addax.engine.native.convolutions import convolve, convolves, kernel_gradient
from addax.engine.native.products import is_kernel, multiplies, product
from addax.engine.native.updates import merge_updates, merged

__all__ = [
    "convolve",
    "convolves",
    "is_kernel",
    "kernel_gradient",
    "merge_updates",
    "merged",
    "multiplies",
    "product",
]

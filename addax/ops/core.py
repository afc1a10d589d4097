"""Conversion, control flow and indexing: the names of Keras' `ops.core`."""

from addax.ops.control import associative_scan as associative_scan
from addax.ops.control import cond as cond
from addax.ops.control import custom_gradient as custom_gradient
from addax.ops.control import fori_loop as fori_loop
from addax.ops.control import map as map
from addax.ops.control import scan as scan
from addax.ops.control import stop_gradient as stop_gradient
from addax.ops.control import switch as switch
from addax.ops.control import vectorized_map as vectorized_map
from addax.ops.control import while_loop as while_loop
from addax.ops.math import cast as cast
from addax.ops.shaping import convert_to_numpy as convert_to_numpy
from addax.ops.shaping import convert_to_tensor as convert_to_tensor
from addax.ops.shaping import is_tensor as is_tensor
from addax.ops.shaping import scatter as scatter
from addax.ops.shaping import scatter_update as scatter_update
from addax.ops.shaping import shape as shape
from addax.ops.shaping import slice as slice
from addax.ops.shaping import slice_update as slice_update
from addax.ops.shaping import unstack as unstack
from addax.ops.special import dtype as dtype
from addax.ops.special import saturate_cast as saturate_cast

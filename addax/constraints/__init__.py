"""Constraints on weights: `addax.constraints`."""

from functools import partial

from addax.constraints.constraints import Constraint as Constraint
from addax.constraints.constraints import MaxNorm as MaxNorm
from addax.constraints.constraints import MinMaxNorm as MinMaxNorm
from addax.constraints.constraints import NonNeg as NonNeg
from addax.constraints.constraints import UnitNorm as UnitNorm
from addax.core import registry

get = partial(registry.get, "constraints")
serialize = registry.serialize
deserialize = partial(registry.deserialize, kind="constraints")

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm

"""Regularizers of weights and activations: `addax.regularizers`."""

from functools import partial

from addax.core import registry
from addax.regularizers.regularizers import L1 as L1
from addax.regularizers.regularizers import L1L2 as L1L2
from addax.regularizers.regularizers import L2 as L2
from addax.regularizers.regularizers import OrthogonalRegularizer as OrthogonalRegularizer
from addax.regularizers.regularizers import Regularizer as Regularizer

get = partial(registry.get, "regularizers")
serialize = registry.serialize
deserialize = partial(registry.deserialize, kind="regularizers")

l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

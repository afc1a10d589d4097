"""16-bit computation with 32-bit weights: `addax.mixed_precision`."""

from addax.core.dtypes import DTypePolicy as DTypePolicy
from addax.core.dtypes import dtype_policy as dtype_policy
from addax.core.dtypes import set_dtype_policy as set_dtype_policy
from addax.optimizers import LossScaleOptimizer as LossScaleOptimizer

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

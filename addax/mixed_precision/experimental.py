"""The names of `mixed_precision` in TensorFlow 2.1 to 2.4."""

from addax.mixed_precision import LossScaleOptimizer as LossScaleOptimizer
from addax.mixed_precision import Policy as Policy
from addax.mixed_precision import global_policy as global_policy
from addax.mixed_precision import set_global_policy as set_policy

__all__ = ["LossScaleOptimizer", "Policy", "global_policy", "set_policy"]

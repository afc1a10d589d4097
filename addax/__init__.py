"""Addax: the Keras API on an engine that compiles the training epoch.

`import addax as keras` is a drop-in; `python -m addax run script.py` runs scripts that
import keras, tensorflow.keras or tflearn as they are.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from addax import activations as activations
from addax import callbacks as callbacks
from addax import config as config
from addax import constraints as constraints
from addax import initializers as initializers
from addax import layers as layers
from addax import losses as losses
from addax import metrics as metrics
from addax import models as models
from addax import ops as ops
from addax import optimizers as optimizers
from addax import regularizers as regularizers
from addax import saving as saving
from addax import utils as utils
from addax.core.dtypes import DTypePolicy as DTypePolicy
from addax.core.function import function as function
from addax.core.function import functions_run_eagerly as functions_run_eagerly
from addax.core.function import run_functions_eagerly as run_functions_eagerly
from addax.core.gradients import grad as grad
from addax.core.gradients import value_and_grad as value_and_grad
from addax.core.tape import GradientTape as GradientTape
from addax.core.tensor import Symbolic as Symbolic
from addax.core.tensor import Tensor as Tensor
from addax.core.variable import SeedGenerator as SeedGenerator
from addax.core.variable import Variable as Variable
from addax.core.variable import name_scope as name_scope
from addax.initializers import Initializer as Initializer
from addax.layers import Input as Input
from addax.layers import InputSpec as InputSpec
from addax.layers import Layer as Layer
from addax.losses import Loss as Loss
from addax.metrics import Metric as Metric
from addax.models import Model as Model
from addax.models import Sequential as Sequential
from addax.optimizers import Optimizer as Optimizer
from addax.regularizers import Regularizer as Regularizer

__version__ = "0.1.0"

KerasTensor = Symbolic

# Imported when first used: nothing above needs them.
_LAZY = (
    "applications", "backend", "datasets", "dtype_policies", "mixed_precision", "preprocessing",
    "random", "tflearn", "tuner",
)  # fmt: skip

# Old names live in `compat` alone: without that folder, the rest works as it is.
if importlib.util.find_spec("addax.compat") is not None:
    from addax import compat as compat
    from addax.compat import install as install
    from addax.compat import uninstall as uninstall

    compat.attach()


def version() -> str:
    """Return the version of Addax."""
    return __version__


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        try:
            return importlib.import_module(f"addax.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"addax.{name}":
                raise
    raise AttributeError(f"module 'addax' has no attribute {name!r}")

"""Activation functions: `addax.activations`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from addax.activations.functions import celu as celu
from addax.activations.functions import elu as elu
from addax.activations.functions import exponential as exponential
from addax.activations.functions import gelu as gelu
from addax.activations.functions import glu as glu
from addax.activations.functions import hard_shrink as hard_shrink
from addax.activations.functions import hard_sigmoid as hard_sigmoid
from addax.activations.functions import hard_silu as hard_silu
from addax.activations.functions import hard_swish as hard_swish
from addax.activations.functions import hard_tanh as hard_tanh
from addax.activations.functions import leaky_relu as leaky_relu
from addax.activations.functions import linear as linear
from addax.activations.functions import log_sigmoid as log_sigmoid
from addax.activations.functions import log_softmax as log_softmax
from addax.activations.functions import mish as mish
from addax.activations.functions import relu as relu
from addax.activations.functions import relu6 as relu6
from addax.activations.functions import selu as selu
from addax.activations.functions import sigmoid as sigmoid
from addax.activations.functions import silu as silu
from addax.activations.functions import soft_shrink as soft_shrink
from addax.activations.functions import softmax as softmax
from addax.activations.functions import softplus as softplus
from addax.activations.functions import softsign as softsign
from addax.activations.functions import sparse_plus as sparse_plus
from addax.activations.functions import sparse_sigmoid as sparse_sigmoid
from addax.activations.functions import sparsemax as sparsemax
from addax.activations.functions import squareplus as squareplus
from addax.activations.functions import swish as swish
from addax.activations.functions import tanh as tanh
from addax.activations.functions import tanh_shrink as tanh_shrink
from addax.activations.functions import threshold as threshold
from addax.core import registry

serialize = registry.serialize
deserialize = partial(registry.deserialize, kind="activations")


def get(identifier: Any) -> Callable[..., Any]:
    """Return an activation from None (linear), a name, a config or a callable.

    Raises:
        ValueError: if there is no activation of this name.

    Example:
        >>> get("relu")([-1.0, 1.0]).numpy()
        array([0., 1.], dtype=float32)
    """
    return linear if identifier is None else registry.get("activations", identifier)

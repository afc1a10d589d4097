"""Optimizers: how gradients change weights."""

from __future__ import annotations

import functools

from addax.core import registry
from addax.core.registry import deserialize as deserialize
from addax.core.registry import serialize as serialize
from addax.optimizers.adam import Adam as Adam
from addax.optimizers.adam import AdamW as AdamW
from addax.optimizers.base import Optimizer as Optimizer
from addax.optimizers.rmsprop import RMSprop as RMSprop
from addax.optimizers.sgd import SGD as SGD

get = functools.partial(registry.get, "optimizers")

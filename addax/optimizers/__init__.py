"""Optimizers: how gradients change weights."""

from __future__ import annotations

import functools

from addax.core import registry
from addax.core.registry import serialize as serialize
from addax.optimizers import legacy as legacy
from addax.optimizers import schedules as schedules
from addax.optimizers.adadelta import Adadelta as Adadelta
from addax.optimizers.adafactor import Adafactor as Adafactor
from addax.optimizers.adagrad import Adagrad as Adagrad
from addax.optimizers.adam import Adam as Adam
from addax.optimizers.adam import AdamW as AdamW
from addax.optimizers.adamax import Adamax as Adamax
from addax.optimizers.base import Optimizer as Optimizer
from addax.optimizers.ftrl import Ftrl as Ftrl
from addax.optimizers.lamb import Lamb as Lamb
from addax.optimizers.lion import Lion as Lion
from addax.optimizers.loss_scale import LossScaleOptimizer as LossScaleOptimizer
from addax.optimizers.multi import MultiOptimizer as MultiOptimizer
from addax.optimizers.multi import OptimizerMap as OptimizerMap
from addax.optimizers.muon import Muon as Muon
from addax.optimizers.nadam import Nadam as Nadam
from addax.optimizers.rmsprop import RMSprop as RMSprop
from addax.optimizers.schedule_free_adamw import ScheduleFreeAdamW as ScheduleFreeAdamW
from addax.optimizers.sgd import SGD as SGD

get = functools.partial(registry.get, "optimizers")
deserialize = functools.partial(registry.deserialize, kind="optimizers")

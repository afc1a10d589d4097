"""The modules that scripts import from `keras_tuner.engine`."""

from __future__ import annotations

from addax.tuner import base_tuner as base_tuner
from addax.tuner import hypermodel as hypermodel
from addax.tuner import hyperparameters as hyperparameters
from addax.tuner import metrics_tracking as metrics_tracking
from addax.tuner import objective as objective
from addax.tuner import oracle as oracle
from addax.tuner import trial as trial
from addax.tuner import tuner as tuner

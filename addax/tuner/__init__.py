"""Hyperparameter search with the API of Keras Tuner.

`HyperParameters` is what may be tuned, an `Oracle` chooses what to try next, and a `Tuner` builds
and fits the models. Random draws come from Optuna and Gaussian processes from scikit-learn, which
the extra `tuner` installs. Results are JSON, and weights `.weights.h5`, below
`directory/project_name`.
"""

from __future__ import annotations

from addax.tuner import engine as engine
from addax.tuner import errors as errors
from addax.tuner import oracles as oracles
from addax.tuner import tuners as tuners
from addax.tuner.base_tuner import BaseTuner as BaseTuner
from addax.tuner.bayesian import BayesianOptimization as BayesianOptimization
from addax.tuner.errors import FailedTrialError as FailedTrialError
from addax.tuner.errors import FatalError as FatalError
from addax.tuner.errors import FatalRuntimeError as FatalRuntimeError
from addax.tuner.errors import FatalTypeError as FatalTypeError
from addax.tuner.errors import FatalValueError as FatalValueError
from addax.tuner.gridsearch import GridSearch as GridSearch
from addax.tuner.hyperband import Hyperband as Hyperband
from addax.tuner.hypermodel import HyperModel as HyperModel
from addax.tuner.hyperparameters import HyperParameter as HyperParameter
from addax.tuner.hyperparameters import HyperParameters as HyperParameters
from addax.tuner.objective import Objective as Objective
from addax.tuner.oracle import Oracle as Oracle
from addax.tuner.randomsearch import RandomSearch as RandomSearch
from addax.tuner.tuner import Tuner as Tuner

__all__ = [
    "BaseTuner",
    "BayesianOptimization",
    "FailedTrialError",
    "FatalError",
    "FatalRuntimeError",
    "FatalTypeError",
    "FatalValueError",
    "GridSearch",
    "HyperModel",
    "HyperParameter",
    "HyperParameters",
    "Hyperband",
    "Objective",
    "Oracle",
    "RandomSearch",
    "Tuner",
    "engine",
    "errors",
    "oracles",
    "tuners",
]

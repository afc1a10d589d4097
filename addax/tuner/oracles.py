"""The oracles, under the names that Keras Tuner gives them in its module `oracles`."""

from __future__ import annotations

from addax.tuner.bayesian import BayesianOptimizationOracle as BayesianOptimization
from addax.tuner.bayesian import BayesianOptimizationOracle as BayesianOptimizationOracle
from addax.tuner.gridsearch import GridSearchOracle as GridSearch
from addax.tuner.gridsearch import GridSearchOracle as GridSearchOracle
from addax.tuner.hyperband import HyperbandOracle as Hyperband
from addax.tuner.hyperband import HyperbandOracle as HyperbandOracle
from addax.tuner.randomsearch import RandomSearchOracle as RandomSearch
from addax.tuner.randomsearch import RandomSearchOracle as RandomSearchOracle

__all__ = [
    "BayesianOptimization",
    "BayesianOptimizationOracle",
    "GridSearch",
    "GridSearchOracle",
    "Hyperband",
    "HyperbandOracle",
    "RandomSearch",
    "RandomSearchOracle",
]

"""The tuners, under the names that Keras Tuner gives them in its module `tuners`."""

from __future__ import annotations

from addax.tuner import bayesian as bayesian
from addax.tuner import gridsearch as gridsearch
from addax.tuner import hyperband as hyperband
from addax.tuner import randomsearch as randomsearch
from addax.tuner.bayesian import BayesianOptimization as BayesianOptimization
from addax.tuner.gridsearch import GridSearch as GridSearch
from addax.tuner.hyperband import Hyperband as Hyperband
from addax.tuner.randomsearch import RandomSearch as RandomSearch

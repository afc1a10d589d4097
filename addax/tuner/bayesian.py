"""Bayesian optimization: a Gaussian process says where the objective may be best."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from addax.tuner.errors import require
from addax.tuner.hyperparameters import Fixed, HyperParameter, HyperParameters
from addax.tuner.oracle import Oracle
from addax.tuner.trial import TrialStatus
from addax.tuner.tuner import Tuner, oracle_arguments

_CANDIDATES = 1000
_REFINED = 5


class BayesianOptimizationOracle(Oracle):
    """Tries where a Gaussian process has its lowest confidence bound; see `Oracle`.

    The bound is `mean - beta * deviation` of the objective (taken negative if it is maximized), of
    a process with a Matern kernel (nu = 2.5) on the unit cube.

    Args:
        objective: as for `Oracle`.
        max_trials: how many trials to run.
        num_initial_points: random trials before the process is used; default: three for each
            hyperparameter.
        alpha: noise to expect in the objective, whose values are scaled to variance 1.
        beta: how much to explore: larger values try what is less known.
        seed: of the draws; default: drawn from the global seed.
        **kwargs: as for `Oracle`.

    Reference: Srinivas et al., 2010, Gaussian Process Optimization in the Bandit Setting,
    arXiv:0912.3995.
    """

    def __init__(
        self,
        objective: Any = None,
        max_trials: int | None = 10,
        num_initial_points: int | None = None,
        alpha: float = 1e-4,
        beta: float = 2.6,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(objective, max_trials, seed=seed, **kwargs)
        self.num_initial_points = num_initial_points
        self.alpha = alpha
        self.beta = beta

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Choose the values of a new trial."""
        axes = self._axes()
        initial = self.num_initial_points or max(3 * len(axes), 3)
        done = self.get_best_trials(len(self.trials))
        if len(done) < initial or not axes:
            values = self.random_values()
        else:
            values = self._promising_values(axes)
        if values is None:
            return {"status": TrialStatus.STOPPED}
        return {"status": TrialStatus.RUNNING, "values": values}

    def _axes(self) -> list[HyperParameter]:
        found = {p.name: p for p in reversed(self.hyperparameters.space)}
        return [p for p in reversed(found.values()) if not isinstance(p, Fixed)]

    def _point(self, axes: list[HyperParameter], values: dict[str, Any]) -> list[float]:
        # what is not active stands at its default
        return [axis.to_unit(values.get(axis.name, axis.default)) for axis in axes]

    def _values(self, axes: list[HyperParameter], point: np.ndarray) -> dict[str, Any]:
        units = {axis.name: float(unit) for axis, unit in zip(axes, point, strict=True)}
        found = HyperParameters()
        for p in self.hyperparameters.space:
            if p.name not in found.values and all(c.is_active(found.values) for c in p.conditions):
                found.values[p.name] = p.from_unit(units.get(p.name, 0.5))
        return found.values

    def _promising_values(self, axes: list[HyperParameter]) -> dict[str, Any] | None:
        rng = self.generator()
        process = self._process(axes, int(rng.integers(2**31)))

        def bound(points: np.ndarray) -> np.ndarray:
            mean, deviation = process.predict(np.atleast_2d(points), return_std=True)
            return np.asarray(mean - self.beta * deviation)

        points = rng.random((_CANDIDATES, len(axes)))
        points = points[np.argsort(bound(points), kind="stable")]
        refined = [self._refine(bound, point) for point in points[:_REFINED]]
        best = sorted(refined, key=lambda point: float(bound(point)[0]))
        for point in [*best, *points]:
            values = self._values(axes, point)
            if not self.is_tried(values):
                return values
        return self.random_values()

    def _refine(self, bound: Any, start: np.ndarray) -> np.ndarray:
        optimize = require("scipy.optimize")  # scikit-learn brings it along
        limits = [(0.0, 1.0)] * len(start)
        found = optimize.minimize(
            lambda point: float(bound(point)[0]), start, bounds=limits, method="L-BFGS-B"
        )
        return np.clip(found.x, 0.0, 1.0)

    def _process(self, axes: list[HyperParameter], seed: int) -> Any:
        """Return the Gaussian process fit to all completed trials."""
        sklearn = require("sklearn.gaussian_process")
        kernel = sklearn.kernels.Matern(nu=2.5)
        process = sklearn.GaussianProcessRegressor(
            kernel, alpha=self.alpha, normalize_y=True, random_state=seed
        )
        done = self.get_best_trials(len(self.trials))
        sign = -1.0 if self.objective.direction == "max" else 1.0
        points = [self._point(axes, trial.hyperparameters.values) for trial in done]
        scores = [sign * (trial.score or 0.0) for trial in done]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # few points leave the kernel's length undetermined
            process.fit(np.array(points), np.array(scores))
        return process


class BayesianOptimization(Tuner):
    """Tunes a model by Bayesian optimization with a Gaussian process.

    Args:
        hypermodel: `HyperModel`, or function that takes `hp` and returns a compiled model.
        objective: name of the metric, `Objective`, list of them, or None: the single value that a
            trial returns, to be minimized.
        max_trials: how many trials to run.
        num_initial_points: random trials before the process is used; default: three for each
            hyperparameter.
        alpha: noise to expect in the objective, whose values are scaled to variance 1.
        beta: how much to explore: larger values try what is less known.
        seed: of the draws; default: drawn from the global seed.
        hyperparameters: replace those of the same name in the model.
        tune_new_entries: whether others than those are searched.
        allow_new_entries: whether the model may declare others.
        max_retries_per_trial: how often a trial that raised an error is run again.
        max_consecutive_failed_trials: so many failures in a row end the search.
        **kwargs: of `Tuner`: `directory`, `project_name`, `overwrite`, `executions_per_trial`...
    """

    def __init__(
        self,
        hypermodel: Any = None,
        objective: Any = None,
        max_trials: int = 10,
        num_initial_points: int | None = None,
        alpha: float = 1e-4,
        beta: float = 2.6,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = BayesianOptimizationOracle(**oracle_arguments(locals()))
        super().__init__(oracle, hypermodel, **kwargs)

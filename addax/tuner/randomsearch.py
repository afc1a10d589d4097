"""Random search: every trial draws its values anew."""

from __future__ import annotations

from typing import Any

from addax.tuner.hyperparameters import HyperParameters
from addax.tuner.oracle import Oracle
from addax.tuner.trial import TrialStatus
from addax.tuner.tuner import Tuner, oracle_arguments


class RandomSearchOracle(Oracle):
    """Draws values with Optuna's `RandomSampler`, and none twice; see `Oracle`.

    Example:
        >>> hp = HyperParameters()
        >>> _ = hp.Int("units", 1, 2)
        >>> oracle = RandomSearchOracle("val_loss", max_trials=5, hyperparameters=hp, seed=0)
        >>> found = [oracle.create_trial().hyperparameters["units"] for _ in range(2)]
        >>> sorted(found), oracle.create_trial().status
        ([1, 2], 'STOPPED')
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Choose the values of a new trial."""
        values = self.random_values()
        if values is None:
            return {"status": TrialStatus.STOPPED}
        return {"status": TrialStatus.RUNNING, "values": values}


class RandomSearch(Tuner):
    """Tunes a model by random search.

    Args:
        hypermodel: `HyperModel`, or function that takes `hp` and returns a compiled model.
        objective: name of the metric, `Objective`, list of them, or None: the single value that a
            trial returns, to be minimized.
        max_trials: how many trials to run.
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
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = RandomSearchOracle(**oracle_arguments(locals()))
        super().__init__(oracle, hypermodel, **kwargs)

"""Grid search: all combinations, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from addax.tuner.hyperparameters import HyperParameter, HyperParameters
from addax.tuner.oracle import Oracle
from addax.tuner.trial import TrialStatus
from addax.tuner.tuner import Tuner, oracle_arguments


class GridSearchOracle(Oracle):
    """Walks through all combinations, the last hyperparameter fastest; see `Oracle`.

    A `Float` without a step counts as ten values.

    Example:
        >>> hp = HyperParameters()
        >>> _, _ = hp.Boolean("a"), hp.Choice("b", [1, 2])
        >>> oracle = GridSearchOracle("val_loss", hyperparameters=hp)
        >>> [tuple(oracle.create_trial().hyperparameters.values.values()) for _ in range(4)]
        [(False, 1), (False, 2), (True, 1), (True, 2)]
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Choose the values of a new trial."""
        for values in combinations(self.hyperparameters.space, {}):
            if not self.is_tried(values):
                return {"status": TrialStatus.RUNNING, "values": values}
        return {"status": TrialStatus.STOPPED}


def combinations(
    space: Sequence[HyperParameter], values: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield all values of a space that begin with the given ones, leaving out what is inactive."""
    if not space:
        yield values
        return
    first, rest = space[0], space[1:]
    active = all(condition.is_active(values) for condition in first.conditions)
    if not active or first.name in values:
        yield from combinations(rest, values)
        return
    for value in first.values:
        yield from combinations(rest, {**values, first.name: value})


class GridSearch(Tuner):
    """Tunes a model by trying all combinations.

    Args:
        hypermodel: `HyperModel`, or function that takes `hp` and returns a compiled model.
        objective: name of the metric, `Objective`, list of them, or None: the single value that a
            trial returns, to be minimized.
        max_trials: how many trials to run at most; None: all combinations.
        seed: not used by this search.
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
        max_trials: int | None = None,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = GridSearchOracle(**oracle_arguments(locals()))
        super().__init__(oracle, hypermodel, **kwargs)

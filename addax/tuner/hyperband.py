"""Hyperband: many short runs, of which the best go on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from addax import errors
from addax.tuner.hyperparameters import HyperParameters
from addax.tuner.oracle import Oracle
from addax.tuner.trial import Trial, TrialStatus
from addax.tuner.tuner import Tuner, oracle_arguments


class Place(NamedTuple):
    """One run in the plan of Hyperband."""

    bracket: int
    round: int
    epochs: int
    initial_epoch: int


def plan(max_epochs: int, factor: int) -> list[Place]:
    """Return the runs of one iteration, in order.

    Bracket b has rounds 0 to b. Round r trains `ceil(n / (b + 1) * factor**(b - r))` models up to
    epoch `ceil(max_epochs / factor**(b - r))`, where n is `ceil(1 + log(max_epochs, factor))`.

    Example:
        >>> [tuple(place) for place in plan(3, 3)]
        [(1, 0, 1, 0), (1, 0, 1, 0), (1, 0, 1, 0), (1, 1, 3, 1), (0, 0, 3, 0), (0, 0, 3, 0)]
    """
    # twelve digits hide that the quotient of logarithms is not exact
    depth = round(math.log(max_epochs) / math.log(factor), 12)
    places = []
    for bracket in range(math.floor(depth), -1, -1):
        done = 0
        for turn in range(bracket + 1):
            left = factor ** (bracket - turn)
            count = math.ceil(round(math.ceil(1 + depth) / (bracket + 1) * left, 9))
            epochs = math.ceil(max_epochs / left)
            places += [Place(bracket, turn, epochs, done)] * count
            done = epochs
    return places


class HyperbandOracle(Oracle):
    """Plans brackets of successive halving; see `Oracle`.

    A run in a later round continues one of the round before: its values hold `tuner/trial_id`,
    whose weights it begins with, `tuner/initial_epoch`, and `tuner/epochs` where it ends.

    Args:
        objective: as for `Oracle`.
        max_epochs: epochs of the longest runs.
        factor: by which the runs become fewer, and longer, from round to round.
        hyperband_iterations: how often to go through all brackets.
        seed: of the draws; default: drawn from the global seed.
        **kwargs: as for `Oracle`.

    Reference: Li et al., 2018, Hyperband, JMLR 18, https://jmlr.org/papers/v18/16-558.html.
    """

    def __init__(
        self,
        objective: Any = None,
        max_epochs: int = 100,
        factor: int = 3,
        hyperband_iterations: float = 1,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(objective, seed=seed, **kwargs)
        self.max_epochs = errors.positive_int("Hyperband", "max_epochs", max_epochs)
        self.factor = errors.positive_int("Hyperband", "factor", factor)
        if self.factor < 2:
            raise ValueError(f"`factor` of `Hyperband` must be at least 2. Received: {factor}")
        self.hyperband_iterations = hyperband_iterations
        self._plan = plan(self.max_epochs, self.factor)
        self._position = 0
        self._places: dict[str, list[int]] = {}  # iteration, bracket and round of each trial

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Choose the values of a new trial."""
        empty = 0  # an iteration in which nothing was left to try ends the search
        while self._position < self.hyperband_iterations * len(self._plan):
            iteration, index = divmod(self._position, len(self._plan))
            place = self._plan[index]
            self._position += 1
            values = self._fill(iteration, place)
            if values is not None:
                self._places[trial_id] = [iteration, place.bracket, place.round]
                return {"status": TrialStatus.RUNNING, "values": values}
            empty += 1
            if empty >= len(self._plan):
                break
        return {"status": TrialStatus.STOPPED}

    def _fill(self, iteration: int, place: Place) -> dict[str, Any] | None:
        own: dict[str, Any] = {
            "tuner/epochs": place.epochs,
            "tuner/initial_epoch": place.initial_epoch,
            "tuner/bracket": place.bracket,
            "tuner/round": place.round,
        }
        if place.round == 0:
            values = self.random_values()
            return None if values is None else {**values, **own}
        trial = self._promoted(iteration, place)
        if trial is None:
            return None
        own["tuner/trial_id"] = trial.trial_id
        return {**trial.hyperparameters.values, **own}

    def _promoted(self, iteration: int, place: Place) -> Trial | None:
        """Return the best trial of the round before that does not go on yet."""
        taken = {t.hyperparameters.values.get("tuner/trial_id") for t in self.trials.values()}
        before = [iteration, place.bracket, place.round - 1]
        for trial in self.get_best_trials(len(self.trials)):
            if self._places.get(trial.trial_id) == before and trial.trial_id not in taken:
                return trial
        return None

    def get_state(self) -> dict[str, Any]:
        """Return the state, without the trials, as plain Python values."""
        return {**super().get_state(), "position": self._position, "places": self._places}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `get_state` returned."""
        super().set_state(state)
        self._position, self._places = state["position"], dict(state["places"])


class Hyperband(Tuner):
    """Tunes a model by Hyperband.

    `epochs` of `search` does not matter: the plan sets it for each run.

    Args:
        hypermodel: `HyperModel`, or function that takes `hp` and returns a compiled model.
        objective: name of the metric, `Objective`, list of them, or None: the single value that a
            trial returns, to be minimized.
        max_epochs: epochs of the longest runs.
        factor: by which the runs become fewer, and longer, from round to round.
        hyperband_iterations: how often to go through all brackets.
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
        max_epochs: int = 100,
        factor: int = 3,
        hyperband_iterations: float = 1,
        seed: int | None = None,
        hyperparameters: HyperParameters | None = None,
        tune_new_entries: bool = True,
        allow_new_entries: bool = True,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
        **kwargs: Any,
    ) -> None:
        oracle = HyperbandOracle(**oracle_arguments(locals()))
        super().__init__(oracle, hypermodel, **kwargs)

    def run_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Fit the model for the epochs of the plan; see `Tuner.run_trial`."""
        values = trial.hyperparameters.values
        if "tuner/epochs" in values:
            fit_kwargs["epochs"] = values["tuner/epochs"]
            fit_kwargs["initial_epoch"] = values["tuner/initial_epoch"]
        return super().run_trial(trial, *fit_args, **fit_kwargs)

    def _prepare(self, model: Any, trial: Trial) -> None:
        earlier = trial.hyperparameters.values.get("tuner/trial_id")
        if earlier is not None:
            self.load_weights(model, earlier)

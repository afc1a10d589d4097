"""`Oracle`: decides which values the next trial tries, and keeps all trials."""

from __future__ import annotations

import glob
import json
import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from addax import errors
from addax.core.variable import default_seed
from addax.tuner.errors import require
from addax.tuner.hyperparameters import HyperParameters
from addax.tuner.objective import MultiObjective, as_objective
from addax.tuner.trial import Trial, TrialStatus, write_json

MAX_COLLISIONS = 20  # draws of values that were tried before, until the space counts as used up
OWN_PREFIX = "tuner/"  # of values that the search adds for itself

_NEW_ENTRY = (
    "The model declares the hyperparameter {name!r}, which the given `hyperparameters` lack, and "
    "`allow_new_entries` is False. Add it to them, or pass `allow_new_entries=True`."
)
_FAILING = (
    "{count} trials failed one after the other; raise `max_consecutive_failed_trials` to go on in "
    "such a case. The last error:\n{message}"
)


class Oracle:
    """Base of the search algorithms: a subclass overrides `populate_space`.

    Args:
        objective: name of the metric, `Objective`, list of them, or None: the single value that a
            trial returns, to be minimized.
        max_trials: how many trials to run; None: no limit.
        hyperparameters: hyperparameters that replace those of the same name in the model.
        allow_new_entries: whether the model may declare others than those.
        tune_new_entries: whether these others are searched; if not, they keep their defaults.
        seed: of all draws; default: drawn from the global seed.
        max_retries_per_trial: how often a trial that raised an error is run again.
        max_consecutive_failed_trials: so many failures in a row end the search.

    Raises:
        ValueError: if the direction of the objective cannot be told from its name, or new entries
            are forbidden without `hyperparameters`.
    """

    def __init__(
        self,
        objective: Any = None,
        max_trials: int | None = None,
        hyperparameters: HyperParameters | None = None,
        allow_new_entries: bool = True,
        tune_new_entries: bool = True,
        seed: int | None = None,
        max_retries_per_trial: int = 0,
        max_consecutive_failed_trials: int = 3,
    ) -> None:
        self.objective = as_objective(objective)
        if max_trials is not None:
            errors.positive_int(type(self).__name__, "max_trials", max_trials)
        if hyperparameters is None and not (allow_new_entries and tune_new_entries):
            raise ValueError(
                "`allow_new_entries=False` and `tune_new_entries=False` need `hyperparameters`: "
                "without them there is nothing to tune."
            )
        self.max_trials = max_trials
        self.hyperparameters = HyperParameters() if hyperparameters is None else hyperparameters
        self.allow_new_entries = allow_new_entries
        self.tune_new_entries = tune_new_entries
        self.seed = default_seed() if seed is None else int(seed)
        self.max_retries_per_trial = max_retries_per_trial
        self.max_consecutive_failed_trials = max_consecutive_failed_trials
        self.trials: dict[str, Trial] = {}
        self.start_order: list[str] = []
        self.end_order: list[str] = []
        self.ongoing_trials: dict[str, Trial] = {}
        self._retry_queue: list[str] = []
        self._run_times: dict[str, int] = {}
        self._draws = 0
        self._project_dir: str | None = None

    # What to try next.

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Choose the values of a new trial. To be overridden.

        Args:
            trial_id: of the new trial.

        Returns: `{"status": "RUNNING", "values": {name: value}}`, or `{"status": "STOPPED"}` when
            there is nothing left to try.
        """
        raise NotImplementedError(f"`{type(self).__name__}` must override `populate_space`.")

    def create_trial(self, tuner_id: str = "tuner0") -> Trial:
        """Return the next trial to run; its status is STOPPED when the search is over.

        Args:
            tuner_id: who runs it.
        """
        if self._retry_queue:
            trial = self.trials[self._retry_queue.pop(0)]
            trial.status = TrialStatus.RUNNING
            return self._started(trial, tuner_id)
        trial_id = f"{len(self.start_order):04d}"
        answer: Mapping[str, Any] = {"status": TrialStatus.STOPPED}
        if self.max_trials is None or len(self.start_order) < self.max_trials:
            answer = self.populate_space(trial_id)
        hp = self.hyperparameters.copy()
        hp.values = dict(answer.get("values") or {})
        trial = Trial(hp, trial_id, answer["status"])
        if trial.status == TrialStatus.RUNNING:
            hp.ensure_active_values()
            hp.values.update(answer.get("values") or {})
            self.trials[trial_id] = trial
            self.start_order.append(trial_id)
            self._started(trial, tuner_id)
        return trial

    def _started(self, trial: Trial, tuner_id: str) -> Trial:
        self.ongoing_trials[tuner_id] = trial
        self._run_times[trial.trial_id] = self._run_times.get(trial.trial_id, 0) + 1
        self._save_trial(trial)
        self.save()
        return trial

    def update_trial(self, trial_id: str, metrics: Mapping[str, Any], step: int = 0) -> str:
        """Record metrics of a running trial and return its status.

        Args:
            trial_id: of the trial.
            metrics: values by name.
            step: the epoch, from 0.
        """
        trial = self.get_trial(trial_id)
        found = dict(metrics)
        if isinstance(self.objective, MultiObjective) and self.objective.has_value(found):
            found[self.objective.name] = self.objective.get_value(found)
        for name, value in found.items():
            if not trial.metrics.exists(name):
                own = name == self.objective.name
                trial.metrics.register(name, self.objective.direction if own else None)
            trial.metrics.update(name, value, step)
        self._save_trial(trial)
        return trial.status

    def end_trial(self, trial: Trial | str, status: str | None = None) -> None:
        """Take in a trial that came to its end, and score it.

        Args:
            trial: the trial, or its id.
            status: `"COMPLETED"`, `"INVALID"` (it may be tried again) or `"FAILED"`; that of the
                trial if None.

        Raises:
            RuntimeError: if too many trials failed one after the other.
        """
        if isinstance(trial, str):
            trial = self.get_trial(trial)
        trial.status = status or trial.status
        self.trials[trial.trial_id] = trial
        for tuner_id in [k for k, t in self.ongoing_trials.items() if t.trial_id == trial.trial_id]:
            del self.ongoing_trials[tuner_id]
        if trial.status in (TrialStatus.COMPLETED, TrialStatus.RUNNING):
            self._complete(trial)
        if not self._to_retry(trial):
            self.end_order.append(trial.trial_id)
        self._save_trial(trial)
        self.save()
        self._check_failures()

    def _complete(self, trial: Trial) -> None:
        trial.status = TrialStatus.COMPLETED
        self.score_trial(trial)
        if trial.score is None or not math.isfinite(trial.score):
            trial.status = TrialStatus.INVALID
            trial.message = f"The objective `{self.objective.name}` is {trial.score}."

    def _to_retry(self, trial: Trial) -> bool:
        if trial.status != TrialStatus.INVALID:
            return False
        if self._run_times.get(trial.trial_id, 1) <= self.max_retries_per_trial:
            self._retry_queue.append(trial.trial_id)
            trial.metrics = type(trial.metrics)()
            return True
        trial.status = TrialStatus.FAILED
        return False

    def _check_failures(self) -> None:
        count = self.max_consecutive_failed_trials
        last = [self.trials[trial_id] for trial_id in self.end_order[-count:]]
        if len(last) == count and all(trial.status == TrialStatus.FAILED for trial in last):
            raise RuntimeError(_FAILING.format(count=count, message=last[-1].message))

    def score_trial(self, trial: Trial) -> None:
        """Set the score of a completed trial: the best value of the objective over its steps."""
        if not trial.metrics.exists(self.objective.name):
            raise ValueError(
                f"The trial did not report the objective `{self.objective.name}`. It reported: "
                f"{sorted(trial.metrics.metrics)}"
            )
        trial.score = trial.metrics.get_best_value(self.objective.name)
        trial.best_step = trial.metrics.get_best_step(self.objective.name)

    # What was tried.

    def get_trial(self, trial_id: str) -> Trial:
        """Return a trial by its id."""
        if trial_id not in self.trials:
            raise KeyError(errors.unknown_name("trial", trial_id, self.trials))
        return self.trials[trial_id]

    def get_best_trials(self, num_trials: int = 1) -> list[Trial]:
        """Return the best completed trials, the best one first."""
        done = [t for t in self.trials.values() if t.status == TrialStatus.COMPLETED]
        sign = -1.0 if self.objective.direction == "max" else 1.0
        return sorted(done, key=lambda t: sign * (t.score or 0.0))[:num_trials]

    def remaining_trials(self) -> int | None:
        """Return how many trials are left; None without a limit."""
        return None if self.max_trials is None else self.max_trials - len(self.start_order)

    def get_space(self) -> HyperParameters:
        """Return a copy of the space."""
        return self.hyperparameters.copy()

    def update_space(self, hyperparameters: HyperParameters) -> None:
        """Add the hyperparameters that a model declared.

        Raises:
            RuntimeError: if new ones are not allowed.
        """
        known = {parameter.name for parameter in self.hyperparameters.space}
        new = [p for p in hyperparameters.space if p.name not in known]
        if new and not self.allow_new_entries:
            raise RuntimeError(_NEW_ENTRY.format(name=new[0].name))
        if self.tune_new_entries:
            added = hyperparameters.copy()
            added.values = {k: v for k, v in added.values.items() if not k.startswith(OWN_PREFIX)}
            self.hyperparameters.merge(added, overwrite=False)

    # Draws.

    def generator(self) -> np.random.Generator:
        """Return a generator of its own for each draw, the same ones after a restart."""
        self._draws += 1
        sequence = np.random.SeedSequence([self.seed % 2**32, self._draws])
        return np.random.Generator(np.random.Philox(sequence))

    def random_values(self) -> dict[str, Any] | None:
        """Return random values that no trial had; None when none are found."""
        for _ in range(MAX_COLLISIONS):
            values = _draw(self.hyperparameters, int(self.generator().integers(2**31)))
            if not self.is_tried(values):
                return values
        return None

    def is_tried(self, values: Mapping[str, Any]) -> bool:
        """Say whether a trial had these values."""
        key = self._key(values)
        return any(self._key(t.hyperparameters.values) == key for t in self.trials.values())

    def _key(self, values: Mapping[str, Any]) -> dict[str, Any]:
        names = {parameter.name for parameter in self.hyperparameters.space}
        return {name: value for name, value in values.items() if name in names}

    # On disk.

    def set_project_dir(self, path: str) -> None:
        """Set the folder that trials are written to."""
        self._project_dir = path

    def _path(self, *parts: str) -> str:
        return os.path.join(self._project_dir or ".", *parts)

    def _save_trial(self, trial: Trial) -> None:
        if self._project_dir is not None:
            trial.save(self._path(f"trial_{trial.trial_id}", "trial.json"))

    def get_state(self) -> dict[str, Any]:
        """Return the state, without the trials, as plain Python values."""
        return {
            "space": self.hyperparameters.get_config(),
            "seed": self.seed,
            "draws": self._draws,
            "start_order": self.start_order,
            "end_order": self.end_order,
            "run_times": self._run_times,
            "retry_queue": self._retry_queue,
        }

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `get_state` returned."""
        saved = HyperParameters.from_config(state["space"])
        self.hyperparameters.merge(saved, overwrite=False)
        self.seed, self._draws = state["seed"], state["draws"]
        self.start_order, self.end_order = list(state["start_order"]), list(state["end_order"])
        self._run_times = dict(state["run_times"])
        self._retry_queue = list(state["retry_queue"])

    def save(self) -> None:
        """Write the state to the folder of the project."""
        if self._project_dir is not None:
            write_json(self._path("oracle.json"), self.get_state())

    def reload(self) -> None:
        """Read state and trials; those that were running are to be run again."""
        with open(self._path("oracle.json"), encoding="utf-8") as file:
            self.set_state(json.load(file))
        for path in sorted(glob.glob(glob.escape(self._path()) + "/trial_*/trial.json")):
            trial = Trial.load(path)
            self.trials[trial.trial_id] = trial
        for trial_id in self.start_order:
            if trial_id not in self.end_order and trial_id not in self._retry_queue:
                trial = self.trials[trial_id]
                trial.metrics = type(trial.metrics)()
                self._retry_queue.append(trial_id)


def _draw(hp: HyperParameters, seed: int) -> dict[str, Any]:
    """Return the values of the active hyperparameters that Optuna draws at random."""
    optuna = require("optuna")
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # it logs every study it makes
    try:
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    finally:
        optuna.logging.set_verbosity(level)
    trial = study.ask()
    drawn = HyperParameters()
    for parameter in hp.space:
        if parameter.name not in drawn.values and all(
            condition.is_active(drawn.values) for condition in parameter.conditions
        ):
            drawn.values[parameter.name] = parameter.suggest(trial)
    return drawn.values

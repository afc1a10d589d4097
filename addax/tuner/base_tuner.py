"""`BaseTuner`: the loop of a search and its folder, whatever a trial runs."""

from __future__ import annotations

import os
import shutil
import time
import traceback
import warnings
from typing import Any

from addax.tuner.errors import FailedTrialError, FatalError, FatalTypeError
from addax.tuner.hypermodel import as_hypermodel
from addax.tuner.hyperparameters import HyperParameters
from addax.tuner.metrics_tracking import MetricHistory
from addax.tuner.oracle import Oracle
from addax.tuner.trial import Trial, TrialStatus, write_json

_NO_OBJECTIVE = (
    "`run_trial` (or `HyperModel.fit`) must return a History, a dict with the objective "
    "`{name}`, a number, or a list of these. Received: {result!r}"
)


class BaseTuner:
    """Base of all tuners: runs the trials that an oracle chooses.

    Args:
        oracle: chooses the values of the trials.
        hypermodel: `HyperModel`, or function that takes `hp` and returns a compiled model. May be
            None if `run_trial` is overridden.
        directory: where projects lie; default: the current folder.
        project_name: folder of this search below `directory`.
        overwrite: whether to remove what is there; if not, a search is taken up where it was.
        tuner_id: name of who runs the trials.
        logger: ignored.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any = None,
        directory: str | os.PathLike[str] | None = None,
        project_name: str | None = None,
        overwrite: bool = False,
        tuner_id: str | None = None,
        logger: Any = None,
    ) -> None:
        if not isinstance(oracle, Oracle):
            raise ValueError(f"`oracle` must be an `Oracle`. Received: {oracle!r}")
        self.oracle = oracle
        self.hypermodel = as_hypermodel(hypermodel)
        self.directory = os.fspath(directory or ".")
        self.project_name = project_name or "untitled_project"
        self.tuner_id = tuner_id or "tuner0"
        self.logger = logger
        self.verbose = 1
        if overwrite and os.path.isdir(self.project_dir):
            shutil.rmtree(self.project_dir)
        os.makedirs(self.project_dir, exist_ok=True)
        oracle.set_project_dir(self.project_dir)
        if os.path.exists(os.path.join(self.project_dir, "oracle.json")):
            print(f"Going on with the search in {self.project_dir}")
            self.reload()
        else:
            self._explore()

    @property
    def project_dir(self) -> str:
        """The folder of the search."""
        return os.path.join(self.directory, self.project_name)

    def get_trial_dir(self, trial_id: str) -> str:
        """Return the folder of a trial."""
        path = os.path.join(self.project_dir, f"trial_{trial_id}")
        os.makedirs(path, exist_ok=True)
        return path

    def _explore(self) -> None:
        """Build once with the defaults, and once for each condition, to learn the space."""
        if self.hypermodel is None or not self.hypermodel.tunable:
            return
        hp = self.oracle.get_space()
        self.hypermodel.declare_hyperparameters(hp)
        self.oracle.update_space(hp)
        seen: list[Any] = []
        pending: list[Any] = [()]
        while pending:
            conditions = pending.pop(0)
            seen.append(conditions)
            hp = self.oracle.get_space()
            hp.values = {item.name: item.values[0] for item in conditions}
            self.hypermodel.build(hp)
            self.oracle.update_space(hp)
            found = [tuple(p.conditions) for p in self.oracle.hyperparameters.space]
            pending += [c for c in dict.fromkeys(found) if c and c not in [*seen, *pending]]
        self.oracle.hyperparameters.ensure_active_values()

    # The loop.

    def search(self, *fit_args: Any, **fit_kwargs: Any) -> None:
        """Run trials until the oracle has none left.

        Args:
            *fit_args: passed to `HyperModel.fit`, and so to `model.fit`.
            **fit_kwargs: likewise; `callbacks` are copied for each run, and `verbose=0` also
                silences the search itself.
        """
        self.verbose = fit_kwargs.get("verbose", 1)
        started = time.time()
        self.on_search_begin()
        while True:
            trial = self.oracle.create_trial(self.tuner_id)
            if trial.status == TrialStatus.STOPPED:
                break
            if trial.status == TrialStatus.IDLE:
                continue
            self._show_start(trial)
            self.on_trial_begin(trial)
            begun = time.time()
            self._try_trial(trial, *fit_args, **fit_kwargs)
            self.on_trial_end(trial)
            self._show_end(trial, time.time() - begun, time.time() - started)
        self.on_search_end()

    def _try_trial(self, trial: Trial, *args: Any, **kwargs: Any) -> None:
        try:
            results = self.run_trial(trial, *args, **kwargs)
            if results is not None or not trial.metrics.exists(self.oracle.objective.name):
                self._report(trial, results)
            trial.status = TrialStatus.COMPLETED
        except FatalError:
            raise
        except Exception as error:  # the search outlives a trial that cannot be run
            failed = isinstance(error, FailedTrialError)
            trial.status = TrialStatus.FAILED if failed else TrialStatus.INVALID
            trial.message = traceback.format_exc()
            warnings.warn(f"Trial {trial.trial_id} failed:\n{trial.message}", stacklevel=3)
        if self.hypermodel is None or self.hypermodel.tunable:
            self.oracle.update_space(trial.hyperparameters)

    def _report(self, trial: Trial, results: Any) -> None:
        """Record what a trial returned, unless the run already recorded it itself."""
        for step, metrics in to_steps(results, self.oracle.objective):
            self.oracle.update_trial(trial.trial_id, metrics, step)

    def run_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Run one trial. To be overridden.

        Args:
            trial: its `hyperparameters` hold the values to use.
            *fit_args: as passed to `search`.
            **fit_kwargs: likewise.

        Returns: a number to be minimized, a dict of metrics, a `History`, a list of these, or
            None if `oracle.update_trial` was called.
        """
        raise NotImplementedError(f"`{type(self).__name__}` must override `run_trial`.")

    def on_search_begin(self) -> None:
        """Called before the first trial. May be overridden."""

    def on_search_end(self) -> None:
        """Called after the last trial. May be overridden."""

    def on_trial_begin(self, trial: Trial) -> None:
        """Called before a trial. May be overridden."""

    def on_trial_end(self, trial: Trial) -> None:
        """Called after a trial; hands it to the oracle."""
        self.oracle.end_trial(trial)
        self.save()

    # Results.

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[HyperParameters]:
        """Return the hyperparameters of the best trials, the best one first."""
        return [trial.hyperparameters for trial in self.oracle.get_best_trials(num_trials)]

    def get_best_models(self, num_models: int = 1) -> list[Any]:
        """Return the models of the best trials, the best one first, with their best weights."""
        return [self.load_model(trial) for trial in self.oracle.get_best_trials(num_models)]

    def load_model(self, trial: Trial) -> Any:
        """Return the model of a trial. To be overridden."""
        raise NotImplementedError(f"`{type(self).__name__}` must override `load_model`.")

    def search_space_summary(self, extended: bool = False) -> None:
        """Print the space.

        Args:
            extended: whether to print the conditions too.
        """
        space = self.oracle.hyperparameters.space
        print(f"Search space summary\nDefault search space size: {len(space)}")
        for parameter in space:
            config = parameter.get_config()
            name = config.pop("name")
            if not extended and not config["conditions"]:
                del config["conditions"]
            print(f"{name} ({type(parameter).__name__})\n{config}")

    def results_summary(self, num_trials: int = 10) -> None:
        """Print the best trials.

        Args:
            num_trials: how many.
        """
        print(f"Results summary\nResults in {self.project_dir}")
        print(f"Showing {num_trials} best trials\n{self.oracle.objective}")
        for trial in self.oracle.get_best_trials(num_trials):
            print()
            trial.summary()

    def _show_start(self, trial: Trial) -> None:
        if not self.verbose:
            return
        best = next(iter(self.oracle.get_best_trials(1)), None)
        print(f"\nSearch: Running Trial #{int(trial.trial_id) + 1}\n")
        rows = [("Value", "Best Value So Far", "Hyperparameter")]
        for name, value in trial.hyperparameters.values.items():
            known = best.hyperparameters.values.get(name, "?") if best else "?"
            rows.append((str(value), str(known), name))
        print("\n".join(f"{a:<18}|{b:<18}|{c}" for a, b, c in rows) + "\n")

    def _show_end(self, trial: Trial, seconds: float, total: float) -> None:
        if not self.verbose:
            return
        name = self.oracle.objective.name
        print(f"\nTrial {int(trial.trial_id) + 1} {trial.status.title()} [{_clock(seconds)}]")
        if trial.score is not None:
            print(f"{name}: {trial.score}")
        for best in self.oracle.get_best_trials(1):
            print(f"\nBest {name} So Far: {best.score}")
        print(f"Total elapsed time: {_clock(total)}")

    # On disk.

    def save(self) -> None:
        """Write the state of the search."""
        self.oracle.save()
        write_json(os.path.join(self.project_dir, f"{self.tuner_id}.json"), self.get_state())

    def reload(self) -> None:
        """Take up the search that lies in the folder."""
        self.oracle.reload()

    def get_state(self) -> dict[str, Any]:
        """Return what `save` writes besides the state of the oracle."""
        return {}


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}h {minutes % 60:02d}m {rest:02d}s"


def to_steps(results: Any, objective: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the metrics to record and their steps, from what a trial returned.

    Several executions are averaged: each counts with its best step.

    Raises:
        FatalTypeError: if the objective is not among them.
    """
    runs = results if isinstance(results, list) else [results]
    best = [best_step(run, objective) for run in runs]
    if not best or any(item is None for item in best):
        raise FatalTypeError(_NO_OBJECTIVE.format(name=objective.name, result=results))
    found = [item for item in best if item is not None]
    step = round(sum(item[0] for item in found) / len(found))
    names = set.intersection(*(set(item[1]) for item in found))
    ordered = [name for name in found[0][1] if name in names]
    means = {n: sum(float(item[1][n]) for item in found) / len(found) for n in ordered}
    return [(step, means)]


def best_step(result: Any, objective: Any) -> tuple[int, dict[str, Any]] | None:
    """Return step and metrics of the best step of one run; None if it lacks the objective."""
    history = getattr(result, "history", None)
    if history is not None:
        return _best_epoch(result, objective)
    if isinstance(result, dict):
        return (0, result) if objective.has_value(result) else None
    try:
        value = float(result)
    except (TypeError, ValueError):
        return None
    return 0, {objective.name: value}


def _best_epoch(result: Any, objective: Any) -> tuple[int, dict[str, Any]] | None:
    tracked = MetricHistory(objective.direction)
    count = max(map(len, result.history.values()), default=0)
    rows = [{k: v[i] for k, v in result.history.items() if len(v) == count} for i in range(count)]
    for index, row in enumerate(rows):
        if not objective.has_value(row):
            return None
        tracked.update(objective.get_value(row), index)
    best = tracked.get_best_step()
    index = len(rows) - 1 if best is None else best  # nothing but NaN has no best step
    return (int(result.epoch[index]), rows[index]) if rows else None

"""`Tuner`: trials that build and fit a model."""

from __future__ import annotations

import contextlib
import copy
import json
import os
from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.callbacks import TensorBoard
from addax.tuner.base_tuner import BaseTuner
from addax.tuner.errors import FailedTrialError, FatalTypeError
from addax.tuner.hyperparameters import HyperParameters
from addax.tuner.oracle import Oracle
from addax.tuner.trial import Trial, write_json
from addax.tuner.tuner_callbacks import BestWeights, TunerCallback

_NO_WEIGHTS = (
    "Trial {trial_id} saved no weights: {path} is missing. `HyperModel.fit` has to pass "
    "`callbacks` on to `model.fit`."
)


class Tuner(BaseTuner):
    """Base of the tuners of models; a search algorithm comes as its `oracle`.

    Args:
        oracle: chooses the values of the trials.
        hypermodel: `HyperModel`, or function that takes `hp` and returns a compiled model.
        max_model_size: most parameters that a model may have; larger ones fail.
        optimizer: replaces the model's.
        loss: replaces the model's.
        metrics: replace the model's.
        distribution_strategy: its `scope()` is entered to build models.
        directory: where projects lie; default: the current folder.
        project_name: folder of this search below `directory`.
        logger: ignored.
        tuner_id: name of who runs the trials.
        overwrite: whether to remove what is there; if not, a search is taken up where it was.
        executions_per_trial: how often to train with the same values; the score is the mean.
    """

    def __init__(
        self,
        oracle: Oracle,
        hypermodel: Any = None,
        max_model_size: int | None = None,
        optimizer: Any = None,
        loss: Any = None,
        metrics: Any = None,
        distribution_strategy: Any = None,
        directory: str | os.PathLike[str] | None = None,
        project_name: str | None = None,
        logger: Any = None,
        tuner_id: str | None = None,
        overwrite: bool = False,
        executions_per_trial: int = 1,
    ) -> None:
        self.max_model_size = max_model_size
        self.optimizer, self.loss, self.metrics = optimizer, loss, metrics
        self.distribution_strategy = distribution_strategy
        self.executions_per_trial = errors.positive_int(
            type(self).__name__, "executions_per_trial", executions_per_trial
        )
        super().__init__(
            oracle, hypermodel, directory, project_name, overwrite, tuner_id=tuner_id, logger=logger
        )

    # Building.

    def _build(self, hp: HyperParameters) -> Any:
        if self.hypermodel is None:
            raise FatalTypeError("A tuner without a `hypermodel` must override `run_trial`.")
        strategy = self.distribution_strategy
        with strategy.scope() if strategy is not None else contextlib.nullcontext():
            model = self.hypermodel.build(hp)
        if not hasattr(model, "fit"):
            raise FatalTypeError(
                f"`HyperModel.build` must return a model with a `fit` method. Received: {model!r}"
            )
        self._compile(model)
        self._check_size(model)
        return model

    def _compile(self, model: Any) -> None:
        if self.optimizer is None and self.loss is None and self.metrics is None:
            return
        optimizer = copy.deepcopy(self.optimizer) if self.optimizer is not None else model.optimizer
        loss = model.loss if self.loss is None else self.loss
        model.compile(optimizer=optimizer, loss=loss, metrics=copy.deepcopy(self.metrics))

    def _check_size(self, model: Any) -> None:
        if self.max_model_size is None or not getattr(model, "built", False):
            return
        size = model.count_params()
        if size > self.max_model_size:
            raise FailedTrialError(
                f"The model has {size} parameters; `max_model_size` is {self.max_model_size}."
            )

    # Running.

    def run_trial(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Build and fit the model of a trial, as often as `executions_per_trial` says.

        Args:
            trial: its `hyperparameters` hold the values to use.
            *fit_args: passed to `HyperModel.fit`.
            **fit_kwargs: likewise; `callbacks` are copied for each execution.

        Returns: list of what `HyperModel.fit` returned.
        """
        original = fit_kwargs.pop("callbacks", None) or []
        best = BestWeights(self.oracle.objective, self._weights_path(trial.trial_id))
        if os.path.exists(best.path):  # of a run that was broken off
            os.remove(best.path)
        results = []
        for execution in range(self.executions_per_trial):
            callbacks = self._copies(original)
            self._own_logs(callbacks, trial, execution)
            callbacks += [TunerCallback(self, trial), best]
            results.append(
                self._build_and_fit_model(trial, *fit_args, callbacks=callbacks, **fit_kwargs)
            )
        return results

    def _build_and_fit_model(self, trial: Trial, *fit_args: Any, **fit_kwargs: Any) -> Any:
        """Build the model of a trial and fit it once. May be overridden."""
        hp = trial.hyperparameters
        model = self._build(hp)
        self._prepare(model, trial)
        if self.hypermodel is None:
            raise FatalTypeError("A tuner without a `hypermodel` must override `run_trial`.")
        result = self.hypermodel.fit(hp, model, *fit_args, **fit_kwargs)
        self._save_shapes(model, trial)
        return result

    def _prepare(self, model: Any, trial: Trial) -> None:
        """Change a model before it is fit. May be overridden."""

    def _copies(self, callbacks: Sequence[Any] | Any) -> list[Any]:
        if not isinstance(callbacks, (list, tuple)):
            callbacks = [callbacks]
        try:
            return [copy.deepcopy(callback) for callback in callbacks]
        except Exception as error:
            raise FatalTypeError(
                "All `callbacks` passed to `search` must work with `copy.deepcopy`: each run "
                f"needs callbacks of its own. Received: {callbacks}"
            ) from error

    def _own_logs(self, callbacks: list[Any], trial: Trial, execution: int) -> None:
        """Give each run of `TensorBoard` a folder of its own, and its values to the HPARAMS tab."""
        for callback in [item for item in callbacks if isinstance(item, TensorBoard)]:
            folder = os.path.join(callback.log_dir, trial.trial_id, f"execution{execution}")
            callback.log_dir = folder
            # not at the top: it needs the extra `tensorboard`
            from addax.callbacks.tensorboard import hparams

            values = trial.hyperparameters.values
            callbacks.append(hparams.KerasCallback(folder, values, trial_id=trial.trial_id))

    def on_epoch_begin(self, trial: Trial, model: Any, epoch: int, logs: Any = None) -> None:
        """Called at the beginning of an epoch. May be overridden."""

    def on_epoch_end(self, trial: Trial, model: Any, epoch: int, logs: Any = None) -> None:
        """Called at the end of an epoch. May be overridden."""

    # Weights.

    def _weights_path(self, trial_id: str) -> str:
        return os.path.join(self.get_trial_dir(trial_id), "checkpoint.weights.h5")

    def _shapes_path(self, trial_id: str) -> str:
        return os.path.join(self.get_trial_dir(trial_id), "build_config.json")

    def _save_shapes(self, model: Any, trial: Trial) -> None:
        """Write the shapes of the inputs, from which the model is built again."""
        config = model.get_build_config() if hasattr(model, "get_build_config") else None
        if config:
            write_json(self._shapes_path(trial.trial_id), config)

    def load_weights(self, model: Any, trial_id: str) -> bool:
        """Give a model the best weights of a trial; False if that saved none."""
        path = self._weights_path(trial_id)
        if not os.path.exists(path):
            return False
        shapes = self._shapes_path(trial_id)
        if not model.built and os.path.exists(shapes):
            with open(shapes, encoding="utf-8") as file:
                model.build_from_config(json.load(file))
        model.load_weights(path)
        return True

    def load_model(self, trial: Trial) -> Any:
        """Return the model of a trial with its best weights.

        Raises:
            FileNotFoundError: if the trial saved none.
        """
        model = self._build(trial.hyperparameters.copy())
        if not self.load_weights(model, trial.trial_id):
            path = self._weights_path(trial.trial_id)
            raise FileNotFoundError(_NO_WEIGHTS.format(trial_id=trial.trial_id, path=path))
        return model

    def get_best_step(self) -> int | None:
        """Return the best epoch of the best trial; None if there is no trial."""
        best = self.oracle.get_best_trials(1)
        return best[0].best_step if best else None


def oracle_arguments(local: dict[str, Any]) -> dict[str, Any]:
    """Return what a tuner's constructor passes on to its oracle, by name.

    Args:
        local: `locals()` of the constructor, before it sets others.
    """
    others = ("self", "__class__", "hypermodel", "kwargs")
    return {name: value for name, value in local.items() if name not in others}

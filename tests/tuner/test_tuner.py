import json
import os
import subprocess
import sys

import numpy as np
import pytest

from addax import callbacks, layers, models
from addax.tuner import (
    BayesianOptimization,
    FailedTrialError,
    FatalError,
    GridSearch,
    Hyperband,
    HyperModel,
    HyperParameters,
    RandomSearch,
)

pytest.importorskip("optuna")

X = np.linspace(-1, 1, 32, dtype="float32").reshape(16, 2)
Y = X.sum(axis=1, keepdims=True)


def build(hp):
    model = models.Sequential([layers.Dense(hp.Int("units", 1, 3)), layers.Dense(1)])
    model.compile(loss="mse", optimizer=hp.Choice("optimizer", ["sgd", "adam"]), metrics=["mae"])
    return model


def search(tuner, **kwargs):
    tuner.search(X, Y, validation_data=(X, Y), verbose=0, **{"epochs": 2, **kwargs})
    return tuner


def random_search(tmp_path, hypermodel=build, max_trials=2, **kwargs):
    kwargs = {"objective": "val_loss", "seed": 0, "project_name": "p", **kwargs}
    return RandomSearch(hypermodel, max_trials=max_trials, directory=tmp_path, **kwargs)


def test_the_best_model_has_the_score_of_its_trial(tmp_path):
    tuner = search(random_search(tmp_path))
    best = tuner.oracle.get_best_trials(1)[0]
    model = tuner.get_best_models(1)[0]
    assert model.evaluate(X, Y, verbose=0)[0] == pytest.approx(best.score, rel=1e-5)
    assert best.metrics.get_last_value("val_loss") == best.score
    assert tuner.get_best_hyperparameters(2)[0] is best.hyperparameters
    assert set(best.hyperparameters.values) == {"units", "optimizer"}
    assert tuner.get_best_step() == best.best_step
    model.fit(X, Y, verbose=0)


def test_results_are_json_and_weights(tmp_path):
    tuner = search(random_search(tmp_path))
    assert tuner.project_dir == os.path.join(tmp_path, "p")
    files = sorted(os.listdir(tmp_path / "p"))
    assert files == ["oracle.json", "trial_0000", "trial_0001", "tuner0.json"]
    assert sorted(os.listdir(tmp_path / "p" / "trial_0000")) == [
        "build_config.json",
        "checkpoint.weights.h5",
        "trial.json",
    ]
    state = json.loads((tmp_path / "p/trial_0000/trial.json").read_text())
    assert state["status"] == "COMPLETED"
    assert state["score"] == tuner.oracle.get_trial("0000").score


def test_a_search_is_taken_up_or_begins_anew(tmp_path):
    search(random_search(tmp_path))
    more = random_search(tmp_path, max_trials=3)
    assert len(more.oracle.trials) == 2
    scores = [trial.score for trial in more.oracle.trials.values()]
    search(more)
    assert [trial.score for trial in more.oracle.trials.values()][:2] == scores
    assert len(more.oracle.trials) == 3
    assert more.get_best_models(3)[2].built
    assert not random_search(tmp_path, overwrite=True).oracle.trials


def test_executions_are_averaged(tmp_path):
    class Counted(HyperModel):
        runs = 0

        def build(self, hp):
            hp.Int("n", 0, 9)

            class Model:
                pass

            model = Model()
            model.fit = None
            return model

        def fit(self, hp, model, *args, **kwargs):
            Counted.runs += 1
            return float(Counted.runs)

    tuner = random_search(tmp_path, Counted(), objective=None, executions_per_trial=2)
    tuner.search(verbose=0)
    assert [trial.score for trial in tuner.oracle.trials.values()] == [1.5, 3.5]
    with pytest.raises(FileNotFoundError, match="saved no weights"):
        tuner.get_best_models()


def test_hyperparameters_of_fit_are_found_and_tuned(tmp_path):
    class Model(HyperModel):
        def __init__(self):
            pass  # as many scripts have it, without `super().__init__()`

        def build(self, hp):
            return build(hp)

        def fit(self, hp, model, x, y, **kwargs):
            return model.fit(x * 2 if hp.Boolean("double") else x, y, **kwargs)

    tuner = search(random_search(tmp_path, Model(), max_trials=6), epochs=1)
    found = {trial.hyperparameters["double"] for trial in tuner.oracle.trials.values()}
    assert found == {False, True}


def test_grid_search_tries_everything(tmp_path):
    tuner = GridSearch(build, "val_mae", directory=tmp_path)
    search(tuner, epochs=1)
    found = [tuple(t.hyperparameters.values.values()) for t in tuner.oracle.trials.values()]
    assert found == [(n, name) for n in (1, 2, 3) for name in ("sgd", "adam")]


def test_hyperband_resumes_weights_and_epochs(tmp_path):
    seen = []

    class Spy(Hyperband):
        def on_epoch_begin(self, trial, model, epoch, logs=None):
            if epoch == trial.hyperparameters.values["tuner/initial_epoch"]:
                seen.append((trial, model.get_weights()))
            assert epoch < trial.hyperparameters.values["tuner/epochs"]

    tuner = Spy(build, "val_loss", max_epochs=3, factor=3, seed=1, directory=tmp_path)
    search(tuner, epochs=50)
    assert len(seen) == 6
    trial, weights = next(item for item in seen if "tuner/trial_id" in item[0].hyperparameters)
    before = tuner.load_model(tuner.oracle.get_trial(trial.hyperparameters["tuner/trial_id"]))
    for got, expected in zip(weights, before.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_bayesian_optimization_repeats_with_the_seed(tmp_path):
    pytest.importorskip("sklearn")

    class Quadratic(BayesianOptimization):
        def run_trial(self, trial, *args, **kwargs):
            return {"loss": (trial.hyperparameters.Float("x", 0, 1) - 0.3) ** 2}

    def values(name):
        hp = HyperParameters()
        hp.Float("x", 0, 1)
        tuner = Quadratic(
            objective="loss", max_trials=8, num_initial_points=3, alpha=1e-4, beta=2.6, seed=42,
            hyperparameters=hp, directory=tmp_path, project_name=name,
        )  # fmt: skip
        tuner.search(verbose=0)
        return [t.hyperparameters["x"] for t in tuner.oracle.trials.values()], tuner

    first, tuner = values("a")
    assert first == values("b")[0]
    assert tuner.oracle.get_best_trials()[0].score < 1e-3


def test_callbacks_are_copied_for_each_run(tmp_path):
    class Count(callbacks.Callback):
        def __init__(self, shared):
            super().__init__()
            self.epochs, self.shared = 0, shared

        def __deepcopy__(self, memo):
            new = Count(self.shared)
            new.shared.append(new)
            return new

        def on_epoch_end(self, epoch, logs=None):
            self.epochs += 1

    copies = []
    original = Count(copies)
    search(random_search(tmp_path), callbacks=[original])
    assert original.epochs == 0
    assert [copy.epochs for copy in copies] == [2, 2]


def test_tensorboard_has_a_folder_for_each_run(tmp_path):
    pytest.importorskip("tensorboard")
    board = callbacks.TensorBoard(tmp_path / "logs")
    search(random_search(tmp_path, max_trials=1), callbacks=[board], epochs=1)
    run = tmp_path / "logs" / "0000" / "execution0"
    assert (run / "train").is_dir()
    assert list(run.glob("events*"))  # what the HPARAMS tab shows


def test_the_conditions_of_a_model_are_explored(tmp_path):
    def conditional(hp):
        if hp.Choice("kind", ["a", "b"]) == "b":
            with hp.conditional_scope("kind", "b"):
                hp.Int("depth", 1, 3)
        return build(hp)

    def hidden(hp):
        hp.Choice("kind", ["a", "b"])
        with hp.conditional_scope("kind", "b"):
            if hp.Int("depth", 1, 3):
                hp.Int("width", 1, 3)
        return build(hp)

    tuner = random_search(tmp_path, hidden, max_trials=1)
    names = {p.name for p in tuner.oracle.get_space().space}
    assert names == {"kind", "depth", "width", "units", "optimizer"}
    tuner = random_search(tmp_path, conditional, overwrite=True, max_trials=8)
    search(tuner, epochs=1)
    for trial in tuner.oracle.trials.values():
        assert trial.status == "COMPLETED"


def test_failures_are_told_and_end_the_search_when_there_are_many(tmp_path):
    def failing(hp):
        if "x" in hp and hp["x"] >= 0 and failing.active:
            raise FailedTrialError("no room")
        hp.Int("x", 0, 9)
        return build(hp)

    failing.active = False
    tuner = random_search(tmp_path, failing, max_trials=9)
    failing.active = True
    with pytest.warns(UserWarning, match="no room"), pytest.raises(RuntimeError, match="3 trials"):
        search(tuner)

    class Fatal(RandomSearch):
        def run_trial(self, trial, *args, **kwargs):
            raise FatalError("stop")

    with pytest.raises(FatalError, match="stop"):
        Fatal(build, "val_loss", directory=tmp_path, project_name="f").search(X, Y)


def test_a_missing_objective_is_told(tmp_path):
    with pytest.raises(TypeError, match="objective `val_mse`"):
        search(random_search(tmp_path, objective="val_mse"))


def test_large_models_fail(tmp_path):
    def sized(hp):
        model = models.Sequential([layers.Input((2,)), layers.Dense(hp.Int("n", 1, 2))])
        model.compile(loss="mse")
        return model

    tuner = GridSearch(sized, "val_loss", directory=tmp_path, max_model_size=3)
    with pytest.warns(UserWarning, match="has 6 parameters"):
        search(tuner, epochs=1)
    assert [t.status for t in tuner.oracle.trials.values()] == ["COMPLETED", "FAILED"]


def test_optimizer_and_loss_replace_those_of_the_model(tmp_path):
    seen = []

    class Spy(RandomSearch):
        def on_epoch_end(self, trial, model, epoch, logs=None):
            seen.append((type(model.optimizer).__name__, model.loss))

    tuner = Spy(
        build, "val_loss", max_trials=1, directory=tmp_path, optimizer="rmsprop", loss="mae"
    )
    search(tuner, epochs=1)
    assert seen == [("RMSprop", "mae")]


def test_summaries(tmp_path, capsys):
    tuner = search(random_search(tmp_path))
    capsys.readouterr()
    tuner.search_space_summary()
    shown = capsys.readouterr().out
    assert "Default search space size: 2" in shown
    assert "units (Int)" in shown
    tuner.results_summary(1)
    shown = capsys.readouterr().out
    best = tuner.oracle.get_best_trials()[0]
    assert f"Trial {best.trial_id} summary" in shown
    assert f"Score: {best.score}" in shown
    best.summary()
    assert f"units: {best.hyperparameters['units']}" in capsys.readouterr().out


def test_scripts_find_the_tuner_under_its_old_names():
    code = (
        "import addax; addax.install()\n"
        "import keras_tuner as kt, kerastuner\n"
        "from keras_tuner.engine.hyperparameters import HyperParameters\n"
        "from keras_tuner.engine.trial import Trial\n"
        "from kerastuner.tuners import RandomSearch, Hyperband\n"
        "from keras_tuner.oracles import BayesianOptimizationOracle\n"
        "from keras_tuner.tuners.randomsearch import RandomSearch as R\n"
        "print(kt.HyperParameters is HyperParameters, kt.RandomSearch is RandomSearch is R)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["True", "True"]

import sys

import pytest

from addax.tuner import HyperParameters, Objective, Oracle
from addax.tuner.hyperband import plan
from addax.tuner.oracles import (
    BayesianOptimizationOracle,
    GridSearchOracle,
    HyperbandOracle,
    RandomSearchOracle,
)

pytest.importorskip("optuna")


def space(size=100):
    hp = HyperParameters()
    hp.Int("n", 1, size)
    hp.Float("x", 1e-3, 1, sampling="log")
    hp.Choice("c", ["a", "b"])
    hp.Boolean("b", parent_name="c", parent_values="b")
    hp.Int("k", 4, 16, step=2, sampling="log")
    return hp


def run(oracle, score, limit=200):
    found = []
    for _ in range(limit):
        trial = oracle.create_trial()
        if trial.status == "STOPPED":
            break
        values = trial.hyperparameters.values
        oracle.update_trial(trial.trial_id, {oracle.objective.name: score(values)})
        oracle.end_trial(trial, "COMPLETED")
        found.append(dict(values))
    return found


def test_random_draws_lie_in_the_space_and_repeat_with_the_seed():
    def draws(seed):
        return run(
            RandomSearchOracle("loss", max_trials=12, hyperparameters=space(), seed=seed),
            lambda v: v["x"],
        )

    first = draws(3)
    assert first == draws(3)
    assert first != draws(4)
    assert len(first) == 12
    for values in first:
        assert 1 <= values["n"] <= 100
        assert 1e-3 <= values["x"] <= 1
        assert values["k"] in (4, 8, 16)
        assert ("b" in values) == (values["c"] == "b")


def test_random_search_ends_when_all_values_were_tried():
    hp = HyperParameters()
    hp.Choice("c", [1, 2, 3])
    oracle = RandomSearchOracle("loss", max_trials=50, hyperparameters=hp, seed=0)
    assert sorted(v["c"] for v in run(oracle, lambda v: 0.0)) == [1, 2, 3]


def test_grid_search_keeps_to_max_trials():
    hp = HyperParameters()
    hp.Int("a", 0, 3)
    oracle = GridSearchOracle("loss", max_trials=3, hyperparameters=hp)
    assert run(oracle, lambda v: 0.0) == [{"a": 0}, {"a": 1}, {"a": 2}]
    assert oracle.remaining_trials() == 0


def test_best_trials_come_first_and_follow_the_direction():
    for direction, best in (("min", 0), ("max", 3)):
        hp = HyperParameters()
        hp.Int("a", 0, 3)
        oracle = GridSearchOracle(Objective("m", direction), hyperparameters=hp)
        run(oracle, lambda v: float(v["a"]))
        trials = oracle.get_best_trials(2)
        assert trials[0].hyperparameters.values == {"a": best}
        assert trials[0].score == best
        assert oracle.get_trial(trials[0].trial_id) is trials[0]
        assert len(trials) == 2
    with pytest.raises(KeyError, match="9999"):
        oracle.get_trial("9999")


def test_the_gaussian_process_finds_a_minimum_that_chance_does_not():
    pytest.importorskip("sklearn")

    def score(values):
        return (values["x"] - 0.37) ** 2 + (values["y"] - 0.81) ** 2

    def best(kind, **kwargs):
        hp = HyperParameters()
        hp.Float("x", 0, 1)
        hp.Float("y", 0, 1)
        oracle = kind("loss", max_trials=14, hyperparameters=hp, seed=1, **kwargs)
        return min(map(score, run(oracle, score)))

    found = best(BayesianOptimizationOracle, num_initial_points=5)
    assert found < 1e-2
    assert found < best(RandomSearchOracle)


@pytest.mark.parametrize(
    ("max_epochs", "factor", "brackets"),
    [
        (10, 3, {2: [(12, 2), (4, 4), (2, 10)], 1: [(6, 4), (2, 10)], 0: [(4, 10)]}),
        (9, 3, {2: [(9, 1), (3, 3), (1, 9)], 1: [(5, 3), (2, 9)], 0: [(3, 9)]}),
        (1, 3, {0: [(1, 1)]}),
    ],
)
def test_the_plan_of_hyperband(max_epochs, factor, brackets):
    found = {}
    for place in plan(max_epochs, factor):
        rounds = found.setdefault(place.bracket, {})
        count, _ = rounds.get(place.round, (0, 0))
        rounds[place.round] = (count + 1, place.epochs)
    assert {b: list(r.values()) for b, r in found.items()} == brackets


def test_hyperband_lets_the_best_go_on():
    oracle = HyperbandOracle("loss", max_epochs=4, factor=2, hyperparameters=space(), seed=0)
    run(oracle, lambda v: v["x"])
    trials = oracle.trials.values()
    for trial in trials:
        values = trial.hyperparameters.values
        if values["tuner/round"] == 0:
            assert "tuner/trial_id" not in values
            assert values["tuner/initial_epoch"] == 0
            continue
        before = oracle.get_trial(values["tuner/trial_id"]).hyperparameters.values
        assert before["tuner/bracket"] == values["tuner/bracket"]
        assert before["tuner/round"] == values["tuner/round"] - 1
        assert before["tuner/epochs"] == values["tuner/initial_epoch"]
        assert before["x"] == values["x"]
    first = [t for t in trials if t.hyperparameters.values["tuner/bracket"] == 2]
    scores = [[t.score for t in first if t.hyperparameters["tuner/round"] == r] for r in range(3)]
    assert sorted(scores[1]) == sorted(scores[0])[: len(scores[1])]
    assert sorted(scores[2]) == sorted(scores[1])[: len(scores[2])]


def test_hyperband_ends_in_a_small_space():
    hp = HyperParameters()
    hp.Choice("c", [1, 2])
    oracle = HyperbandOracle(
        "loss", max_epochs=4, factor=2, hyperband_iterations=float("inf"), hyperparameters=hp
    )
    found = run(oracle, lambda v: float(v["c"]))
    assert [v["c"] for v in found if v["tuner/round"] == 0] in ([1, 2], [2, 1])


def test_the_state_on_disk_goes_on_as_if_nothing_had_happened(tmp_path):
    def oracle(folder, trials):
        new = HyperbandOracle("loss", max_epochs=4, factor=2, hyperparameters=space(), seed=5)
        new.max_trials = trials
        new.set_project_dir(str(tmp_path / folder))
        return new

    whole = run(oracle("a", 9), lambda v: v["x"])
    begun = run(oracle("b", 4), lambda v: v["x"])
    other = oracle("b", 9)
    other.reload()
    assert begun + run(other, lambda v: v["x"]) == whole


def test_a_trial_that_was_running_is_run_again(tmp_path):
    oracle = RandomSearchOracle("loss", max_trials=2, hyperparameters=space(), seed=0)
    oracle.set_project_dir(str(tmp_path))
    trial = oracle.create_trial()
    oracle.update_trial(trial.trial_id, {"loss": 1.0})
    other = RandomSearchOracle("loss", max_trials=2, hyperparameters=space(), seed=0)
    other.set_project_dir(str(tmp_path))
    other.reload()
    again = other.create_trial()
    assert again.trial_id == trial.trial_id
    assert again.hyperparameters.values == trial.hyperparameters.values
    assert not again.metrics.exists("loss")


def test_invalid_trials_are_retried_and_then_failed():
    oracle = RandomSearchOracle(
        "loss", 5, space(), seed=0, max_retries_per_trial=1, max_consecutive_failed_trials=2
    )
    first = oracle.create_trial()
    oracle.end_trial(first, "INVALID")
    assert oracle.create_trial() is first
    oracle.end_trial(first, "INVALID")
    assert first.status == "FAILED"
    second = oracle.create_trial()
    with pytest.raises(RuntimeError, match="2 trials failed"):
        oracle.end_trial(second, "FAILED")


def test_new_entries():
    given = HyperParameters()
    given.Fixed("n", 7)
    model = HyperParameters()
    model.Int("n", 1, 9)
    model.Int("m", 1, 9)
    with pytest.raises(RuntimeError, match="'m'"):
        RandomSearchOracle("loss", 3, given.copy(), allow_new_entries=False).update_space(model)
    fixed = RandomSearchOracle("loss", 3, given.copy(), tune_new_entries=False)
    fixed.update_space(model)
    assert [p.name for p in fixed.get_space().space] == ["n"]
    with pytest.raises(ValueError, match="need `hyperparameters`"):
        RandomSearchOracle("loss", 3, tune_new_entries=False)


def test_several_objectives_are_summed():
    oracle = RandomSearchOracle(["val_loss", "val_accuracy"], 1, space(), seed=0)
    trial = oracle.create_trial()
    oracle.update_trial(trial.trial_id, {"val_loss": 1.0, "val_accuracy": 0.75})
    oracle.end_trial(trial, "COMPLETED")
    assert trial.score == 0.25


def test_messages():
    with pytest.raises(ValueError, match="small or large"):
        RandomSearchOracle("val_thing", 1)
    with pytest.raises(ValueError, match="`direction`"):
        Objective("a", "up")
    with pytest.raises(NotImplementedError, match="populate_space"):
        Oracle("loss").create_trial()


def test_the_extra_is_named_when_optuna_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"addax\[tuner\]"):
        RandomSearchOracle("loss", 1, space(), seed=0).create_trial()

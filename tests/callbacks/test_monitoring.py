"""EarlyStopping, ReduceLROnPlateau and what they share with ModelCheckpoint."""

import itertools

import numpy as np
import pytest

from addax.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from tests.callbacks.fakes import FakeModel, run_epochs


def random_cases(seed, count):
    """Series of eighths and options: coarse, so that ties and exact `min_delta`s occur."""
    rng = np.random.Generator(np.random.Philox(seed))
    for _ in range(count):
        series = (rng.integers(-6, 18, rng.integers(1, 14)) / 8).tolist()
        yield rng, series


def by_chance(rng, *choices):
    return choices[rng.integers(len(choices))]


def test_early_stopping_decides_as_keras(capsys):
    import keras

    for rng, series in random_cases(1, 400):
        options = {
            "min_delta": by_chance(rng, 0, 0.125, -0.25, 1),
            "patience": by_chance(rng, 0, 1, 2, 4),
            "mode": by_chance(rng, "min", "max", "auto"),
            "baseline": by_chance(rng, None, None, 0.5, 1.5),
            "restore_best_weights": by_chance(rng, False, True),
            "start_from_epoch": by_chance(rng, 0, 0, 1, 3),
            "verbose": 1,
        }
        results = []
        for make in (EarlyStopping, keras.callbacks.EarlyStopping):
            model, callback = FakeModel(), make(**options)
            epochs = [run_epochs(callback, model, s) for s in (series, series[::-1])]
            results.append(
                (epochs, callback.stopped_epoch, callback.wait, callback.best,
                 callback.best_epoch, model.weights, capsys.readouterr().out)
            )  # fmt: skip
        assert results[0] == results[1], (series, options)


def test_reduce_on_plateau_decides_as_keras(capsys):
    import keras

    for rng, series in random_cases(2, 300):
        options = {
            "factor": by_chance(rng, 0.5, 0.25),
            "patience": by_chance(rng, 0, 1, 2, 4),
            "mode": by_chance(rng, "min", "max", "auto"),
            "min_delta": by_chance(rng, 0, 0.125, 0.5),
            "cooldown": by_chance(rng, 0, 1, 3),
            "min_lr": by_chance(rng, 0, 0.125, 0.3),
            "verbose": 1,
        }
        results = []
        for make in (ReduceLROnPlateau, keras.callbacks.ReduceLROnPlateau):
            model, callback = FakeModel(), make(**options)
            run_epochs(callback, model, series)
            results.append((callback.wait, callback.cooldown_counter, callback.best))
            results.append(capsys.readouterr().out)
            results.append(model.optimizer.learning_rate)
        assert results[:3] == results[3:], (series, options)


def test_checkpoint_saves_the_best_as_keras(tmp_path):
    import keras

    for number, (rng, series) in enumerate(random_cases(3, 30)):
        options = {
            "save_best_only": True,
            "mode": by_chance(rng, "min", "max", "auto"),
            "initial_value_threshold": by_chance(rng, None, 0.5, 1.0),
        }
        saved = []
        for make in (ModelCheckpoint, keras.callbacks.ModelCheckpoint):
            path = str(tmp_path / f"{number}-{{epoch:02d}}-{{val_loss:.3f}}.keras")
            model = FakeModel()
            run_epochs(make(path, **options), model, series)
            saved.append(model.saved)
        assert saved[0] == saved[1], (series, options)


@pytest.mark.parametrize(
    ("monitor", "mode"),
    [
        ("loss", "min"),
        ("val_loss", "min"),
        ("val_main_output_loss", "min"),
        ("acc", "max"),
        ("val_accuracy", "max"),
        ("val_head_sparse_categorical_accuracy", "max"),
        ("error_head_accuracy", "max"),
        ("top_5_accuracy", "max"),
        ("auc_1", "max"),
        ("precision2", "max"),
        ("mean_io_u", "max"),
        ("mean_absolute_error", "min"),
        ("binary_crossentropy", "min"),
        ("val_rmse", "min"),
    ],
)
def test_direction_from_the_name(monitor, mode):
    callback = EarlyStopping(monitor)
    assert callback.is_improvement(2.0, 1.0) == (mode == "max")
    assert callback.is_improvement(1.0, 2.0) == (mode == "min")


@pytest.mark.parametrize("attribute", ["direction", "_direction"])
def test_direction_from_the_metric_of_the_model(attribute):
    for word, is_up in (("up", True), ("down", False)):
        metric = type("Metric", (), {"name": "quality", attribute: word})()
        model = FakeModel()
        model.metrics = [metric]
        callback = EarlyStopping("val_quality")
        callback.set_model(model)
        assert callback.is_improvement(2.0, 1.0) == is_up


def test_unknown_direction_is_an_error():
    with pytest.raises(ValueError, match=r"monitor='val_quality'.*Pass `mode='max'`"):
        run_epochs(EarlyStopping("val_quality"), FakeModel(), [1.0], "val_quality")


def test_unknown_mode_falls_back_with_a_warning():
    with pytest.warns(UserWarning, match="Received: 'up'; going on with 'auto'"):
        assert EarlyStopping(mode="up").mode == "auto"


@pytest.mark.parametrize(
    "make", [EarlyStopping, ReduceLROnPlateau, lambda: ModelCheckpoint("x", save_best_only=True)]
)
def test_missing_quantity_warns_once_and_names_what_there_is(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    callback = make()
    with pytest.warns(UserWarning, match="watches `val_loss`.*Available are: acc") as caught:
        run_epochs(callback, FakeModel(), [1.0, 2.0, 3.0], "acc")
    assert len(caught) == 1


def test_nan_never_is_the_best():
    callback, model = EarlyStopping(patience=3, restore_best_weights=True), FakeModel()
    nan = float("nan")
    assert run_epochs(callback, model, [nan, 2.0, nan, 1.0, nan, nan, nan, 0.0]) == 7
    assert (callback.best, model.weights) == (1.0, 4)


def test_nothing_but_nan_stops():
    assert run_epochs(EarlyStopping(patience=2), FakeModel(), itertools.repeat(np.nan, 9)) == 2


def test_factor_must_reduce():
    with pytest.raises(ValueError, match="`factor` of `ReduceLROnPlateau` must be < 1"):
        ReduceLROnPlateau(factor=1.0)


def test_plateau_adds_the_rate_to_the_logs():
    callback, model, logs = ReduceLROnPlateau(patience=1), FakeModel(0.25), {"val_loss": 1.0}
    callback.set_model(model)
    callback.on_epoch_end(0, logs)
    assert logs["learning_rate"] == 0.25


def test_rate_needs_a_compiled_model():
    model = FakeModel()
    model.optimizer = None
    with pytest.raises(ValueError, match=r"Call `compile` first"):
        run_epochs(ReduceLROnPlateau(), model, [1.0])

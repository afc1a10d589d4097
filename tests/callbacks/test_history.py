import builtins

import numpy as np
import pytest

from addax.callbacks import CallbackList, History
from tests.callbacks.fakes import FakeModel


def trained(logs=None, epochs=3):
    history = History()
    history.on_train_begin()
    for epoch in range(epochs):
        values = {"accuracy": 0.5 + epoch / 10, "loss": 1.0 / (epoch + 1), "learning_rate": 0.1}
        if epoch % 2 == 0:
            values |= {"val_loss": 2.0 / (epoch + 1), "val_accuracy": 0.4}
        history.on_epoch_end(epoch, values)
    return history


def lines(figure):
    return {
        (panel.get_title(), line.get_label()): (line.get_xdata(), line.get_ydata())
        for panel in figure.axes
        for line in panel.lines
    }


def test_records_and_hangs_on_the_model():
    model = FakeModel()
    callbacks = CallbackList(add_history=True, model=model, epochs=2, steps=5, verbose=0)
    callbacks.on_train_begin()
    for epoch in (4, 5):
        callbacks.on_epoch_end(epoch, {"val_loss": 2, "loss": 1})
    history = model.history
    assert history.epoch == [4, 5]
    assert history.history == {"loss": [1.0, 1.0], "val_loss": [2.0, 2.0]}
    assert history.params == {"epochs": 2, "steps": 5, "verbose": 0}


def test_training_curves_stand_half_an_epoch_further_left():
    drawn = lines(trained().plot())
    expected = {
        ("loss", "training"): ([0.5, 1.5, 2.5], [1, 1 / 2, 1 / 3]),
        ("loss", "validation"): ([1, 3], [2, 2 / 3]),
        ("accuracy", "training"): ([0.5, 1.5, 2.5], [0.5, 0.6, 0.7]),
        ("accuracy", "validation"): ([1, 3], [0.4, 0.4]),
        ("learning_rate", "training"): ([1, 2, 3], [0.1] * 3),
    }
    assert drawn.keys() == expected.keys()
    for key, (x, y) in expected.items():
        np.testing.assert_allclose(drawn[key], (x, y))
    _close()


def _close():
    from matplotlib import pyplot

    pyplot.close("all")


def test_picture_is_saved_and_not_left_open(tmp_path):
    from matplotlib import pyplot

    figure = trained().plot(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert [panel.get_title() for panel in figure.axes] == ["loss", "accuracy", "learning_rate"]
    assert pyplot.get_fignums() == []


def test_chosen_metrics(tmp_path):
    figure = trained().plot(tmp_path / "curves.svg", metrics=["accuracy"])
    assert [panel.get_title() for panel in figure.axes] == ["accuracy"]
    with pytest.raises(ValueError, match=r"`metrics` of `plot` must be one of .*Received: 'acc'"):
        trained().plot(metrics="acc")


def test_many_metrics_fill_rows(tmp_path):
    history = History()
    history.on_epoch_end(0, {f"metric_{i}": 1.0 for i in range(5)})
    figure = history.plot(tmp_path / "curves.png")
    assert [panel.axison for panel in figure.axes] == [True] * 5 + [False]


def test_lists_put_in_by_hand():
    history = History()
    history.history["loss"] = [3.0, 2.0]
    np.testing.assert_allclose(lines(history.plot())["loss", "training"][0], [0.5, 1.5])
    _close()


def test_frame_has_a_row_per_epoch():
    frame = trained().to_frame()
    assert list(frame.columns) == ["accuracy", "loss", "learning_rate", "val_loss", "val_accuracy"]
    assert frame.index.tolist() == [0, 1, 2]
    assert frame.index.name == "epoch"
    np.testing.assert_allclose(frame["val_loss"], [2, np.nan, 2 / 3])


def test_several_trainings_in_one_picture(tmp_path):
    runs = {"original": trained(), "smaller": {"loss": [3.0, 2.0], "val_loss": [4.0, 5.0]}}
    drawn = lines(History.compare(runs, metrics=["loss"]))
    expected = {
        ("loss", "original"): ([1, 3], [2, 2 / 3]),
        ("loss", "original (training)"): ([0.5, 1.5, 2.5], [1, 1 / 2, 1 / 3]),
        ("loss", "smaller"): ([1, 2], [4, 5]),
        ("loss", "smaller (training)"): ([0.5, 1.5], [3, 2]),
    }
    assert drawn.keys() == expected.keys()
    for key, (x, y) in expected.items():
        np.testing.assert_allclose(drawn[key], (x, y))
    figure = History.compare(runs, tmp_path / "both.png", metrics="val_loss")
    assert [line.get_label() for line in figure.axes[0].lines] == ["original", "smaller"]
    figure = History.compare(runs, tmp_path / "all.png")
    assert [p.get_title() for p in figure.axes] == ["loss", "accuracy", "learning_rate"]
    with pytest.raises(ValueError, match="`metrics` of `plot` must be one of"):
        History.compare(runs, metrics=["val_losss"])
    with pytest.raises(ValueError, match="no learning curves"):
        History.compare({})
    _close()


def test_nothing_to_draw():
    with pytest.raises(ValueError, match="train for an epoch first"):
        History().plot()


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *args):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r'extra `plot`: pip install "addax\[plot\]"'):
        trained().plot()

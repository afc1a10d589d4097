import pathlib

import pytest

from addax.callbacks import CallbackList, ModelCheckpoint
from tests.callbacks.fakes import FakeModel, run_epochs


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def saved(*args, series=(3.0, 1.0, 2.0), **kwargs):
    model = FakeModel()
    run_epochs(ModelCheckpoint(*args, **kwargs), model, series)
    return model.saved


def test_pattern_is_filled_in_and_folders_are_made():
    paths = [path for _, path in saved("a/b/{epoch:02d}-{val_loss:.2f}.h5")]
    assert paths == ["a/b/01-3.00.h5", "a/b/02-1.00.h5", "a/b/03-2.00.h5"]
    assert all(pathlib.Path(path).exists() for path in paths)


@pytest.mark.parametrize("name", ["my_checkpoints", "x.hdf5", "x.keras", "x.weights.h5", "x.ckpt"])
def test_any_ending_and_weights_only(name):
    assert saved(name, series=[1.0]) == [("model", name)]
    assert saved(pathlib.Path(name), series=[1.0], save_weights_only=True) == [("weights", name)]


def test_saving_by_batches_goes_on_over_epochs():
    model = FakeModel()
    callback = ModelCheckpoint("{epoch}-{batch}", save_freq=3)
    callbacks = CallbackList(callback, model=model)
    for epoch in range(3):
        callbacks.on_epoch_begin(epoch)
        for batch in range(4):
            callbacks.on_train_batch_begin(batch)
            callbacks.on_train_batch_end(batch, {"loss": 1.0})
        callbacks.on_epoch_end(epoch, {"loss": 1.0})
    # Batches 3, 6, 9 and 12 of 12.
    assert [path for _, path in model.saved] == ["1-3", "2-2", "3-1", "3-4"]


def test_same_batches_as_keras():
    import keras

    for freq in (1, 2, 5, 7, 30):
        results = []
        for make, names in (
            (ModelCheckpoint, "{epoch}-{batch}.keras"),
            (keras.callbacks.ModelCheckpoint, "{epoch}-{batch}.keras"),
        ):
            model, callback = FakeModel(), make(names, save_freq=freq)
            callback.set_model(model)
            for epoch in range(4):
                callback.on_epoch_begin(epoch)
                for batch in range(6):
                    callback.on_train_batch_end(batch, {"loss": 1.0})
                callback.on_epoch_end(epoch, {"loss": 1.0})
            results.append(model.saved)
        assert results[0] == results[1], freq


def test_messages_as_keras(capsys):
    import keras

    texts = []
    for make in (ModelCheckpoint, keras.callbacks.ModelCheckpoint):
        for options in ({}, {"save_best_only": True}):
            run_epochs(make("m.keras", verbose=1, **options), FakeModel(), [2.0, 1.0, 3.0])
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert "val_loss improved from 2.00000 to 1.00000" in texts[0]


def test_best_lasts_over_runs():
    callback, model = ModelCheckpoint("{epoch}", save_best_only=True), FakeModel()
    run_epochs(callback, model, [2.0, 1.0])
    run_epochs(callback, model, [1.5, 0.5])
    assert [path for _, path in model.saved] == ["1", "2", "2"]


def test_unknown_name_in_the_pattern():
    with pytest.raises(KeyError, match=r"no 'val_acc' to fill in. Available are: epoch, val_loss"):
        saved("{val_acc}")


@pytest.mark.parametrize("save_freq", ["batch", 0, -1, 2.5, None, True])
def test_bad_save_freq(save_freq):
    with pytest.raises(ValueError, match="`save_freq` of `ModelCheckpoint`"):
        ModelCheckpoint("x", save_freq=save_freq)


def test_folder_in_the_way():
    pathlib.Path("here").mkdir()
    with pytest.raises(OSError, match="must not be a folder. Received: 'here'"):
        saved("here")


def test_direction_is_not_asked_for_without_need():
    assert len(saved("x", monitor="quality")) == 3

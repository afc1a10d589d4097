"""Training that is stopped anywhere and started again ends with the same bits."""

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import addax
from addax import layers
from addax.callbacks import BackupAndRestore, Callback, EarlyStopping
from addax.io import checkpoint
from addax.training import loop
from tests.training import killed

KINDS = ["arrays", "steps", "dataset", "generator"]
SCRIPT = Path(killed.__file__)


class Stopped(Exception):
    """Raised in the middle of training, in place of a signal."""


class StopAfter(Callback):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def state_dict(self):
        return {}

    def on_train_batch_end(self, batch, logs=None):
        self.steps -= 1
        if self.steps == 0:
            raise Stopped


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return {kind: killed.train(kind, tmp_path_factory.mktemp(kind), epochs=4) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("steps", "save_freq"), [(1, 5), (7, 5), (13, 5), (23, 5), (9, "epoch")])
def test_stopped_and_started_again(kind, steps, save_freq, uninterrupted, tmp_path):
    with pytest.raises(Stopped):
        killed.train(kind, tmp_path, 4, save_freq, extra=[StopAfter(steps)])
    assert killed.train(kind, tmp_path, 4, save_freq) == uninterrupted[kind]


@pytest.mark.parametrize("kind", ["iterable", "optimizers", "eager", "averages", "windows"])
def test_other_ways_to_train(kind, tmp_path, monkeypatch):
    if kind == "windows":  # arrays too large for the device are streamed
        monkeypatch.setattr(loop, "_PLACED_BYTES", 100)
        monkeypatch.setattr(loop, "_ROW_WINDOW_BYTES", 1000)
        kind = "arrays"
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    expected = killed.train(kind, whole, 3, save_freq=3)
    with pytest.raises(Stopped):
        killed.train(kind, parts, 3, save_freq=3, extra=[StopAfter(8)])
    assert killed.train(kind, parts, 3, save_freq=3) == expected


def start(kind, folder, result):
    command = [sys.executable, str(SCRIPT), kind, str(folder), str(result)]
    root = str(SCRIPT.parents[2])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths})


def check_files(folder):
    """Every backup under its name can be read, whenever the process was killed."""
    for path in (folder / "backup").glob("training.state*"):
        checkpoint.read(path)


def kill_until_done(kind, folder, kills, generator):
    """Run the script, killing it so many times; return its result and the number of kills."""
    result, done = folder / "result", 0
    while done < kills and not result.exists():
        process = start(kind, folder, result)
        if done % 4:  # else it may be killed while it starts
            while process.poll() is None and not (folder / "backup" / "training.state").exists():
                time.sleep(0.01)
        time.sleep(generator.uniform(0.3, 2.5))
        done += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        check_files(folder)
        print(kind, done, sorted(os.listdir(folder)))
    if not result.exists():
        assert start(kind, folder, result).wait() == 0
    assert not list((folder / "backup").glob(".*"))
    return result.read_text(), done


def test_killed_by_a_signal(tmp_path):
    expected = killed.train("arrays", tmp_path)
    folder = tmp_path / "killed"
    folder.mkdir()
    result, _ = kill_until_done("arrays", folder, 2, np.random.default_rng(0))
    assert result == expected


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "kills"), [("arrays", 7), ("dataset", 7), ("generator", 6)])
def test_killed_at_random_moments(kind, kills, tmp_path):
    expected = killed.train(kind, tmp_path)
    generator = np.random.default_rng(kills)
    total = runs = 0
    while total < kills:
        folder = tmp_path / str(runs)
        folder.mkdir()
        result, done = kill_until_done(kind, folder, min(4, kills - total), generator)
        assert result == expected
        total, runs = total + done, runs + 1
    print(kind, total, "kills in", runs, "trainings")


# -- the folder ------------------------------------------------------------------------------


def small(units=2):
    addax.utils.set_random_seed(1)
    model = addax.Sequential([addax.Input((3,)), layers.Dense(units), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


DATA = (np.arange(60, dtype="float32").reshape(20, 3) / 60, np.ones((20, 1), "float32"))


def fit(folder, model=None, **arguments):
    model = model or small()
    model.fit(*DATA, **{"epochs": 2, "verbose": 0, "resume": folder, **arguments})
    return model


def weights(model):
    return [np.asarray(variable).tolist() for variable in model.variables]


def test_more_epochs_than_before(tmp_path):
    fit(tmp_path / "a", epochs=2)
    history = fit(tmp_path / "a", epochs=5).history
    whole = fit(tmp_path / "b", epochs=5)
    assert weights(fit(tmp_path / "a", epochs=5)) == weights(whole)
    assert history.epoch == [0, 1, 2, 3, 4]
    assert history.history == whole.history.history


def test_training_that_had_ended_early_stays_ended(tmp_path):
    def stopping():
        return EarlyStopping("loss", patience=1, min_delta=10, restore_best_weights=True)

    first = fit(tmp_path, epochs=9, callbacks=[stopping()])
    again = fit(tmp_path, epochs=9, callbacks=[stopping()])
    assert again.history.epoch == first.history.epoch
    assert len(first.history.epoch) < 9
    assert weights(again) == weights(first)


def test_frozen_layers_stay_frozen(tmp_path):
    class Freeze(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                self.model.layers[0].trainable = False

    whole = fit(tmp_path / "a", epochs=4, callbacks=[Freeze()])
    fit(tmp_path / "b", epochs=2, callbacks=[Freeze()])
    again = fit(tmp_path / "b", epochs=4, callbacks=[Freeze()])
    assert not again.layers[0].trainable
    assert weights(again) == weights(whole)


def test_unseeded_training_starts_with_the_weights_of_the_first_time(tmp_path):
    model = small()
    with pytest.raises(Stopped):
        fit(tmp_path, model, callbacks=[StopAfter(1)])
    other = small()
    other.set_weights([value + 1 for value in other.get_weights()])
    assert weights(fit(tmp_path, other)) == weights(fit(None))


def test_backup_is_deleted_at_the_end(tmp_path):
    fit(None, callbacks=[BackupAndRestore(tmp_path / "backup")])
    assert not (tmp_path / "backup").exists()


def damage(path):
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


def test_damaged_backup(tmp_path):
    fit(tmp_path)
    damage(tmp_path / "training.state")
    with pytest.raises(ValueError, match=r"training\.state' is damaged"):
        fit(tmp_path)
    (tmp_path / "training.state").write_bytes(b"")
    with pytest.raises(ValueError, match="not a training state"):
        fit(tmp_path)


def test_backup_before_a_damaged_one(tmp_path):
    def backup():
        return [BackupAndRestore(tmp_path, double_checkpoint=True, delete_checkpoint=False)]

    whole = fit(None, epochs=3, callbacks=backup())
    damage(tmp_path / "training.state")
    with pytest.warns(UserWarning, match="Going on from the backup before"):
        again = fit(None, epochs=3, callbacks=backup())
    assert weights(again) == weights(whole)


def test_folder_of_something_else(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"holds other files \(notes\.txt\) and no backup"):
        fit(tmp_path)
    with pytest.raises(ValueError, match="is a file"):
        fit(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_backup_of_another_model(tmp_path):
    fit(tmp_path)
    with pytest.raises(ValueError, match="backup in .* is of another model"):
        fit(tmp_path, small(units=5))


def test_backup_in_the_middle_of_other_data(tmp_path):
    def backup():
        return [BackupAndRestore(tmp_path, save_freq=2)]

    with pytest.raises(Stopped):
        fit(None, callbacks=[*backup(), StopAfter(3)], batch_size=4)
    with pytest.raises(ValueError, match="batch_size 4, now 5"):
        fit(None, callbacks=backup(), batch_size=5)


def test_one_backup_is_enough(tmp_path):
    with pytest.raises(ValueError, match="Received: 2 of them"):
        fit(tmp_path / "a", callbacks=[BackupAndRestore(tmp_path / "b")])


@pytest.mark.parametrize("save_freq", [0, -1, "batch", 1.5])
def test_save_freq_is_checked(save_freq, tmp_path):
    with pytest.raises(ValueError, match="save_freq"):
        BackupAndRestore(tmp_path, save_freq=save_freq)


def test_same_seed_gives_the_same_bits_in_another_process(tmp_path):
    expected = killed.train("arrays", tmp_path)
    folder = tmp_path / "other"
    folder.mkdir()
    assert start("arrays", folder, folder / "result").wait() == 0
    assert (folder / "result").read_text() == expected


def test_nothing_is_warned_of(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(tmp_path)
        fit(tmp_path, epochs=3)

import numpy as np

from addax.callbacks import (
    BackupAndRestore,
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    ModelCheckpoint,
    ProgbarLogger,
    ReduceLROnPlateau,
)
from tests.callbacks.fakes import FakeModel, run_epochs


def test_arguments_of_the_constructor_stay_those_of_the_new_process():
    stopped = EarlyStopping(patience=3)
    run_epochs(stopped, FakeModel(), [3.0, 2.0, 2.5])
    other = EarlyStopping(patience=7)
    other.load_state_dict(stopped.state_dict())
    assert (other.patience, other.best, other.best_epoch, other.wait) == (7, 2.0, 1, 1)


def test_what_cannot_be_written_is_left_out():
    class Own(Callback):
        def __init__(self):
            super().__init__()
            self.file, self.made, self.seen = open, object(), {"loss": [1.0, np.float32(2)]}

    assert Own().state_dict() == {"seen": {"loss": [1.0, np.float32(2)]}}
    assert LambdaCallback(on_epoch_end=print).state_dict() == {}
    assert ProgbarLogger().state_dict() == {}


def test_state_goes_to_the_callback_of_the_same_class_and_number():
    def made():
        members = [ModelCheckpoint("a"), ReduceLROnPlateau(), ModelCheckpoint("b"), History()]
        return CallbackList(members)

    first, second = made(), made()
    for number, callback in enumerate(first):
        callback.best = number
    second.callbacks.insert(0, LambdaCallback())
    second.load_state_dicts(first.state_dicts())
    assert [callback.best for callback in second.callbacks[1:4]] == [0, 1, 2]


def test_callbacks_of_other_libraries_have_no_state():
    class Foreign:
        def on_epoch_end(self, epoch, logs=None): ...

    callbacks = CallbackList([Foreign()])
    assert callbacks.state_dicts() == []
    callbacks.load_state_dicts([["Foreign", {"a": 1}]])


def test_backup_comes_last():
    backup = BackupAndRestore("folder")
    callbacks = CallbackList([backup, EarlyStopping()], add_history=True, add_progbar=True)
    assert callbacks.callbacks[-1] is callbacks.backup is backup
    assert CallbackList([]).backup is None


def log(path, epochs, append, state=None):
    logger = CSVLogger(path, append=append)
    logger.on_train_begin()
    if state is not None:
        logger.load_state_dict(state)
    for epoch in epochs:
        logger.on_epoch_end(epoch, {"loss": float(epoch)})
    state = logger.state_dict()
    return logger, state


def test_csv_goes_on_after_the_epochs_that_count(tmp_path):
    for append in (False, True):
        path, whole = tmp_path / f"{append}.csv", tmp_path / f"whole{append}.csv"
        if append:
            path.write_text("epoch,loss\n7,7.0\n")
            whole.write_text(path.read_text())
        first, state = log(path, [0, 1], append)
        first.on_epoch_end(2, {"loss": 9.0})  # killed after this line, before the backup
        first.on_train_end()
        second, _ = log(path, [2, 3], append, state)
        second.on_train_end()
        third, _ = log(whole, [0, 1, 2, 3], append)
        third.on_train_end()
        assert path.read_text() == whole.read_text()

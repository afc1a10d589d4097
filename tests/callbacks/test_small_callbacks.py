"""LearningRateScheduler, CSVLogger, LambdaCallback, TerminateOnNaN, RemoteMonitor."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

from addax.callbacks import (
    CSVLogger,
    LambdaCallback,
    LearningRateScheduler,
    RemoteMonitor,
    TerminateOnNaN,
)
from tests.callbacks.fakes import FakeModel, run_epochs

# -- LearningRateScheduler -------------------------------------------------------------------


@pytest.mark.parametrize(
    "schedule",
    [
        lambda epoch, lr: lr * 0.5,
        lambda epoch: 0.5 ** (epoch + 1),
        lambda epoch, lr: np.float32(lr * 0.5),
        lambda epoch, lr: np.array(lr * 0.5),
    ],
)
def test_rate_is_set_and_logged(schedule, capsys):
    callback, model = LearningRateScheduler(schedule, verbose=1), FakeModel(1.0)
    run_epochs(callback, model, [1.0, 1.0])
    assert model.optimizer.learning_rate == 0.25
    assert type(model.optimizer.learning_rate) is float
    assert (
        "Epoch 2: LearningRateScheduler setting learning rate to 0.25." in capsys.readouterr().out
    )
    logs = {}
    callback.on_epoch_end(0, logs)
    assert logs == {"learning_rate": 0.25}


@pytest.mark.parametrize("value", [None, "0.1", True, [0.1], np.ones(2)])
def test_rate_must_be_a_number(value):
    with pytest.raises(ValueError, match="should be a float. Received"):
        run_epochs(LearningRateScheduler(lambda epoch: value), FakeModel(), [1.0])


def test_type_error_inside_the_schedule_is_not_hidden():
    with pytest.raises(TypeError, match="unsupported operand"):
        run_epochs(LearningRateScheduler(lambda epoch, lr: lr + "a"), FakeModel(), [1.0])


def test_schedule_must_be_callable():
    with pytest.raises(TypeError, match="`schedule` of `LearningRateScheduler`.*Received: 0.1"):
        LearningRateScheduler(0.1)


# -- CSVLogger -------------------------------------------------------------------------------


def write_csv(path, epochs, **options):
    logger = CSVLogger(path, **options)
    logger.on_train_begin()
    for epoch, logs in enumerate(epochs):
        logger.on_epoch_end(epoch, logs)
    logger.on_train_end()
    return path.read_text().splitlines()


def test_csv_same_as_keras(tmp_path):
    import keras

    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    epochs = [{"loss": 0.5, "acc": 1}, {"loss": 0.25, "acc": 1, "val_loss": 2.0, "new": 1}]
    for append in (False, True):
        lines = write_csv(ours, epochs, append=append, separator=";")
        logger = keras.callbacks.CSVLogger(str(theirs), append=append, separator=";")
        logger.on_train_begin()
        for epoch, logs in enumerate(epochs):
            logger.on_epoch_end(epoch, logs)
        logger.on_train_end()
        assert lines == theirs.read_text().splitlines()
    assert lines[0] == "epoch;acc;loss;val_acc;val_loss"
    assert lines[2] == "1;1;0.25;NA;2.0"
    assert len(lines) == 5


def test_csv_is_replaced_without_append_and_folder_is_made(tmp_path):
    path = tmp_path / "run" / "log.csv"
    write_csv(path, [{"loss": 0.5}] * 3)
    assert write_csv(path, [{"loss": 0.5}]) == ["epoch,loss,val_loss", "0,0.5,NA"]


def test_csv_lines_are_there_at_once(tmp_path):
    logger = CSVLogger(tmp_path / "log.csv")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": np.ones(2)})
    assert (tmp_path / "log.csv").read_text().count("\n") == 2
    logger.on_train_end()


# -- LambdaCallback --------------------------------------------------------------------------


def test_lambda_unknown_hook():
    with pytest.raises(TypeError, match=r"no hook 'on_epoch_ends'. Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)


def test_lambda_not_callable():
    with pytest.raises(TypeError, match="`on_test_end` of `LambdaCallback` must be callable"):
        LambdaCallback(on_test_end=3)


def test_lambda_batches():
    seen = []
    callback = LambdaCallback(on_batch_begin=lambda batch, logs: seen.append(batch))
    for batch in range(3):
        callback.on_train_batch_begin(batch, {})
    assert seen == [0, 1, 2]


# -- TerminateOnNaN --------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf])
def test_loss_that_is_not_finite(loss, capsys):
    callback, model = TerminateOnNaN(), FakeModel()
    callback.set_model(model)
    callback.on_train_batch_end(0, {"loss": 1.0})
    callback.on_train_batch_end(1, {})
    assert not model.stop_training
    callback.on_train_batch_end(2, {"loss": loss})
    assert model.stop_training
    assert capsys.readouterr().out == "Batch 2: Invalid loss, terminating training\n"
    with pytest.raises(RuntimeError, match="NaN or infinite at batch 3"):
        TerminateOnNaN(raise_error=True).on_train_batch_end(3, {"loss": loss})


# -- RemoteMonitor ---------------------------------------------------------------------------


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.seen.append((self.path, self.headers, body))
            self.send_response(404 if "missing" in self.path else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("as_json", [False, True])
def test_logs_are_posted(server, as_json):
    root = f"http://127.0.0.1:{server.server_port}"
    monitor = RemoteMonitor(root, "/in", "data", {"X-Run": "7"}, send_as_json=as_json)
    monitor.on_epoch_end(2, {"loss": 0.5, "a": np.float32(1), "b": np.ones(2)})
    path, headers, body = server.seen[0]
    text = body if as_json else urllib.parse.parse_qs(body)["data"][0]
    assert json.loads(text) == {"epoch": 2, "loss": 0.5, "a": 1.0, "b": [1.0, 1.0]}
    assert (path, headers["X-Run"]) == ("/in", "7")
    kind = "application/json" if as_json else "application/x-www-form-urlencoded"
    assert headers["Content-Type"] == kind


def test_server_that_refuses_or_is_away(server):
    root = f"http://127.0.0.1:{server.server_port}"
    with pytest.warns(UserWarning, match="epoch 0 to http://127.*404"):
        RemoteMonitor(root, "/missing").on_epoch_end(0, {"loss": 0.5})
    with pytest.warns(UserWarning, match="could not send the logs"):
        RemoteMonitor("http://127.0.0.1:1").on_epoch_end(0, {"loss": 0.5})


def test_only_web_addresses():
    with pytest.raises(ValueError, match="must start with http"):
        RemoteMonitor(root="file:///etc/passwd")

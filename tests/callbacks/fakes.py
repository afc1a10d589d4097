"""Stand-ins for a model and its optimizer, for callbacks of Addax and of Keras alike."""

import io
import os
from types import SimpleNamespace


class FakeModel:
    """Has what callbacks touch, and notes what they did."""

    def __init__(self, learning_rate=1.0):
        self.stop_training = False
        self.optimizer = SimpleNamespace(learning_rate=learning_rate)
        self.metrics = []
        self.weights = 0
        self.saved = []

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights

    def save(self, filepath, overwrite=True):
        self.saved.append(("model", os.fspath(filepath)))
        with open(filepath, "w") as file:
            file.write(str(self.weights))

    def save_weights(self, filepath, overwrite=True):
        self.saved.append(("weights", os.fspath(filepath)))
        with open(filepath, "w") as file:
            file.write(str(self.weights))


class Terminal(io.StringIO):
    """Standard output that says it can redraw a line."""

    encoding = "utf-8"

    def isatty(self):
        return True


class Clock:
    """The module `time`, standing still unless told otherwise."""

    def __init__(self):
        self.now = 1000.0

    def time(self):
        return self.now

    perf_counter = time


def run_epochs(callback, model, series, name="val_loss", weights=True):
    """Drive one callback as `fit` does; return the number of epochs that were run."""
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin({})
    for epoch, value in enumerate(series):
        callback.on_epoch_begin(epoch, {})
        if weights:
            model.weights = epoch + 1
        callback.on_epoch_end(epoch, {name: value})
        if model.stop_training:
            break
    callback.on_train_end({})
    return epoch + 1

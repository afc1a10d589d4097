"""Trains a model with backups, and writes a hash of all bits of its result: to be killed.

python killed.py MODEL FOLDER RESULT
"""

import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np

import addax
from addax import layers
from addax.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ReduceLROnPlateau,
)


def compiled(model, optimizer="adam"):
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


def perceptron():
    hidden = [layers.Dense(16, activation="relu"), layers.BatchNormalization()]
    stack = [addax.Input((6,)), *hidden, layers.Dropout(0.3), layers.Dense(1)]
    return compiled(addax.Sequential(stack))


def convolutional():
    stack = [addax.Input((8, 8, 1)), layers.GaussianNoise(0.1), layers.Conv2D(4, 3), layers.ReLU()]
    model = addax.Sequential([*stack, layers.GlobalAveragePooling2D(), layers.Dense(1)])
    return compiled(model, addax.optimizers.SGD(0.05, momentum=0.9))


def recurrent():
    stack = [addax.Input((5, 3)), layers.GRU(6, dropout=0.2), layers.Dense(1)]
    return compiled(addax.Sequential(stack), "rmsprop")


def rows(*shape):
    x = np.random.default_rng(1).normal(size=shape).astype("float32")
    return x, x.reshape(len(x), -1).sum(axis=1, keepdims=True)


class Pictures(addax.utils.PyDataset):
    """Batches whose order changes after each epoch by random numbers of its own."""

    def __init__(self):
        super().__init__()
        self.x, self.y = rows(84, 8, 8, 1)
        self.generator = np.random.default_rng(2)

    def __len__(self):
        return 14

    def __getitem__(self, index):
        part = slice(6 * index, 6 * index + 6)
        return self.x[part], self.y[part]

    def on_epoch_end(self):
        order = self.generator.permutation(len(self.x))
        self.x, self.y = self.x[order], self.y[order]


def sequences():
    generator = np.random.default_rng(3)
    x, y = rows(40, 5, 3)
    while True:
        chosen = generator.integers(0, 40, size=8)
        yield x[chosen], y[chosen]


class Shuffled:
    """An iterable with random numbers of its own."""

    def __init__(self):
        self.x, self.y = rows(66, 6)
        self.generator = np.random.default_rng(4)

    def __iter__(self):
        for index in self.generator.permutation(11):
            part = slice(6 * index, 6 * index + 6)
            yield self.x[part], self.y[part]


class Halves(addax.Model):
    """Trains its two layers by an optimizer each."""

    def __init__(self):
        super().__init__()
        self.first, self.second = layers.Dense(4), layers.Dense(1)
        self.optimizers = [addax.optimizers.Adam(), addax.optimizers.SGD(0.01, momentum=0.9)]
        self.mean = addax.metrics.Mean(name="loss")

    def call(self, x):
        return self.second(self.first(x))

    def train_step(self, data):
        x, y = data
        with addax.GradientTape() as tape:
            loss = addax.ops.mean((self(x) - y) ** 2)
        parts = [self.first.trainable_variables, self.second.trainable_variables]
        gradients = tape.gradient(loss, parts)
        for optimizer, found, part in zip(self.optimizers, gradients, parts, strict=True):
            optimizer.apply_gradients(zip(found, part, strict=True))
        self.mean.update_state(loss)
        return {"loss": self.mean.result()}


def arguments(kind):
    """Return a model, and what to `fit` it on."""
    x, y = rows(70, 6)
    if kind == "iterable":
        return perceptron(), {"x": Shuffled()}
    if kind == "optimizers":
        model = Halves()
        model.compile()
        return model, {"x": x, "y": y, "batch_size": 8}
    if kind == "eager":
        model = perceptron()
        model.compile("adam", "mse", run_eagerly=True)
        return model, {"x": x, "y": y, "batch_size": 16}
    if kind == "averages":
        optimizer = addax.optimizers.Adam(use_ema=True, gradient_accumulation_steps=2)
        model = perceptron()
        model.compile(addax.optimizers.LossScaleOptimizer(optimizer), "mse")
        return model, {"x": x, "y": y, "batch_size": 8, "shuffle": "batch"}
    if kind == "arrays":
        x, y = rows(101, 6)
        return perceptron(), {"x": x, "y": y, "batch_size": 8, "validation_split": 0.2}
    if kind == "steps":  # half a pass
        x, y = rows(112, 6)
        return perceptron(), {"x": x, "y": y, "batch_size": 8, "steps_per_epoch": 7}
    if kind == "dataset":  # the same
        return convolutional(), {"x": Pictures(), "steps_per_epoch": 7}
    x, y = rows(40, 5, 3)
    data = {"x": sequences(), "steps_per_epoch": 9, "validation_data": (x, y)}
    return recurrent(), data


class Weigher(Callback):
    """A callback of a user, whose attribute goes into the result."""

    def __init__(self):
        super().__init__()
        self.sums = []

    def on_epoch_end(self, epoch, logs=None):
        self.sums.append(logs["loss"] * np.random.rand())


def train(kind, folder, epochs=12, save_freq=5, wait=0.0, extra=()):
    """Train, and return all that must come out the same, as text."""
    addax.utils.set_random_seed(7)
    model, data = arguments(kind)
    weigher = Weigher()
    log = Path(folder) / f"{kind}.csv"
    watching = [
        ReduceLROnPlateau("loss", patience=2, min_delta=0.05, factor=0.7),
        EarlyStopping("loss", patience=6, min_delta=1e-3, restore_best_weights=True),
    ]
    rates = LearningRateScheduler(lambda epoch, rate: rate * 0.98)
    slow = LambdaCallback(on_epoch_begin=lambda epoch, logs: time.sleep(wait))
    backup = BackupAndRestore(Path(folder) / "backup", save_freq, delete_checkpoint=False)
    logger = CSVLogger(log)
    callbacks = [weigher, *watching, rates, logger, slow, backup, *extra]
    try:
        history = model.fit(**data, epochs=epochs, callbacks=callbacks, verbose=0)
    finally:
        logger.on_train_end()
    bits = hashlib.sha256()
    for variable in model._runner("train").carried:
        bits.update(np.asarray(variable).tobytes())
    state = [bits.hexdigest(), history.history, history.epoch, log.read_text()]
    if kind == "arrays":  # others may read ahead of what is trained on
        state += [weigher.sums, float(np.random.rand())]
    return json.dumps(state, sort_keys=True)


if __name__ == "__main__":
    result = train(sys.argv[1], sys.argv[2], wait=0.2)
    Path(sys.argv[3]).write_text(result)

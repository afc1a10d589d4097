"""A custom training loop, written once against the Keras API: a step with a gradient tape."""

import importlib

import numpy as np

from bench.workloads import WORKLOADS


class Loop:
    """The model of a workload, trained by a loop of the user's own.

    Args:
        framework: `"addax"` or `"keras-tensorflow"`.
        name: the workload.
        compiled: whether the step is decorated (`addax.function`, `tf.function`) or eager.
    """

    def __init__(self, framework, name, compiled):
        self.work = WORKLOADS[name]
        addax = framework == "addax"
        keras = importlib.import_module("addax" if addax else "keras")
        tensors = keras if addax else importlib.import_module("tensorflow")
        self.model = self.work.model(keras)
        self.loss = keras.losses.get(self.model.loss)
        self.mean_of = keras.ops.mean
        self.mean = keras.metrics.Mean()
        self.tape = tensors.GradientTape
        self.step = tensors.function(self._step) if compiled else self._step

    def _step(self, x, y):
        with self.tape() as tape:
            loss = self.mean_of(self.loss(y, self.model(x, training=True)))
        variables = self.model.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.model.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        self.mean.update_state(loss)
        return loss

    def run(self, x, y, steps):
        """Train for so many steps, over shuffled epochs; return the mean loss."""
        rng, order, start = np.random.default_rng(0), None, len(x)
        self.mean.reset_state()
        for _ in range(steps):
            if start + self.work.batch > len(x):
                order, start = rng.permutation(len(x)), 0
            rows = order[start : start + self.work.batch]
            self.step(x[rows], y[rows])
            start += self.work.batch
        return float(self.mean.result())

"""One framework in its own process: reads requests as JSON lines, answers with seconds.

Usage: python -m bench.worker addax|keras-jax|keras-torch|keras-tensorflow|jax
"""

import importlib
import json
import os
import sys
import time
import warnings

import numpy as np

from bench.workloads import WORKLOADS

# About as long as a step of the CIFAR network takes.
SLOW_SECONDS = 0.035


class Worker:
    """Holds the models and the data of the workload that is being measured."""

    def __init__(self, framework):
        self.framework = framework
        self.data, self.models, self.loops = {}, {}, {}
        if framework == "jax":
            self.library = None
        else:
            self.library = importlib.import_module("addax" if framework == "addax" else "keras")

    def model(self, name, steps_per_execution):
        key = name, steps_per_execution
        if key not in self.models:
            if self.library is None:
                from bench.jax_loop import PlainModel

                self.models[key] = PlainModel(name)
            else:
                self.models[key] = WORKLOADS[name].model(self.library, steps_per_execution)
        return self.models[key]

    def fit(self, workload, epochs, steps_per_execution=1, feed="arrays"):
        """Seconds of one `fit` on arrays, on a generator, or with a per-batch callback."""
        work = WORKLOADS[workload]
        if workload not in self.data:
            self.data[workload] = work.data()
        x, y = self.data[workload]
        model = self.model(workload, steps_per_execution)
        options = {} if self.library is None else {"verbose": 0}
        given = {"x": x, "y": y, "batch_size": work.batch}
        if feed in ("generator", "slow generator"):
            wait = SLOW_SECONDS if feed == "slow generator" else 0
            given = {"x": batches(x, y, work.batch, wait), "steps_per_epoch": work.steps}
        elif feed == "callback":
            options["callbacks"] = [self.watcher()]
        begin = time.perf_counter()
        model.fit(**given, epochs=epochs, **options)
        return time.perf_counter() - begin

    def loop(self, workload, compiled, steps):
        """Seconds of so many steps of a custom loop."""
        from bench.loop import Loop

        if workload not in self.data:
            self.data[workload] = WORKLOADS[workload].data()
        key = workload, compiled
        if key not in self.loops:
            self.loops[key] = Loop(self.framework, workload, compiled)
        begin = time.perf_counter()
        self.loops[key].run(*self.data[workload], steps)
        return time.perf_counter() - begin

    def watcher(self):
        """A callback that looks at the loss of every batch."""

        class Watcher(self.library.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                self.loss = logs["loss"]

        return Watcher()

    def predict(self, workload, calls):
        """Median seconds of `predict` of one row, among `calls`."""
        if workload not in self.data:
            self.data[workload] = WORKLOADS[workload].data()
        row = self.data[workload][0][:1]
        model = self.model(workload, 1)
        took = []
        for _ in range(calls):
            begin = time.perf_counter()
            model.predict(row, verbose=0)
            took.append(time.perf_counter() - begin)
        return sorted(took)[calls // 2]

    def forget(self):
        """Free the memory of the last workload."""
        self.data.clear()
        self.models.clear()
        self.loops.clear()
        return 0.0


def batches(x, y, size, wait=0.0):
    """Shuffled batches without end, as a user's generator gives them, `wait` seconds each."""
    rng = np.random.default_rng(0)
    while True:
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            if wait:
                time.sleep(wait)
            yield x[rows], y[rows]


def main():
    warnings.simplefilter("ignore")
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a framework prints is not an answer
    worker = Worker(sys.argv[1])
    print(json.dumps({"ready": True}), file=replies, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"seconds": getattr(worker, request.pop("do"))(**request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=replies, flush=True)


if __name__ == "__main__":
    main()

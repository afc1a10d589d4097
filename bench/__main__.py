"""Addax beside Keras and a hand-written JAX loop, measured in turns; see bench/README.md.

Usage: python -m bench [mlp|wide|...|predict|generator|callback|overlap|import|cold ...]
                       [--repeats N] [--verbose]
"""

import argparse
import json
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.peers import KERAS, ROOT, Peer, fresh, installed
from bench.report import Line, show
from bench.worker import SLOW_SECONDS
from bench.workloads import WORKLOADS

SLOW = "slow generator"

# A setting of Keras whose first epoch takes so many times the fastest one is not timed again,
# but for the best one.
TOO_SLOW = 4
PLAIN = ("mlp", "wide", "dense")  # the models that are written by hand in JAX as well
LOOPS = [(name, how) for name in ("addax", "keras-tensorflow") for how in (True, False)]
EXTRAS = ("predict", "generator", "callback", "overlap", "loop", "loop-cnn", "import", "cold")
WARM_UP_SECONDS = 5
COLD = """
import importlib
from bench.workloads import WORKLOADS
work = WORKLOADS["mlp"]
x, y = work.data()
model = work.model(importlib.import_module({library!r}))
model.fit(x, y, epochs=5, batch_size=work.batch, verbose=0)
"""


def in_turns(trials, repeats):
    """Median of each trial, taking turns so that a slow spell of the machine hits all alike."""
    took = {name: [] for name in trials}
    for _ in range(repeats):
        for name, trial in trials.items():
            seconds = trial()
            if seconds is not None:
                took[name].append(seconds)
    return {name: statistics.median(found) for name, found in took.items() if found}


def candidates(framework, work):
    """Values of `steps_per_execution` that a user of Keras would try."""
    if framework in ("keras-jax", "keras-tensorflow"):
        return [1, 16, work.steps]
    return [1]


def warm_up(peer, work):
    """Compile, and time one epoch of each setting; returns `{steps_per_execution: seconds}`."""
    found = {}
    for steps in candidates(peer.framework, work):
        request = {"do": "fit", "workload": work.name, "steps_per_execution": steps, "epochs": 1}
        if peer.ask(**request) is None:
            print(f"  {peer.framework}, steps_per_execution={steps}: {peer.error}", flush=True)
            continue
        found[steps] = peer.ask(**request)
    return {steps: seconds for steps, seconds in found.items() if seconds is not None}


def training(work, peers, repeats):
    """Milliseconds per training step of each peer, default and tuned."""
    able = {n: p for n, p in peers.items() if n != "jax" or work.name in PLAIN}
    first = {name: warm_up(peer, work) for name, peer in able.items()}
    limit = TOO_SLOW * min(
        min(found.values()) for n, found in first.items() if n != "jax" and found
    )
    fastest = min((t for n in KERAS for t in first.get(n, {}).values()), default=0)
    trials, once = {}, {}
    for name, found in first.items():
        best = min(found, key=found.get, default=1)
        for steps in sorted({1, best} & set(found)):
            label = name if steps == 1 else f"{name} steps_per_execution={steps}"
            if name in KERAS and found[steps] > max(limit, fastest):
                once[f"{label} (timed once)"] = found[steps] * work.epochs
                continue
            request = {"workload": work.name, "steps_per_execution": steps, "epochs": work.epochs}
            trials[label] = partial(peers[name].ask, do="fit", **request)
    seconds = in_turns(trials, repeats) | once
    for peer in peers.values():
        peer.ask(do="forget")
    scale = 1e3 / (work.epochs * work.steps)
    return {name: took * scale for name, took in seconds.items()}


def training_lines(work, figures):
    """Both requirements on a workload: against the best Keras, against the hand-written loop."""
    keras = {n: f for n, f in figures.items() if n.startswith("keras")}
    lines = []
    if "addax" in figures and keras:
        best = min(keras, key=keras.get)
        ratio = keras[best] / figures["addax"]
        lines.append(Line(f"{work.name}: speed over {best}", ratio, work.required, at_least=True))
    if "addax" in figures and "jax" in figures:
        ratio = figures["addax"] / figures["jax"]
        lines.append(Line(f"{work.name}: time over hand-written JAX", ratio, 1.1))
    return lines


def predict(peers, repeats):
    """Milliseconds of `predict` of one row."""
    able = {name: peer for name, peer in peers.items() if name != "jax"}
    for peer in able.values():
        peer.ask(do="predict", workload="mlp", calls=3)
    trials = {n: partial(p.ask, do="predict", workload="mlp", calls=15) for n, p in able.items()}
    return {name: took * 1e3 for name, took in in_turns(trials, repeats).items()}


def generator(peers, repeats):
    """Milliseconds per step of wide & deep fed by a generator, Keras at its best setting, too.

    The model is small, so that what feeding costs is not hidden behind matrix products.
    """
    work, trials = WORKLOADS["wide"], {}
    for name, peer in peers.items():
        for steps in candidates(name, work) if name != "jax" else ():
            request = {"do": "fit", "workload": "wide", "feed": "generator", "epochs": 2}
            request["steps_per_execution"] = steps
            label = name if steps == 1 else f"{name} steps_per_execution={steps}"
            if peer.ask(**request) is not None:
                trials[label] = partial(peer.ask, **request)
    return {n: took * 1e3 / (2 * work.steps) for n, took in in_turns(trials, repeats).items()}


def callback(peers, repeats):
    """Milliseconds that a per-batch callback adds to a step of the smallest model."""
    work, trials = WORKLOADS["wide"], {}
    request = {"do": "fit", "workload": "wide", "epochs": 2}
    for name, peer in peers.items():
        # the others need milliseconds for a step of this model even without one
        for feed in ("arrays", "callback") if name in ("addax", "keras-jax") else ():
            if peer.ask(**request, feed=feed) is not None:
                trials[name, feed] = partial(peer.ask, **request, feed=feed)
    took = in_turns(trials, repeats)
    scale = 1e3 / (work.steps * request["epochs"])
    names = {name for name, _ in took}
    return {n: (took[n, "callback"] - took[n, "arrays"]) * scale for n in names}


def overlap(peers, repeats):
    """Milliseconds per step of the CIFAR network: alone, the wait for its input, and both."""
    work, peer = WORKLOADS["cnn"], peers["addax"]
    request = {"do": "fit", "workload": "cnn", "epochs": 1}
    trials = {feed: partial(peer.ask, **request, feed=feed) for feed in ("arrays", SLOW)}
    for trial in trials.values():
        trial()
    took = {n: s * 1e3 / work.steps for n, s in in_turns(trials, repeats).items()}
    return {"computing": took["arrays"], "waiting": 1e3 * SLOW_SECONDS, "both": took[SLOW]}


def loop(peers, repeats, workload="mlp"):
    """Milliseconds per step of a custom loop with a gradient tape, and of `fit`."""
    work = WORKLOADS[workload]
    steps = min(work.steps, 400)
    trials = {}
    for name, compiled in LOOPS:
        request = {"do": "loop", "workload": workload, "compiled": compiled, "steps": steps}
        if name in peers and peers[name].ask(**(request | {"steps": 2})) is not None:
            # what the peer calls its compiled function; eager loops run fewer steps
            label = f"{name} function" if compiled else f"{name} eager"
            request["steps"] = steps if compiled else max(1, steps // 8)
            if compiled:
                warm_up_loop(peers[name], request)
            scale = 1e3 / request["steps"]
            trials[label] = partial(scaled, peers[name], scale, **request)
    if "addax" in peers:
        request = {"do": "fit", "workload": workload, "epochs": 1}
        peers["addax"].ask(**request)
        trials["addax fit"] = partial(scaled, peers["addax"], 1e3 / work.steps, **request)
    return in_turns(trials, repeats)


def warm_up_loop(peer, request):
    """Run a compiled loop for some seconds: what it compiles on the way belongs to the start."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < WARM_UP_SECONDS and peer.ask(**request) is not None:
        pass


def scaled(peer, factor, **request):
    """What a peer answers, times `factor`."""
    seconds = peer.ask(**request)
    return None if seconds is None else seconds * factor


def loop_lines(name, figures):
    """A compiled loop against `fit`, and a small model's against the loop in eager TensorFlow."""
    own, lines = figures.get("addax function"), []
    if own and "addax fit" in figures:
        lines.append(Line(f"{name}: time of the loop over fit", own / figures["addax fit"], 1.3))
    eager = figures.get("keras-tensorflow eager")
    if own and eager and name == "loop":
        label = f"{name}: speed over the loop in eager TensorFlow"
        lines.append(Line(label, eager / own, 3.0, at_least=True))
    return lines


def imports(repeats):
    """Seconds of `import`, each in a new process, without the start of Python itself."""
    start = in_turns({"python": partial(fresh, "python", "pass")}, repeats)["python"]
    names = {"addax": "addax", "import jax": "jax", "keras-jax": "keras"}
    trials = {n: partial(fresh, n, f"import {m}") for n, m in names.items()}
    for trial in trials.values():
        trial()  # compiles the bytecode
    return {name: took - start for name, took in in_turns(trials, repeats).items()}


def cold(repeats):
    """Seconds of a new process that imports, builds, compiles and trains the MLP for 5 epochs."""
    own, peer = COLD.format(library="addax"), COLD.format(library="keras")
    with tempfile.TemporaryDirectory() as kept:
        fresh("addax", own, kept)
        trials = {
            "addax": partial(fresh, "addax", own),
            "keras-jax": partial(fresh, "keras-jax", peer),
            "addax, compiled before": partial(fresh, "addax", own, kept),
        }
        return in_turns(trials, repeats)


def extra_line(name, figures):
    """The requirement on one of the measurements that are not training."""
    if name == "overlap":
        ratio = figures["both"] / (figures["computing"] + figures["waiting"])
        return [Line("slow generator: time over computing plus waiting", ratio, 0.7)]
    if name == "callback":
        return [Line("per-batch callback: ms a step", figures["addax"], 0.3)]
    if name == "generator":
        keras = {n: f for n, f in figures.items() if n.startswith("keras")}
        if "addax" not in figures or not keras:
            return []
        best = min(keras, key=keras.get)
        label = f"generator: speed over {best}"
        return [Line(label, keras[best] / figures["addax"], 2.0, at_least=True)]
    label, peer, limit = {
        "predict": ("predict one row: time over Keras on JAX", "keras-jax", 0.4),
        "import": ("import: time over import jax", "import jax", 1.5),
        "cold": ("cold MLP, 5 epochs: time over Keras on JAX", "keras-jax", 0.7),
    }[name]
    if "addax" not in figures or peer not in figures:
        return []
    return [Line(label, figures["addax"] / figures[peer], limit)]


def measure(names, repeats, frameworks, verbose):
    """All figures and requirement lines; prints each block as soon as it is there."""
    figures, lines = {}, []

    def add(name, unit, found, judged):
        figures[name] = found
        lines.extend(judged)
        show(name, unit, found)

    with tempfile.TemporaryDirectory() as cache:
        peers = {name: Peer(name, cache, verbose) for name in frameworks}
        try:
            for name in (n for n in WORKLOADS if n in names):
                found = training(WORKLOADS[name], peers, repeats)
                add(name, "ms/step", found, training_lines(WORKLOADS[name], found))
            fed = (("predict", "ms", predict), ("generator", "ms/step", generator))
            for name, unit, what in (
                *fed,
                ("callback", "ms/step", callback),
                ("overlap", "ms/step", overlap),
            ):
                if name in names:
                    found = what(peers, repeats)
                    add(name, unit, found, extra_line(name, found))
            for name, workload in (("loop", "mlp"), ("loop-cnn", "cnn")):
                if name in names:
                    found = loop(peers, repeats, workload)
                    add(name, "ms/step", found, loop_lines(name, found))
        finally:
            for peer in peers.values():
                peer.close()
    for name, what in (("import", imports), ("cold", cold)):
        if name in names:
            found = what(repeats)
            add(name, "s", found, extra_line(name, found))
    return figures, lines


def main():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[], help="what to measure; default: all")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=installed(), default=installed())
    parser.add_argument("--verbose", action="store_true", help="show what the peers print")
    given = parser.parse_args()
    known = [*WORKLOADS, *EXTRAS]
    unknown = set(given.names) - set(known)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    begin = time.perf_counter()
    print("Peers:", ", ".join(given.peers), flush=True)
    figures, lines = measure(given.names or known, given.repeats, given.peers, given.verbose)
    print("\nRequirements")
    for line in lines:
        print(f"  {line}")
    folder = Path(ROOT, "bench", "results")
    folder.mkdir(exist_ok=True)
    (folder / "latest.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"\n{time.perf_counter() - begin:.0f} s in all; figures in bench/results/latest.json")


if __name__ == "__main__":
    main()

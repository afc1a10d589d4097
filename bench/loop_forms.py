"""How to write the compiled epoch: times each form of the loop in plain JAX.

Usage: python -m bench.loop_forms [mlp|wide|dense ...] [--repeats N] [--parts access,loop,...]

Parts: `access` (how a shuffled batch reaches the step), `loop` (scan, fori, unrolling), `donate`,
`metrics` (running sums inside), `chunks` (steps per call), `host` (what the host must do per epoch
for each access form), `flags` (compiler options). Prints milliseconds per step, the minimum over
the repeats.
"""

import argparse
import functools
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from bench.plain_models import MODELS


# -- how batch number i is read --------------------------------------------------------------
def rows_by_slices(a, index):
    return jax.vmap(lambda i: lax.dynamic_index_in_dim(a, i, keepdims=False))(index)


def rows_by_inner_loop(a, index):
    def put(j, out):
        return lax.dynamic_update_index_in_dim(
            out, lax.dynamic_index_in_dim(a, index[j], keepdims=False), j, 0
        )

    return lax.fori_loop(0, len(index), put, jnp.zeros((len(index), *a.shape[1:]), a.dtype))


def rows_unrolled(a, index):
    zero = (0,) * (a.ndim - 1)
    shape = (1, *a.shape[1:])
    return jnp.concatenate(
        [lax.dynamic_slice(a, (index[j], *zero), shape) for j in range(len(index))]
    )


GATHERS = {
    "x[i]": lambda a, i: a[i],
    "x.at[i].get(clip)": lambda a, i: a.at[i].get(mode="clip"),
    "x.at[i].get(promise_in_bounds)": lambda a, i: a.at[i].get(mode="promise_in_bounds"),
    "jnp.take(clip)": lambda a, i: jnp.take(a, i, axis=0, mode="clip"),
    "vmap dynamic_index": rows_by_slices,
    "inner fori": rows_by_inner_loop,
    "unrolled slices": rows_unrolled,
}


def by_index(gather, batch):
    def read(data, i):
        x, y, order = data
        index = lax.dynamic_slice_in_dim(order, i * batch, batch)
        return gather(x, index), y.at[index].get(mode="clip")

    return read


def by_slice(batch):
    def read(data, i):
        return tuple(lax.dynamic_slice_in_dim(a, i * batch, batch) for a in data[:2])

    return read


def by_stack(data, i):
    return tuple(lax.dynamic_index_in_dim(a, i, keepdims=False) for a in data[:2])


# -- the loop --------------------------------------------------------------------------------
def make_step(model, read, metrics):
    def step(carry, data, i):
        params, slots, sums, count = carry
        x, y = read(data, i)

        def objective(p):
            out = model.predict(p, x)
            return model.loss(out, y), out

        (loss, out), grads = jax.value_and_grad(objective, has_aux=True)(params)
        params, slots = model.update(params, grads, slots, count)
        if metrics != "none":
            add = [loss * len(x), jnp.float32(len(x))]
            if metrics == "all":
                add += [model.hits(out, y), jnp.float32(len(x))]
            sums = [s + a for s, a in zip(sums, add, strict=False)] + sums[len(add) :]
        return (params, slots, sums, count + 1), loss

    return step


def make_run(step, form, steps, logs=True):
    """`run(carry, data, start, stop) -> (carry, losses)` in the given form of loop."""
    kind, _, unroll = form.partition(" unroll ")
    unroll = int(unroll or 1)

    def fori(carry, data, start, stop):
        def body(i, both):
            carry, out = both
            carry, loss = step(carry, data, i)
            return carry, out.at[i].set(loss) if logs else out

        def block(j, both):
            for k in range(unroll):
                both = body(start + j * unroll + k, both)
            return both

        both = carry, jnp.zeros(steps)
        whole = (stop - start) // unroll if unroll > 1 else 0
        if unroll > 1:
            both = lax.fori_loop(0, whole, block, both)
        return lax.fori_loop(start + whole * unroll, stop, body, both)

    def scan(carry, data, start, stop):
        return lax.scan(
            lambda c, i: step(c, data, i), carry, start + jnp.arange(steps), unroll=unroll
        )

    if kind == "scan":
        return scan
    if kind == "fori static":
        return lambda carry, data, start, stop: fori(carry, data, 0, steps)
    return fori


def milliseconds(call, steps, repeats):
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        jax.block_until_ready(call())
        best = min(best, time.perf_counter() - begin)
    return 1e3 * best / steps


class Trial:
    """One model with its data on the device, and the form that everything is compared with."""

    def __init__(self, model, repeats):
        rng = np.random.default_rng(0)
        self.model, self.repeats, self.trials = model, repeats, []
        self.host = model.data(rng)
        self.start = model.params(rng)
        self.steps = model.rows // model.batch
        self.order = rng.permutation(model.rows).astype("int32")
        self.data = (*map(jnp.asarray, self.host), jnp.asarray(self.order))

    def carry(self):
        sums = [np.float32(0)] * 4
        start = (self.start, self.model.slots(self.start), sums, np.int32(0))
        return jax.tree.map(jnp.array, start)

    def time(
        self,
        label,
        read=None,
        form="fori dynamic",
        metrics="all",
        donate=True,
        chunk=None,
        options=None,
        logs=True,
        data=None,
    ):
        read = read or by_slice(self.model.batch)
        steps = self.steps if chunk is None else chunk
        run = make_run(make_step(self.model, read, metrics), form, self.steps, logs)
        if "scan" in form and chunk:
            run = make_run(make_step(self.model, read, metrics), form, chunk, logs)
        run = jax.jit(run, donate_argnums=(0,) if donate else (), compiler_options=options)
        state = [self.carry()]
        data = data or self.data

        def epoch():
            for begin in range(0, self.steps - steps + 1, steps):
                state[0], out = run(state[0], data, begin, begin + steps)
                if chunk:
                    np.asarray(out)  # the logs, as a progress bar would read them
            return state[0]

        begin = time.perf_counter()
        jax.block_until_ready(epoch())
        first = time.perf_counter() - begin
        self.trials.append((label, epoch, self.steps // steps * steps, first))

    def report(self):
        """Time what was collected in turns, so that a slow spell of the machine hits all alike."""
        best = [float("inf")] * len(self.trials)
        for _ in range(self.repeats):
            for k, (_, epoch, count, _) in enumerate(self.trials):
                best[k] = min(best[k], milliseconds(epoch, count, 1))
        for took, (label, _, _, first) in zip(best, self.trials, strict=True):
            print(f"  {label:<44} {took:8.4f} ms/step   (first call {first:5.2f} s)", flush=True)
        self.trials = []


# -- the parts -------------------------------------------------------------------------------
def part_access(trial):
    batch = trial.model.batch
    for name, gather in GATHERS.items():
        trial.time(f"gather {name}", by_index(gather, batch))
    trial.time("dynamic_slice of a shuffled epoch", by_slice(batch))
    keep = trial.steps * batch
    stacked = [jnp.asarray(a[:keep].reshape(trial.steps, batch, *a.shape[1:])) for a in trial.host]
    trial.time("dynamic_index of stacked batches", by_stack, data=stacked)


def part_loop(trial):
    read = by_slice(trial.model.batch)
    for form in ["scan", "scan unroll 4", "fori static", "fori dynamic"]:
        trial.time(form, read, form)
    for unroll in (2, 4):
        trial.time(f"fori dynamic unroll {unroll}", read, f"fori dynamic unroll {unroll}")


def part_donate(trial):
    for donate in (True, False):
        trial.time(f"donate={donate}, chunks of 16", donate=donate, chunk=16)


def part_metrics(trial):
    for metrics in ("none", "loss", "all"):
        for logs in (True, False):
            trial.time(f"metrics {metrics}, per-step logs {logs}", metrics=metrics, logs=logs)


def part_chunks(trial):
    for chunk in (c for c in (1, 4, 16, 64, 256) if c <= trial.steps):
        trial.time(f"chunks of {chunk}", chunk=chunk)
    for chunk in (c for c in (16, 64) if c <= trial.steps):
        trial.time(f"scan, chunks of {chunk}", chunk=chunk, form="scan")
    trial.time("whole epoch")


def aligned(shape, dtype):
    """An uninitialised array on a 64-byte boundary, which JAX may take without a copy."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.empty(size + 64, np.uint8)
    offset = -raw.ctypes.data % 64
    return raw[offset : offset + size].view(dtype).reshape(shape)


def part_host(trial):
    x, _ = trial.host
    steps = trial.steps
    show = functools.partial(print, flush=True)

    def report(label, call):
        show(f"  {label:<44} {milliseconds(call, steps, trial.repeats):8.4f} ms/step")

    buffer = aligned(x.shape, x.dtype)
    report("np.take epoch, fresh array", lambda: x[trial.order])
    report(
        "np.take epoch, out=buffer, mode=clip",
        lambda: np.take(x, trial.order, axis=0, out=buffer, mode="clip"),
    )
    window = min(64, steps) * trial.model.batch
    small = aligned((window, *x.shape[1:]), x.dtype)

    def windows():
        for begin in range(0, len(x) - window + 1, window):
            np.take(x, trial.order[begin : begin + window], axis=0, out=small, mode="clip")

    report("np.take windows of 64 batches, reused buffer", windows)
    gather = jax.jit(lambda x, i: x.at[i].get(mode="clip"))
    report("device gather of the epoch (jit)", lambda: gather(trial.data[0], trial.data[2]))
    report("device_put of the epoch, aligned", lambda: jax.device_put(buffer))
    report("device_put of the epoch, np.empty", lambda: jax.device_put(x))
    report("device_put may_alias=True", lambda: jax.device_put(buffer, may_alias=True))
    report("from_dlpack of the epoch", lambda: jnp.from_dlpack(buffer))


FLAGS = {
    "default": None,
    "no concurrency-optimized scheduler": {"xla_cpu_enable_concurrency_optimized_scheduler": False},
    "concurrency-optimized scheduler": {"xla_cpu_enable_concurrency_optimized_scheduler": True},
    "single-threaded eigen": {"xla_cpu_multi_thread_eigen": False},
    "vector width 512": {"xla_cpu_prefer_vector_width": 512},
    "fast min max": {"xla_cpu_enable_fast_min_max": True},
    "fast math": {"xla_cpu_enable_fast_math": True},
    "no fusion emitters": {"xla_cpu_use_fusion_emitters": False},
    "fast-compile effort": {"exec_time_optimization_effort": -1.0},
    "opt level 2": {"xla_backend_optimization_level": 2},
    "opt level 1": {"xla_backend_optimization_level": 1},
    "no xnnpack": {"xla_cpu_use_xnnpack": False},
    "xnnpack": {"xla_cpu_use_xnnpack": True},
    "onednn": {"xla_cpu_use_onednn": True},
}


def part_flags(trial):
    for name, options in FLAGS.items():
        try:
            trial.time(name, options=options)
        except Exception as error:  # an option that this version of JAX does not know
            print(f"  {name:<44} {str(error).splitlines()[0][:60]}", flush=True)


PARTS = {name[5:]: part for name, part in list(globals().items()) if name.startswith("part_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=[])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--parts", default=",".join(PARTS))
    given = parser.parse_args()
    for name in given.models or MODELS:
        trial = Trial(MODELS[name](), given.repeats)
        for part in given.parts.split(","):
            print(f"{name}: {part}")
            PARTS[part](trial)
            trial.report()


if __name__ == "__main__":
    main()

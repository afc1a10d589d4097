"""Models that are dropped leave nothing behind, and predicting costs no memory."""

import gc
import subprocess
import sys

import pytest

_COMMON = """
import gc, numpy as np, addax
def resident():
    return int(open('/proc/self/statm').read().split()[1]) * 4096 / 2**20
x = np.random.default_rng(0).random((64, 4), dtype='float32')
y = x.sum(1, keepdims=True)
def cycle():
    layers = addax.layers
    model = addax.Sequential([addax.Input(shape=(4,)), layers.Dense(8), layers.Dense(1)])
    model.compile('adam', 'mse')
    model.fit(x, y, verbose=0)
    return model
"""
_CYCLES = """
for _ in range({warmup}): cycle()
gc.collect(); before = resident()
for _ in range({cycles}): cycle()
gc.collect(); print(resident() - before)
"""
_PREDICT = """
model = cycle()
for _ in range(300): model.predict(x[:32], verbose=0)
before = resident()
for _ in range(10_000): model.predict(x[:32], verbose=0)
print(resident() - before)
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def growth(script):
    """Run a script in a process of its own; other tests' memory would blur the figure."""
    done = subprocess.run(
        [sys.executable, "-c", _COMMON + script], capture_output=True, text=True, check=True
    )
    gc.collect()
    return float(done.stdout.split()[-1])


def test_build_fit_delete_cycles():
    assert growth(_CYCLES.format(warmup=60, cycles=100)) < 10


def test_predict():
    assert growth(_PREDICT) < 1

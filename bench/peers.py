"""The processes that are compared: starting them, asking them, and one-off fresh processes."""

import importlib.util
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
KERAS = ("keras-jax", "keras-torch", "keras-tensorflow")


def installed():
    """Names of the peers that can run here, Addax first."""
    backends = [k for k in KERAS if importlib.util.find_spec(k.split("-")[1])]
    return ["addax", "jax", *(backends if importlib.util.find_spec("keras") else [])]


def environment(framework, cache):
    """What a process of `framework` sees; `cache` is the folder for compiled programs."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "ADDAX_CACHE_DIR": str(cache)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # or Addax would be compiled at each start
    env |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1", "JAX_PLATFORMS": "cpu"}
    if framework.startswith("keras-"):
        env["KERAS_BACKEND"] = framework.removeprefix("keras-")
    return env


class Peer:
    """A worker process that answers requests one at a time."""

    def __init__(self, framework, cache, verbose=False):
        self.framework = framework
        self.output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by close()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", framework],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if verbose else self.output,
            text=True,
            cwd=ROOT,
            env=environment(framework, cache),
        )
        self.error = None
        self._answer(120)

    def ask(self, timeout=150, **request):
        """Seconds that the request took, or None (then `error` says why)."""
        if self.process.poll() is not None:
            return None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._answer(timeout)

    def _answer(self, timeout):
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.error = f"no answer in {timeout} s" if not ready else self._last_line()
            self.process.kill()
            return None
        answer = json.loads(line)
        self.error = answer.get("error")
        return answer.get("seconds")

    def _last_line(self):
        self.output.seek(0)
        return (self.output.read().strip().splitlines() or ["ended without a word"])[-1]

    def close(self):
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.output.close()


def fresh(framework, code, cache=None):
    """Seconds that a new process takes from start to end of `code`; None where it failed."""
    with tempfile.TemporaryDirectory() as empty:
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment(framework, cache or empty),
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=180,
        )
        took = time.perf_counter() - begin
    return took if done.returncode == 0 else None

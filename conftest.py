"""What every test and doctest runs under: JAX for Keras too, two CPU devices, fixed seeds."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("MPLBACKEND", "Agg")
# pytest runs one process per core, so a pool of threads in each would only get in the way.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
_DEVICES = "--xla_force_host_platform_device_count"
if _DEVICES not in os.environ.get("XLA_FLAGS", ""):
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {_DEVICES}=2".strip()
if "ADDAX_CACHE_DIR" not in os.environ:
    # Shared by all test processes and runs: compiling is most of the time the suite takes.
    _cache = Path(tempfile.gettempdir()) / f"addax-test-cache-{os.getuid()}"
    os.environ["ADDAX_CACHE_DIR"] = str(_cache)

import pytest  # noqa: E402


@pytest.fixture(autouse=True)
def _fixed_seed():
    import jax

    from addax import config
    from addax.core.variable import reset_names, set_random_seed

    set_random_seed(0)
    reset_names()
    yield
    # a test that asks for 64 bits switches them on for the whole process
    if jax.config.jax_enable_x64:
        jax.config.update("jax_enable_x64", False)
        config.set_floatx("float32")

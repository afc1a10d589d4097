"""Compiles the C sources of this package on first use, and hands them to XLA.

The compiler of the system makes code for the processor it runs on, in less than a second, once:
the library is kept beside the compiled programs, under a name made of the source, of jaxlib's
release and of what the processor can do. Where there is no compiler, or `ADDAX_NATIVE=0`, XLA's
own operations serve.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path

import jax
import jaxlib

from addax.engine import cache

_SOURCE = Path(__file__).with_name("products.c")
_OPTIONS = ["-O2", "-march=native", "-mprefer-vector-width=512", "-std=gnu11", "-shared", "-fPIC"]
_TARGETS = (
    "addax_product",
    "addax_product_over_rows",
    "addax_convolution",
    "addax_kernel_gradient",
)
_COMPILER_SECONDS = 60
_lock = threading.Lock()


def is_available() -> bool:
    """Say whether programs may call the functions of the C sources; compile them if need be."""
    with _lock:
        return _register()


@functools.cache
def _register() -> bool:
    if os.environ.get("ADDAX_NATIVE") == "0" or not _can_run():
        return False
    try:
        library = _load()
    except (OSError, subprocess.SubprocessError) as error:
        warnings.warn(
            f"Addax' own matrix products could not be compiled, XLA's are used: {_reason(error)} "
            "Set ADDAX_NATIVE=0 to do without them.",
            stacklevel=4,
        )
        return False
    if library is None:
        return False
    for target in _TARGETS:
        capsule = jax.ffi.pycapsule(getattr(library, target))
        jax.ffi.register_ffi_target(target, capsule, platform="cpu")
    return True


def _can_run() -> bool:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return False
    return {"avx2", "fma"} <= set(_processor_flags().split())


@functools.cache
def _processor_flags() -> str:
    """Return the line of `/proc/cpuinfo` that lists what the first processor can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")


def _reason(error: Exception) -> str:
    printed = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
    return printed.splitlines()[-1] if printed else f"{error}."


def _load() -> ctypes.CDLL | None:
    folder = cache.private_folder()
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="addax-") as scratch:
            return _compiled(Path(scratch, "products.so"))
    options = " ".join([jaxlib.__version__, _processor_flags(), *_OPTIONS])
    key = hashlib.sha256(_SOURCE.read_bytes() + options.encode())
    return _compiled(folder / f"products-{key.hexdigest()[:32]}.so")


def _compiled(path: Path) -> ctypes.CDLL | None:
    """Load the library at `path`, made there if it is missing; None without a compiler."""
    if not path.exists():
        compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
        if compiler is None:
            return None
        made = path.with_suffix(f".{os.getpid()}.tmp")
        include = f"-I{jax.ffi.include_dir()}"
        try:
            subprocess.run(
                [compiler, *_OPTIONS, include, str(_SOURCE), "-o", str(made)],
                check=True,
                capture_output=True,
                timeout=_COMPILER_SECONDS,
            )
            made.replace(path)  # another process may have been as fast
        finally:
            made.unlink(missing_ok=True)
    return ctypes.CDLL(str(path))

"""Compiles the C sources of this package on first use, and hands them to XLA.

The compiler of the system makes code for the processor it runs on, in less than a second, once:
the library is kept beside the compiled programs, under a name made of the source, of jaxlib's
release and of the processor. Where there is no compiler, or `ADDAX_NATIVE=0`, XLA's own operations
serve.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any

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


def serves(*arrays: Any) -> bool:
    """Say whether programs may call the functions of the C sources on such arrays.

    They take arrays of 32 bits that one CPU device holds whole. The sources are compiled if
    need be.
    """
    return (
        all(array.dtype == "float32" and _is_whole(array) for array in arrays)
        and jax.default_backend() == "cpu"
        and jax.sharding.get_abstract_mesh().empty
        and is_available()
    )


def _is_whole(array: Any) -> bool:
    """Say whether all sizes are known, and this is no part of an array on several devices."""
    known = all(isinstance(size, int) for size in array.shape)
    return known and not getattr(jax.typeof(array), "vma", None)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def is_available() -> bool:
    """Say whether the functions of the C sources are there; compile them if need be."""
    with _lock:
        return _register()


@functools.cache
def _register() -> bool:
    if os.environ.get("ADDAX_NATIVE") == "0" or not _can_run():
        return False
    compiler = next(filter(None, map(shutil.which, ("gcc", "cc", "clang"))), None)
    if compiler is None:
        return False
    try:
        library = _load(compiler)
        functions = [getattr(library, target) for target in _TARGETS]
    except (OSError, AttributeError, subprocess.SubprocessError) as error:
        warnings.warn(
            "Addax' own matrix products and convolutions cannot be used, XLA's are: "
            f"{_reason(error)} Set ADDAX_NATIVE=0 to do without them.",
            stacklevel=4,
        )
        return False
    for target, function in zip(_TARGETS, functions, strict=True):
        jax.ffi.register_ffi_target(target, jax.ffi.pycapsule(function), platform="cpu")
    return True


def _can_run() -> bool:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return False
    return {"avx2", "fma"} <= set(_processor().split())


@functools.cache
def _processor() -> str:
    """Return name and abilities of the first processor, as `/proc/cpuinfo` tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    told = dict(reversed([line.split("\t", 1) for line in lines if "\t" in line]))
    return " ".join(told.get(key, "") for key in ("model name", "flags"))


def _reason(error: Exception) -> str:
    printed = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
    return printed.splitlines()[-1] if printed else f"{error}."


def _load(compiler: str) -> ctypes.CDLL:
    """Load the library, from the folder of compiled programs if that can hold it."""
    folder = cache.private_folder()
    if folder is not None:
        path = folder / f"products-{_key()}.so"
        try:
            if not _is_own(path):
                _compile(compiler, path)
            return ctypes.CDLL(str(path))
        except OSError:  # cut off, or nothing can be stored or executed there
            path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="addax-") as scratch:
        path = Path(scratch, "products.so")
        _compile(compiler, path)
        return ctypes.CDLL(str(path))


def _key() -> str:
    """Return a name for what these sources become here."""
    made_of = [" ".join([jaxlib.__version__, _processor(), *_OPTIONS]).encode()]
    made_of += [path.read_bytes() for path in sorted(_SOURCE.parent.glob("*.[ch]"))]
    return hashlib.sha256(b"".join(made_of)).hexdigest()[:32]


def _is_own(path: Path) -> bool:
    """Say whether `path` is a file that nobody else can have written."""
    try:
        info = path.lstat()
    except OSError:
        return False
    others = info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(info.st_mode) and info.st_uid == os.getuid() and not others


def _compile(compiler: str, path: Path) -> None:
    """Put the library at `path` whole or not at all: another process may do the same."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    os.close(handle)
    made = Path(name)
    try:
        include = f"-I{jax.ffi.include_dir()}"
        subprocess.run(
            [compiler, *_OPTIONS, include, str(_SOURCE), "-o", str(made)],
            check=True,
            capture_output=True,
            timeout=_COMPILER_SECONDS,
        )
        made.chmod(0o700)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)

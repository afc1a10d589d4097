"""Reads NumPy arrays out of pickles that may come from a stranger.

The unpickler knows three names, `numpy.ndarray`, `numpy.dtype` and `_reconstruct`, and gives
none of them the real object: NumPy's own `__setstate__` methods trust the flags that a file
claims. Stand-ins only collect the state, and the arrays are then built from checked parts.
"""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_KINDS = "biufOSU"
_RECONSTRUCT = ("numpy.core.multiarray", "numpy._core.multiarray")  # before and since NumPy 2


def _text(value: Any) -> Any:
    return value.decode("latin1") if isinstance(value, bytes) else value


class _Dtype:
    """Stands in for `numpy.dtype`: keeps the type code and the byte order only."""

    def __init__(self, code: Any, align: Any = False, copy: Any = False) -> None:
        self.code = _text(code)
        self.order = "|"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = _text(state[1])

    def build(self) -> np.dtype[Any]:
        dtype = np.dtype(self.code)
        if dtype.kind not in _KINDS or dtype.names or dtype.subdtype:
            raise pickle.UnpicklingError(f"Array type not allowed in a data file: {self.code!r}")
        return dtype.newbyteorder(self.order) if self.order in ("<", ">") else dtype


class _Array:
    """Stands in for `numpy.ndarray` until its parts have been checked."""

    state: tuple[Any, ...] = ()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state

    def build(self) -> np.ndarray:
        shape, dtype, fortran, data = self.state[-4:]
        if not isinstance(dtype, _Dtype):
            raise pickle.UnpicklingError("An array in the data file has no proper type.")
        real, shape = dtype.build(), tuple(int(n) for n in shape)
        array = _from_list(data) if real.kind == "O" else np.frombuffer(_raw(data), real)
        if array.size != math.prod(shape):
            raise pickle.UnpicklingError(f"{array.size} values in the data file for shape {shape}.")
        return array.reshape(shape, order="F" if fortran else "C")


def _raw(data: Any) -> bytes:
    if isinstance(data, str):  # Python 2 wrote byte strings as text
        return data.encode("latin1")
    if not isinstance(data, bytes):
        raise pickle.UnpicklingError(f"Array data must be bytes, not {type(data).__name__}.")
    return data


def _from_list(values: Any) -> np.ndarray:
    if not isinstance(values, list):
        raise pickle.UnpicklingError(f"Object arrays need a list, not {type(values).__name__}.")
    array = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        array[index] = _built(value)
    return array


def _built(value: Any) -> Any:
    """Replace the stand-ins inside dicts, lists and tuples by real arrays."""
    if isinstance(value, _Array):
        return value.build()
    if isinstance(value, dict):
        return {key: _built(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and any(
        isinstance(item, (_Array, list, tuple, dict)) for item in value
    ):
        return type(value)(_built(item) for item in value)
    return value


def _reconstruct(*_: Any) -> _Array:
    return _Array()


class _ArrayUnpickler(pickle.Unpickler):
    """Unpickles plain Python data and NumPy arrays, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "numpy" and name in ("ndarray", "dtype"):
            return _Array if name == "ndarray" else _Dtype
        if module in _RECONSTRUCT and name == "_reconstruct":
            return _reconstruct
        raise pickle.UnpicklingError(
            f"The data file asks for `{module}.{name}`. Only numbers, text, lists, dicts and NumPy "
            "arrays are read from data files, because any other object could run code."
        )


def load_arrays(stream: BinaryIO) -> Any:
    """Return the content of a pickle that holds only plain data and arrays.

    Args:
        stream: a file opened in binary mode. Text of Python 2 pickles comes back as bytes.

    Raises:
        pickle.UnpicklingError: for any other object.
    """
    return _built(_ArrayUnpickler(stream, encoding="bytes").load())


def _npy_member(stream: BinaryIO) -> np.ndarray:
    content = stream.read()
    buffer = io.BytesIO(content)
    version = np.lib.format.read_magic(buffer)
    header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    _, _, dtype = header(buffer)
    if dtype.hasobject:
        return np.asarray(load_arrays(buffer))
    return np.load(io.BytesIO(content), allow_pickle=False)


def load_npz(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an `.npz` file; object arrays through the restricted unpickler."""
    with zipfile.ZipFile(path) as archive:
        arrays = {}
        for name in archive.namelist():
            with archive.open(name) as member:
                arrays[name.removesuffix(".npy")] = _npy_member(member)  # type: ignore[arg-type]
        return arrays

"""Plain values and arrays in one file, checked by a hash: what training resumes from.

Layout: 8 bytes of magic, the SHA-256 of all that follows, the length of the header (8 bytes,
little-endian), the header (JSON: the value, and dtype and shape of each array), the arrays.
Reading builds nothing but numbers, texts, lists, tuples, dicts and arrays.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from addax.io import atomic
from addax.io.h5_access import BadFileError

_MAGIC = b"ADDAXCP1"
_START = len(_MAGIC) + 32 + 8
_DTYPES = frozenset(
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    + ["float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"]
    + ["complex64", "complex128"]
)


def is_plain(value: Any) -> bool:
    """Say whether `write` can hold `value`.

    Example:
        >>> is_plain({"best": 0.5, "weights": [np.zeros(3)]}), is_plain(open)
        (True, False)
    """
    try:
        _encode(value, [])
    except (TypeError, RecursionError):
        return False
    return True


def write(path: Path, value: Any) -> None:
    """Write a value to a file, which appears whole or not at all.

    Args:
        path: the file.
        value: numbers, texts, None, arrays, and lists, tuples and dicts of them.

    Raises:
        TypeError: if there is something else in it.
    """
    arrays: list[np.ndarray] = []
    content = _encode(value, arrays)
    shapes = [[array.dtype.name, list(array.shape)] for array in arrays]
    header = json.dumps({"content": content, "arrays": shapes}).encode()
    parts: list[Any] = [len(header).to_bytes(8, "little"), header]
    parts += [np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    with atomic.new_file(path) as temporary, temporary.open("wb") as file:
        for part in (_MAGIC, digest.digest(), *parts):
            file.write(part)
    _flush_folder(path.parent)


def read(path: Path) -> Any:
    """Return what `write` wrote.

    Raises:
        BadFileError: if the file is damaged or of another kind; a ValueError.
    """
    data = path.read_bytes()
    if data[: len(_MAGIC)] != _MAGIC or len(data) < _START:
        raise BadFileError(f"'{path}' is not a training state of Addax, or is damaged.")
    if hashlib.sha256(memoryview(data)[len(_MAGIC) + 32 :]).digest() != data[8:40]:
        raise BadFileError(f"'{path}' is damaged: its content does not match its hash.")
    try:
        stop = _START + int.from_bytes(data[40:_START], "little")
        header = json.loads(data[_START:stop])
        arrays = _read_arrays(data, stop, header["arrays"])
        return _decode(header["content"], arrays)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise BadFileError(f"'{path}' does not describe a training state: {error!r}") from error


def _read_arrays(data: bytes, start: int, shapes: list[Any]) -> list[np.ndarray]:
    arrays = []
    for name, shape in shapes:
        if name not in _DTYPES or not all(type(size) is int and size >= 0 for size in shape):
            raise ValueError(f"dtype {name!r} and shape {shape!r} are not allowed")
        dtype = np.dtype(name)
        count = math.prod(shape)
        if start + count * dtype.itemsize > len(data):
            raise ValueError("the arrays are longer than the file")
        array = np.frombuffer(data, dtype, count, start).reshape(shape).copy()
        arrays.append(array)
        start += array.nbytes
    return arrays


def _encode(value: Any, arrays: list[np.ndarray]) -> Any:
    """Return `value` for JSON; arrays are moved to the list."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [_encode(item, arrays) for item in value]
    if type(value) is tuple:
        return {"tuple": [_encode(item, arrays) for item in value]}
    if type(value) is dict:
        pairs = value.items()
        return {"dict": [[_encode(k, arrays), _encode(item, arrays)] for k, item in pairs]}
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.name in _DTYPES:
        arrays.append(np.asarray(value))
        return {"array" if isinstance(value, np.ndarray) else "scalar": len(arrays) - 1}
    raise TypeError(f"A training state cannot hold {type(value).__name__}: {value!r:.80}")


def _decode(value: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_decode(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "tuple":
        return tuple(_decode(item, arrays) for item in inner)
    if kind == "dict":
        return {_decode(k, arrays): _decode(item, arrays) for k, item in inner}
    if kind == "array":
        return arrays[inner]
    if kind == "scalar":
        return arrays[inner][()]
    raise ValueError(f"there is no kind {kind!r}")


def _flush_folder(folder: Path) -> None:
    """Have the file's new name on the disk; only possible where folders can be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)

"""`tf.strings`, on texts of the host: str or NumPy arrays of str."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from addax.compat.tensorflow.functions import convert_to_tensor


def _texts(value: Any) -> np.ndarray:
    array = np.asarray(value)
    return np.char.decode(array, "utf-8") if array.dtype.kind == "S" else array


def _each(function: Callable[[str], Any], value: Any, dtype: Any = object) -> Any:
    texts = _texts(value)
    results = [
        function(t.decode() if isinstance(t, bytes) else str(t)) for t in texts.ravel().tolist()
    ]
    array = np.empty(len(results), dtype)
    array[:] = results
    shaped = array.reshape(texts.shape)
    return shaped if dtype is not object else np.array(shaped.tolist(), dtype=object)


def lower(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """Return the texts in small letters."""
    return _each(str.lower, input)


def upper(input: Any, encoding: str = "", name: str | None = None) -> Any:
    """Return the texts in capital letters."""
    return _each(str.upper, input)


def strip(input: Any, name: str | None = None) -> Any:
    """Return the texts without white space around them."""
    return _each(str.strip, input)


def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    """Return the lengths, in bytes or in characters (`unit="UTF8_CHAR"`)."""
    if unit == "BYTE":
        return convert_to_tensor(_each(lambda t: len(t.encode()), input, np.int32))
    return convert_to_tensor(_each(len, input, np.int32))


def substr(input: Any, pos: int, len: int, unit: str = "BYTE", name: str | None = None) -> Any:
    """Return parts of the texts, counted in characters."""
    return _each(lambda t: t[pos : pos + len if pos >= 0 or pos + len < 0 else None], input)


def regex_replace(
    input: Any, pattern: str, rewrite: str, replace_global: bool = True, name: str | None = None
) -> Any:
    """Replace what matches a pattern."""
    found = re.compile(pattern)
    return _each(lambda t: found.sub(rewrite, t, count=0 if replace_global else 1), input)


def split(input: Any, sep: str | None = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """Return the words of a text; of texts, a list of arrays."""
    return _parts(lambda t: t.split(sep or None, maxsplit), input)


def unicode_split(input: Any, input_encoding: str = "UTF-8", **kwargs: Any) -> Any:
    """Return the characters of a text; of texts, a list of arrays."""
    return _parts(list, input)


def _parts(function: Callable[[str], list[str]], value: Any) -> Any:
    texts = _texts(value)
    if texts.ndim == 0:
        return np.array(function(str(texts)), dtype=object)
    return [np.array(function(str(text)), dtype=object) for text in texts.tolist()]


def join(inputs: Any, separator: str = "", name: str | None = None) -> Any:
    """Join texts, entry by entry."""
    arrays = np.broadcast_arrays(*[_texts(value) for value in inputs])
    texts = [
        separator.join(map(str, row)) for row in zip(*[a.ravel() for a in arrays], strict=True)
    ]
    return np.array(texts, dtype=object).reshape(arrays[0].shape)


def reduce_join(
    inputs: Any,
    axis: int | None = None,
    keepdims: bool = False,
    separator: str = "",
    name: Any = None,
) -> Any:
    """Join the texts of an array, along an axis."""
    texts = _texts(inputs)
    moved = texts.reshape(-1) if axis is None else np.moveaxis(texts, axis, -1)
    rows = moved.reshape(-1, moved.shape[-1])
    joined = np.array([separator.join(map(str, row)) for row in rows], dtype=object)
    joined = joined.reshape(moved.shape[:-1])
    if not keepdims:
        return joined
    return joined.reshape((1,) * texts.ndim) if axis is None else np.expand_dims(joined, axis)


def as_string(input: Any, precision: int = -1, **kwargs: Any) -> Any:
    """Return numbers as texts."""
    array = np.asarray(input)
    floating = array.dtype.kind == "f"
    form = f"%.{6 if precision < 0 else precision}f" if floating else "%s"
    if array.dtype.kind == "b":
        return _each(str.lower, array.astype(str))
    return np.array([form % v for v in array.ravel().tolist()], dtype=object).reshape(array.shape)


def to_number(input: Any, out_type: Any = "float32", name: str | None = None) -> Any:
    """Return the numbers that texts show."""
    return convert_to_tensor(_each(float, input, np.float64), out_type)

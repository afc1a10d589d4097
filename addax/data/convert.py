"""From arrays, tensors, lists and data frames to NumPy arrays of the types we train with.

Libraries are recognized by the name of the module that defines the class, so none of them is
imported here. Floats become `floatx()`, 64-bit integers become 32-bit ones, and small
integers and booleans stay as they are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from addax import config
from addax.data.lazy import LazyRows

# Memory-mapped, sparse and HDF5 data up to this size is read at once; beyond, batch by batch.
IN_MEMORY_LIMIT = 256 * 2**20


class Place:
    """The argument that a value came from, for messages: "`x['age']` of `fit`".

    Args:
        path: the argument's path, such as `y[0]`.
        owner: the function that it belongs to.
        texts: whether strings are accepted, beside numbers.
    """

    __slots__ = ("owner", "path", "texts")

    def __init__(self, path: str, owner: str, texts: bool = False) -> None:
        """Remember what is needed for messages."""
        self.path = path
        self.owner = owner
        self.texts = texts

    def __str__(self) -> str:
        """Return the place as it stands in messages."""
        return f"`{self.path}` of `{self.owner}`"

    def part(self, key: Any) -> Place:
        """Return the place of one item of a list or dict."""
        return Place(f"{self.path}[{key!r}]", self.owner, self.texts)


@functools.cache
def _roots_of(cls: type) -> frozenset[str]:
    return frozenset(base.__module__.partition(".")[0] for base in cls.__mro__)


def defined_in(value: Any, package: str) -> bool:
    """Say whether the class of `value`, or one it inherits from, belongs to `package`.

    Example:
        >>> defined_in(np.zeros(3), "numpy"), defined_in(3, "numpy")
        (True, False)
    """
    return package in _roots_of(value.__class__)


def is_array_like(value: Any) -> bool:
    """Say whether `value` is an array, tensor, data frame or the like, with >= 1 axis."""
    shape = None if isinstance(value, type) else getattr(value, "shape", None)
    try:
        return shape is not None and len(shape) > 0
    except (TypeError, ValueError):
        return False


def holds_arrays(value: Any) -> bool:
    """Say whether a list, tuple or mapping holds arrays, and so is several inputs.

    A list of numbers, or of lists of numbers, is one array instead.

    Example:
        >>> holds_arrays([np.zeros(3), np.zeros(3)]), holds_arrays([[1, 2], [3, 4]])
        (True, False)
    """
    if isinstance(value, Mapping):
        return True
    if not isinstance(value, (list, tuple)) or not value:
        return False
    first = next((item for item in value if item is not None), None)
    return first is None or is_array_like(first) or holds_arrays(first)


def to_arrays(value: Any, place: Place) -> Any:
    """Return `value` with each of its parts as a NumPy array or `LazyRows`.

    Args:
        value: an array-like, or a list, tuple or mapping of them; None stays None.
        place: where it comes from.

    Raises:
        ValueError: for objects, complex numbers, ragged lists and scalars, and for strings
            where `place` does not take them.
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        return {key: to_arrays(item, place.part(key)) for key, item in value.items()}
    if holds_arrays(value):
        items = [to_arrays(item, place.part(index)) for index, item in enumerate(value)]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return to_array(value, place)


def to_array(value: Any, place: Place) -> Any:
    """Return one array-like as a NumPy array, or as `LazyRows` where it is large."""
    if isinstance(value, LazyRows):
        return value
    if type(value) is np.ndarray:
        array = value
    else:
        array = next((make for root, make in _CONVERTERS if defined_in(value, root)), _default)(
            value, place
        )
    if isinstance(array, LazyRows):
        return array
    if array.ndim == 0 and array.dtype.kind != "O":
        raise ValueError(
            f"{place} must have a batch axis. Received: {value!r} of shape (). "
            "Wrap a single sample: `np.asarray([value])`."
        )
    return cast(_numeric(array, place), place)


@functools.cache
def _target(dtype: np.dtype[Any], floatx: str) -> np.dtype[Any]:
    if dtype.kind == "f" or dtype.name == "bfloat16":
        # NumPy has no bfloat16 of its own; the engine casts.
        return np.dtype("float32" if floatx == "bfloat16" else floatx)
    if dtype.kind in "iu" and dtype.itemsize == 8:
        return np.dtype(np.int32 if dtype.kind == "i" else np.uint32)
    return dtype.newbyteorder("=")


def target_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type that numbers of type `dtype` are converted to.

    Example:
        >>> target_dtype(np.dtype("float64")), target_dtype(np.dtype("int64"))
        (dtype('float32'), dtype('int32'))
    """
    return _target(dtype, config.floatx())


def cast(array: np.ndarray, place: Place) -> np.ndarray:
    """Return `array` in the type we train with; the same array if it has it."""
    target = target_dtype(array.dtype)
    if target == array.dtype:
        return array
    if target.kind in "iu" and array.size:
        limits = np.iinfo(target)
        low, high = array.min(), array.max()
        if low < limits.min or high > limits.max:
            raise ValueError(
                f"{place} holds integers that do not fit in {target}. "
                f"Received: values from {low} to {high}. Number the values from 0, or pass floats."
            )
    return array.astype(target)


def _numeric(array: np.ndarray, place: Place) -> np.ndarray:
    if place.texts and holds_texts(array):
        return array.astype(object) if array.dtype.kind == "T" else array
    kind = array.dtype.kind
    if kind == "O":
        array = _from_objects(array, place)
        kind = array.dtype.kind
    if kind in "biuf" or array.dtype.name == "bfloat16":
        return array
    fix = {
        "c": "Pass the real and imaginary parts as two features.",
        "m": "Turn durations into numbers first.",
        "M": "Turn dates into numbers first.",
        "V": "Pass the fields as a dict of arrays.",
    }.get(kind, _NO_TEXTS)
    example = f", such as {array.flat[0]!r}" if array.size else ""
    raise ValueError(
        f"{place} must hold numbers. Received: an array of type {array.dtype}{example}. {fix}"
    )


_NO_TEXTS = (
    "Encode text as numbers first, for example with `StringLookup`; as a layer of a model, it "
    "takes texts from an `Input` of `dtype='string'`."
)


def holds_texts(array: np.ndarray) -> bool:
    """Say whether an array holds strings, all of it.

    Example:
        >>> holds_texts(np.array(["a", "b"])), holds_texts(np.array(["a", None]))
        (True, False)
    """
    kind = array.dtype.kind
    if kind == "O":
        return array.size > 0 and all(isinstance(value, (str, bytes)) for value in array.flat)
    return kind in "SUT"


def _first_text(value: Any) -> bool:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return isinstance(value, (str, bytes))


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float, np.number, np.bool_))


def _from_objects(array: np.ndarray, place: Place) -> np.ndarray:
    if array.ndim == 0:
        value = array.item()
        raise ValueError(
            f"{place} must be an array or tensor of numbers. "
            f"Received: {value!r:.60} of type {type(value).__name__}"
        )
    if place.texts and isinstance(array.flat[0], (str, bytes)):
        _refuse_missing(array, place)
    for position, value in zip(np.ndindex(array.shape), array.flat, strict=True):
        if not (_is_number(value) or is_array_like(value) or isinstance(value, (list, tuple))):
            where = position[0] if len(position) == 1 else position
            raise ValueError(
                f"{place} must hold numbers. Received: {value!r:.60} of type "
                f"{type(value).__name__} at position {where}. Encode text as numbers and fill in "
                "missing values first."
            )
    return _from_nested(array.tolist(), place)


def _refuse_missing(array: np.ndarray, place: Place) -> None:
    for position, value in zip(np.ndindex(array.shape), array.flat, strict=True):
        if not isinstance(value, (str, bytes)):
            raise ValueError(
                f"{place} must hold strings throughout. Received: {value!r:.60} of type "
                f"{type(value).__name__} at position {position[0]}. Fill missing ones in first, "
                "for example with ''."
            )


def _from_nested(rows: Any, place: Place) -> np.ndarray:
    try:
        return np.asarray(rows)
    except ValueError as error:
        raise ValueError(
            f"{place} cannot become a rectangular array: {_unequal_row(rows)}. "
            "Pad the rows to one length, for example with `addax.utils.pad_sequences`."
        ) from error


def _unequal_row(rows: Any) -> str:
    def extent(row: Any) -> int | None:
        return len(row) if hasattr(row, "__len__") else None

    expected = extent(rows[0])
    for index, row in enumerate(rows):
        if extent(row) != expected:
            found = "is a single value" if extent(row) is None else f"has {extent(row)} values"
            wanted = "a single value" if expected is None else expected
            return f"row {index} {found}, expected {wanted} as in row 0"
    return "its rows have different shapes"


def _default(value: Any, place: Place) -> np.ndarray:
    if isinstance(value, (list, tuple)):
        if place.texts and _first_text(value):
            # not an array of type str, in which each text takes as much memory as the longest
            return np.array(value, dtype=object)
        return _numeric(_from_nested(value, place), place)
    if hasattr(value, "todense"):
        value = value.todense()
    return np.asarray(value)


def _from_torch(value: Any, place: Place) -> np.ndarray:
    value = value.detach().cpu()
    if "bfloat16" in str(value.dtype):
        value = value.float()
    return value.numpy()


def _refuse_columns(bad: Mapping[Any, Any], place: Place) -> None:
    if bad:
        listed = ", ".join(f"{name!r} ({dtype})" for name, dtype in list(bad.items())[:8])
        raise ValueError(
            f"{place} must hold numbers. Received: a data frame with the columns {listed}. "
            "Encode them as numbers, or drop them."
        )


def _from_pandas(value: Any, place: Place) -> np.ndarray:
    if not hasattr(value, "dtypes"):
        return np.asarray(value)
    if place.texts and holds_texts(texts := value.to_numpy(dtype=object)):
        return texts
    single = not hasattr(value, "columns")
    if single and getattr(value.dtype, "kind", "O") == "O":
        return _from_series(value, place)
    dtypes = {} if single else dict(zip(value.columns, value.dtypes, strict=True))
    if not single and len(dtypes) != len(value.columns):
        raise ValueError(f"{place} must have column names that differ: {list(value.columns)}")
    _refuse_columns({k: v for k, v in dtypes.items() if v.kind not in "biufO"}, place)
    texts = {
        name: dtype
        for index, (name, dtype) in enumerate(dtypes.items())
        if dtype.kind == "O" and not all(map(_is_number, value.iloc[:, index]))
    }
    _refuse_columns(texts, place)
    masked = any(hasattr(dtype, "na_value") for dtype in dtypes.values()) or (
        single and hasattr(value.dtype, "na_value")
    )
    if masked and value.isna().to_numpy().any():
        return value.to_numpy(dtype="float64", na_value=np.nan)
    array = value.to_numpy()
    return array.astype("float64") if array.dtype.kind == "O" else array


def _from_series(value: Any, place: Place) -> np.ndarray:
    if not all(map(_is_number, value)) and not all(map(_is_cell_array, value)):
        _refuse_columns({value.name: value.dtype}, place)
    return _from_nested(value.tolist(), place)


def _is_cell_array(value: Any) -> bool:
    return is_array_like(value) or isinstance(value, (list, tuple))


_POLARS_TEXTS = ("String", "Utf8", "Categorical")


def _from_polars(value: Any, place: Place) -> np.ndarray:
    columns = {} if not hasattr(value, "schema") else dict(value.schema)
    if not columns:
        columns = {value.name: value.dtype}
    if place.texts and all(str(dtype) in _POLARS_TEXTS for dtype in columns.values()):
        return value.to_numpy().astype(object)
    bad = {
        name: dtype
        for name, dtype in columns.items()
        if not (dtype.is_numeric() or dtype.is_nested() or str(dtype) == "Boolean")
    }
    _refuse_columns(bad, place)
    return value.to_numpy()


def _from_scipy(value: Any, place: Place) -> Any:
    rows = LazyRows(value.tocsr(), functools.partial(cast, place=place), target_dtype(value.dtype))
    return rows if rows.nbytes > IN_MEMORY_LIMIT else rows[:]


def _from_file(value: Any, place: Place) -> Any:
    if value.ndim == 0 or value.dtype.kind not in "biuf" or value.nbytes <= IN_MEMORY_LIMIT:
        return np.asarray(value)
    return LazyRows(value, functools.partial(cast, place=place), target_dtype(value.dtype))


def _from_numpy(value: Any, place: Place) -> Any:
    if isinstance(value, np.memmap):
        return _from_file(value, place)
    if isinstance(value, np.ma.MaskedArray):
        return value.filled(np.nan) if value.dtype.kind == "f" else np.asarray(value)
    return np.asarray(value)


_CONVERTERS: tuple[tuple[str, Callable[[Any, Place], Any]], ...] = (
    ("numpy", _from_numpy),
    ("torch", _from_torch),
    ("pandas", _from_pandas),
    ("polars", _from_polars),
    ("scipy", _from_scipy),
    ("h5py", _from_file),
)

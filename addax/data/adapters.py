"""The table of data formats, and `as_source`, which looks into it.

A format is recognized by the name of the module that defines the class, or by its methods, so
no library is imported here. The first row that matches is used.
"""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from addax import tree
from addax.data.check import (
    check_batch_size,
    check_finite,
    check_shuffle,
    check_steps,
    count_samples,
    steps_name,
)
from addax.data.convert import Place, defined_in, is_array_like, to_arrays
from addax.data.dataset import Batches, PyDataset
from addax.data.lazy import LazyRows
from addax.data.order import epoch_order
from addax.data.source import ArraySource, Batch, Source, StreamSource
from addax.data.split import unpack_x_y_sample_weight
from addax.data.weights import check_class_weight, fold_class_weight, match_weights

_DEFAULT_BATCH_SIZE = 32


@dataclass(frozen=True)
class Request:
    """The arguments of `as_source`, checked."""

    x: Any
    y: Any
    sample_weight: Any
    batch_size: int | None
    shuffle: bool | str
    class_weight: dict[Any, Any] | None
    steps: int | None
    owner: str
    seed: int
    finite_targets: bool
    texts: bool

    def arrays(self, parts: Iterable[Any]) -> Iterator[Any]:
        """Yield `x`, `y` and `sample_weight` as arrays."""
        for name, value in zip(("x", "y", "sample_weight"), parts, strict=True):
            yield to_arrays(value, Place(name, self.owner, self.texts and name == "x"))


@dataclass(frozen=True)
class Adapter:
    """One row of the table.

    Attributes:
        name: the format, with its article, for messages.
        matches: says whether `x` is of this format.
        make: builds the source.
        owns: arguments that the format provides itself, and that are refused beside it.
    """

    name: str
    matches: Callable[[Any], bool]
    make: Callable[[Request], Source]
    owns: tuple[str, ...] = ()


_OWNED = (
    "`{argument}` of `{owner}` must not be given with {kind}, which provides its own. "
    "Received: {argument} of type {given}. Let it give `(x, y)` or `(x, y, sample_weight)` batches."
)
_UNKNOWN = (
    "`x` of `{owner}` must be an array, a list, tuple or dict of arrays, a data frame, a "
    "generator, a `PyDataset` or another iterable of batches. Received: {shown}{fix}"
)


def as_source(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: Mapping[Any, Any] | None = None,
    steps: int | None = None,
    name: str = "fit",
    seed: int = 0,
    finite_targets: bool = True,
    texts: bool = False,
) -> Source:
    """Return the batches of any data that `fit`, `evaluate` and `predict` accept.

    Floats become `floatx()` and 64-bit integers 32-bit ones; smaller types are kept. The
    weights of `class_weight` are multiplied into the sample weights.

    Args:
        x: an array-like, a list, tuple or dict of them, a data frame, a generator, a
            `PyDataset`, a PyTorch DataLoader, a tf.data or grain data set, or another iterable
            of batches `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`.
        y: targets, in the same forms as arrays in `x`; None if `x` gives them.
        sample_weight: weights, shape `(n,)` or `(n, time)`, one array or one per output.
        batch_size: samples per batch of array data; default 32.
        shuffle: True to shuffle samples of arrays (or batches of a `PyDataset`) each epoch,
            `"batch"` to shuffle the order of the batches, False to keep the order.
        class_weight: `{class: weight}`, for several outputs `{output: {class: weight}}`.
        steps: batches of an epoch; None for all. Needed for endless data.
        name: the function that received the data, for messages.
        seed: seed of the order of the epochs.
        finite_targets: refuse NaN and infinity in `y` of in-memory arrays.
        texts: accept strings in `x`.

    Raises:
        ValueError: if the data is of no known form, or its parts do not fit together.

    Example:
        >>> import numpy as np
        >>> source = as_source(np.zeros((70, 4)), np.zeros(70))
        >>> source.num_batches, [len(x) for x, y, w in source]
        (3, [32, 32, 6])
    """
    if isinstance(x, (ArraySource, StreamSource)):
        return x
    request = Request(
        x=x,
        y=y,
        sample_weight=sample_weight,
        batch_size=check_batch_size(batch_size, name),
        shuffle=check_shuffle(shuffle, name),
        class_weight=check_class_weight(class_weight, name),
        steps=check_steps(steps, name),
        owner=name,
        seed=seed,
        finite_targets=finite_targets,
        texts=texts,
    )
    adapter = next((row for row in ADAPTERS if row.matches(x)), None)
    if adapter is None:
        raise _unknown(request)
    _refuse_owned(adapter, request)
    return adapter.make(request)


def _refuse_owned(adapter: Adapter, request: Request) -> None:
    for argument in adapter.owns:
        given = getattr(request, argument)
        if given is None:
            continue
        if argument == "batch_size":
            warnings.warn(
                f"`batch_size` of `{request.owner}` is ignored with {adapter.name}, which decides "
                f"the size of its batches. Received: batch_size={given}",
                UserWarning,
                stacklevel=4,
            )
            continue
        kind = type(given).__name__
        text = _OWNED.format(argument=argument, owner=request.owner, kind=adapter.name, given=kind)
        raise ValueError(text)


def _unknown(request: Request) -> ValueError:
    x = request.x
    fix = ""
    if callable(x) and not isinstance(x, type):
        fix = ". Call the function: pass what it returns."
    elif isinstance(x, (str, bytes)):
        fix = ". Read the file first, for example with `np.load` or `pandas.read_csv`."
    elif hasattr(x, "__getitem__") and hasattr(x, "__len__"):
        fix = ". Wrap a data set of single samples in a `DataLoader` or a `PyDataset`."
    shown = f"{x!r:.60} of type {type(x).__name__}"
    return ValueError(_UNKNOWN.format(owner=request.owner, shown=shown, fix=fix))


# Arrays.


def _is_array_data(x: Any) -> bool:
    if isinstance(x, type):
        return False
    return isinstance(x, (list, tuple, Mapping)) or is_array_like(x) or hasattr(x, "__array__")


def _from_arrays(request: Request) -> Source:
    owner = request.owner
    x, y, weight = request.arrays((request.x, request.y, request.sample_weight))
    size = count_samples((x, y, weight), owner)
    weight = match_weights(y, weight, owner)
    if request.finite_targets:
        check_finite(y, "y", owner)
    check_finite(weight, "sample_weight", owner)
    finish = None
    if request.class_weight is not None:
        if any(isinstance(leaf, LazyRows) for leaf in tree.flatten((y, weight))):
            finish = functools.partial(_weigh, request)
        else:
            weight = fold_class_weight(y, weight, request.class_weight, owner)
    batch_size = request.batch_size or _DEFAULT_BATCH_SIZE
    if request.batch_size is None and request.steps is not None:
        batch_size = -(-size // request.steps)
    source = ArraySource((x, y, weight), size, batch_size, request.shuffle, request.seed, finish)
    if request.steps is None or request.steps == source.num_batches:
        return source
    return _some_batches(source, request)


def _some_batches(source: ArraySource, request: Request) -> Source:
    """Return batches of arrays in epochs of `steps`, which need not be a whole pass."""

    def open_stream(stream: StreamSource) -> Any:
        source.seed, source.epoch = stream.seed, stream.passes - 1
        return iter(source)

    return StreamSource(
        open_stream,
        lambda batch, number: batch,
        length=lambda: source.num_batches,
        steps=request.steps,
        owner=request.owner,
        kind="arrays",
        shuffle=request.shuffle,
        seed=request.seed,
    )


# Streams.


def _weigh(request: Request, batch: Batch) -> Batch:
    x, y, weight = batch
    return x, y, fold_class_weight(y, weight, request.class_weight, request.owner)


class _ToBatch:
    """Returns raw batches as `(x, y, sample_weight)` of arrays that belong together.

    A tuple of arrays of the same shapes and types as one that was served as it is, is too.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._served: list[tuple[tuple[int, ...], np.dtype[Any]]] = []

    def __call__(self, item: Any, number: int) -> Batch:
        if self._served and type(item) is tuple and len(item) == len(self._served):
            for array, (shape, dtype) in zip(item, self._served, strict=True):
                if type(array) is not np.ndarray or array.shape != shape or array.dtype != dtype:
                    break
            else:
                return _padded(item)
        batch = self._convert(item, number)
        self._served = []
        if type(item) is tuple and all(type(array) is np.ndarray for array in item):
            same = (part is given for part, given in zip(batch, _padded(item), strict=True))
            if all(same):
                self._served = [(array.shape, array.dtype) for array in item]
        return batch

    def _convert(self, item: Any, number: int) -> Batch:
        request = self._request
        x, y, weight = request.arrays(unpack_x_y_sample_weight(item))
        count_samples((x, y, weight), request.owner, f" in batch {number}")
        if weight is not None:
            weight = match_weights(y, weight, request.owner)
        batch = (x, y, weight)
        return batch if request.class_weight is None else _weigh(request, batch)


def _padded(item: tuple[Any, ...]) -> Batch:
    return (*item, *(None,) * (3 - len(item)))  # type: ignore[return-value]


def _length_of(x: Any) -> int | None:
    try:
        return len(x)
    except (TypeError, NotImplementedError):
        return None


def _need_steps(request: Request, kind: str) -> None:
    if request.steps is None:
        name = steps_name(request.owner)
        raise ValueError(
            f"`{name}` of `{request.owner}` must be given with {kind} that never ends. "
            f"Received: {name}=None. Pass the number of batches of an epoch."
        )


def _stream(request: Request, kind: str, open_stream: Any = None, **kwargs: Any) -> StreamSource:
    return StreamSource(
        open_stream or (lambda stream: iter(request.x)),
        _ToBatch(request),
        steps=request.steps,
        owner=request.owner,
        kind=kind,
        shuffle=request.shuffle,
        seed=request.seed,
        **kwargs,
    )


def _is_dataset(x: Any) -> bool:
    if isinstance(x, PyDataset):
        return True
    return hasattr(x, "__getitem__") and hasattr(x, "on_epoch_end") and not isinstance(x, type)


def _from_dataset(request: Request) -> Source:
    dataset = request.x
    endless = hasattr(dataset, "endless") and request.steps is not None

    def length() -> int | None:
        if endless:
            return None
        return dataset.num_batches if hasattr(dataset, "num_batches") else len(dataset)

    def open_stream(stream: StreamSource) -> Any:
        count = length()
        if count is None:
            return Batches(dataset.endless() if endless else dataset, None)
        order = epoch_order(count, stream.seed, stream.epoch, bool(stream.shuffle))
        return Batches(dataset, range(count) if order is None else order)

    if length() is None:
        _need_steps(request, "a `PyDataset`")
    return _stream(
        request,
        "a `PyDataset`",
        open_stream,
        length=length,
        begin_hook=_own_begin_hook(dataset),
        end_hook=dataset.on_epoch_end,
    )


def _own_begin_hook(dataset: Any) -> Any:
    """Return the `on_epoch_begin` that a data set defines itself, or None.

    The empty one of the base class changes nothing, so the batch that was looked at can be kept.
    """
    hook = getattr(dataset, "on_epoch_begin", None)
    return None if getattr(hook, "__qualname__", "") == "PyDataset.on_epoch_begin" else hook


def _is_tf_data(x: Any) -> bool:
    return hasattr(x, "as_numpy_iterator")


def _from_tf_data(request: Request) -> Source:
    count = int(request.x.cardinality()) if hasattr(request.x, "cardinality") else -2
    if count == -1:
        _need_steps(request, "a `tf.data.Dataset`")
    return _stream(
        request,
        "a `tf.data.Dataset`",
        lambda stream: iter(request.x.as_numpy_iterator()),
        length=lambda: count if count >= 0 else None,
    )


def _is_data_loader(x: Any) -> bool:
    return defined_in(x, "torch") and hasattr(x, "__iter__") and hasattr(x, "batch_size")


def _is_grain(x: Any) -> bool:
    return defined_in(x, "grain") and hasattr(x, "__iter__")


# A grain data set that repeats for ever says that it is this long or longer.
_ENDLESS = 2**62


def _from_iterable(request: Request, kind: str) -> Source:
    if isinstance(request.x, (itertools.cycle, itertools.repeat, itertools.count)):
        _need_steps(request, kind)
    one_way = hasattr(request.x, "__next__") and iter(request.x) is request.x
    length = _length_of(request.x)
    if length is not None and length >= _ENDLESS:
        _need_steps(request, kind)
    if length == 0:
        raise ValueError(
            f"`x` of `{request.owner}` must give at least one batch. Received: {kind} of length 0"
        )

    def current_length() -> int | None:
        count = _length_of(request.x)
        return None if count is None or count >= _ENDLESS else count

    # An iterator with a length, as image iterators have, repeats by itself.
    restartable = not one_way or length is not None
    return _stream(request, kind, length=current_length, restartable=restartable)


def _iterable(kind: str) -> Callable[[Request], Source]:
    return functools.partial(_from_iterable, kind=kind)


def _is_iterator(x: Any) -> bool:
    return hasattr(x, "__next__")


def _is_iterable(x: Any) -> bool:
    return hasattr(x, "__iter__") and not isinstance(x, (str, bytes, type, set, frozenset))


_BATCHED = ("y", "sample_weight", "batch_size")

ADAPTERS: list[Adapter] = [
    Adapter("a `PyDataset`", _is_dataset, _from_dataset, owns=_BATCHED),
    Adapter("a `tf.data.Dataset`", _is_tf_data, _from_tf_data, owns=_BATCHED),
    Adapter("a `DataLoader`", _is_data_loader, _iterable("a `DataLoader`"), owns=_BATCHED),
    Adapter("a grain data set", _is_grain, _iterable("a grain data set"), owns=_BATCHED),
    Adapter("arrays", _is_array_data, _from_arrays),
    Adapter("a generator", _is_iterator, _iterable("a generator"), owns=_BATCHED),
    Adapter("an iterable", _is_iterable, _iterable("an iterable of batches"), owns=_BATCHED),
]

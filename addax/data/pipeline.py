"""`Dataset`: a chain of steps over NumPy arrays, run when it is iterated.

`keras.utils` gives it where Keras gives a `tf.data.Dataset`, and `compat` shows it under that name.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from addax import errors, ops, tree
from addax.core.tracing import leave_to_python
from addax.core.variable import SeedGenerator

AUTOTUNE = -1
INFINITE = -1
UNKNOWN = -2


@dataclass(frozen=True)
class TensorSpec:
    """Shape and dtype of a tensor that is not there yet.

    Attributes:
        shape: sizes, None where one is not known.
        dtype: name of the dtype.
        name: a name, for the reader only.
    """

    shape: Any = None
    dtype: Any = "float32"
    name: str | None = None


class Texts(np.ndarray):
    """An array of texts, with the method by which tensors give their values."""

    def numpy(self) -> np.ndarray:
        """Return the texts as a plain array."""
        return self.view(np.ndarray)


def _array(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else np.asarray(value)


def _arrays(structure: Any) -> Any:
    """Lists are data, as in TensorFlow; tuples and dicts are structure."""
    if isinstance(structure, tuple) and not hasattr(structure, "_fields"):
        return tuple(_arrays(part) for part in structure)
    if isinstance(structure, dict):
        return {key: _arrays(part) for key, part in structure.items()}
    return _array(structure)


def _tensors(element: Any) -> Any:
    """Return an element as users see it: numbers as tensors, text as it is."""
    return tree.map_structure(
        lambda leaf: _texts(leaf) if leaf.dtype.kind in "OSU" else ops.convert_to_tensor(leaf),
        element,
    )


def _texts(leaf: Any) -> Any:
    return leaf.view(Texts) if isinstance(leaf, np.ndarray) and leaf.ndim else leaf


def _stack(elements: list[Any]) -> Any:
    return tree.map_structure(lambda *leaves: np.stack(leaves), *elements)


class Dataset:
    """Elements, made anew for each iteration.

    Only what small scripts need is here: everything happens in this process, in order, and
    nothing is read ahead (`fit` does that, while the device computes).

    Args:
        make: a function that returns a new iterator of elements: NumPy arrays, or tuples and
            dicts of them.
        length: the number of elements; -1 for endless, -2 when it is not known.

    Example:
        >>> data = Dataset.from_tensor_slices(([1, 2, 3], [4, 5, 6])).batch(2)
        >>> [(x.tolist(), y.tolist()) for x, y in data.as_numpy_iterator()]
        [([1, 2], [4, 5]), ([3], [6])]
    """

    def __init__(self, make: Callable[[], Iterator[Any]], length: int = UNKNOWN) -> None:
        self._make = make
        self._length = length

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> Dataset:
        """Return a dataset of the rows of arrays.

        Args:
            tensors: an array-like, or a tuple or dict of them, with equal first sizes.
            name: accepted for compatibility.

        Raises:
            ValueError: if the first sizes differ.
        """
        arrays = _arrays(tensors)
        sizes = {len(leaf) for leaf in tree.flatten(arrays)}
        if len(sizes) != 1:
            raise ValueError(
                "`from_tensor_slices` needs arrays of one length. "
                f"Received: lengths {sorted(sizes)}"
            )

        def rows() -> Iterator[Any]:
            for index in range(*sizes):
                yield tree.map_structure(lambda leaf, i=index: _array(leaf[i]), arrays)

        return cls(rows, *sizes)

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> Dataset:
        """Return a dataset of one element."""
        return cls(lambda: iter([_arrays(tensors)]), 1)

    @classmethod
    def from_generator(
        cls, generator: Callable[..., Iterable[Any]], *types: Any, args: Any = (), **kwargs: Any
    ) -> Dataset:
        """Return a dataset of what a generator function yields.

        Args:
            generator: a function that returns an iterable.
            *types: accepted for compatibility.
            args: arguments for it.
            **kwargs: accepted for compatibility: `output_signature` and others.
        """
        return cls(lambda: map(_arrays, generator(*args)))

    @classmethod
    def range(cls, *args: int, **kwargs: Any) -> Dataset:
        """Return a dataset of ints, with the arguments of Python's `range`."""
        numbers = range(*args)
        return cls(lambda: map(np.int64, numbers), len(numbers))

    @classmethod
    def zip(cls, *datasets: Any, **kwargs: Any) -> Dataset:
        """Return a dataset of tuples, one element of each; the shortest ends it."""
        parts = datasets[0] if isinstance(datasets[0], tuple) else datasets
        known = [d._length for d in parts if d._length != INFINITE]
        length = INFINITE if not known else UNKNOWN if UNKNOWN in known else min(known)
        return cls(lambda: zip(*(d._make() for d in parts), strict=False), length)

    def batch(self, batch_size: int, drop_remainder: bool = False, **kwargs: Any) -> Dataset:
        """Join so many elements to one, along a new first axis.

        Args:
            batch_size: how many.
            drop_remainder: leave out a last batch that is smaller.
            **kwargs: accepted for compatibility.
        """
        size = errors.positive_int("Dataset.batch", "batch_size", batch_size)

        def batches() -> Iterator[Any]:
            elements = self._make()
            while group := list(itertools.islice(elements, size)):
                if len(group) == size or not drop_remainder:
                    yield _stack(group)

        extra = 0 if drop_remainder else size - 1
        return Dataset(batches, self._sized(lambda n: (n + extra) // size))

    def unbatch(self, **kwargs: Any) -> Dataset:
        """Take batches apart, along the first axis."""

        def rows() -> Iterator[Any]:
            for element in self._make():
                for index in range(len(tree.flatten(element)[0])):
                    yield tree.map_structure(lambda leaf, i=index: _array(leaf[i]), element)

        return Dataset(rows)

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = True,
        **kwargs: Any,
    ) -> Dataset:
        """Give elements in random order: always one at random out of the next `buffer_size`.

        Args:
            buffer_size: how many elements are held; all of them for a perfect shuffle.
            seed: of the order; None for the seed of `tf.random.set_seed`.
            reshuffle_each_iteration: whether each iteration has an order of its own.
            **kwargs: accepted for compatibility.
        """
        size = errors.positive_int("Dataset.shuffle", "buffer_size", buffer_size)
        seeds = SeedGenerator(seed)
        fixed = None if reshuffle_each_iteration in (True, None) else seeds.numpy_generator()
        state = fixed.bit_generator.state if fixed else None

        def shuffled() -> Iterator[Any]:
            generator = seeds.numpy_generator()
            if state is not None:
                generator.bit_generator.state = state
            elements, buffer = self._make(), []
            for element in elements:
                buffer.append(element)
                if len(buffer) >= size:
                    yield _pop(buffer, generator)
            while buffer:
                yield _pop(buffer, generator)

        return Dataset(shuffled, self._length)

    def map(self, map_func: Callable[..., Any], *args: Any, **kwargs: Any) -> Dataset:
        """Apply a function to each element; the parts of a tuple are its arguments.

        Args:
            map_func: gets tensors, returns tensors, numbers, arrays, or tuples and dicts of them.
            *args: accepted for compatibility: `num_parallel_calls` and others.
            **kwargs: the same.
        """
        return Dataset(
            lambda: (_arrays(_apply(map_func, element)) for element in self._make()), self._length
        )

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """Keep the elements for which a function returns True."""
        return Dataset(lambda: (e for e in self._make() if bool(_apply(predicate, e))))

    def flat_map(self, map_func: Callable[..., Dataset], name: str | None = None) -> Dataset:
        """Join the datasets that a function returns for each element."""
        return Dataset(lambda: itertools.chain.from_iterable(
            _apply(map_func, element)._make() for element in self._make()
        ))  # fmt: skip

    def repeat(self, count: int | None = None, name: str | None = None) -> Dataset:
        """Give all elements `count` times; without end for None or -1."""
        if count is None or count < 0:
            return Dataset(self._endless, INFINITE)
        return Dataset(
            lambda: itertools.chain.from_iterable(self._make() for _ in range(count)),
            self._sized(lambda n: n * count),
        )

    def take(self, count: int, name: str | None = None) -> Dataset:
        """Give the first `count` elements; all for -1."""
        if count < 0:
            return self
        length = count if self._length == INFINITE else self._sized(lambda n: min(n, count))
        return Dataset(lambda: itertools.islice(self._make(), count), length)

    def skip(self, count: int, name: str | None = None) -> Dataset:
        """Leave out the first `count` elements."""
        return Dataset(
            lambda: itertools.islice(self._make(), count, None),
            self._sized(lambda n: max(n - count, 0)),
        )

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """Give the elements of another dataset after these."""
        lengths = (self._length, dataset._length)
        total = min(lengths) if min(lengths) < 0 else sum(lengths)
        return Dataset(lambda: itertools.chain(self._make(), dataset._make()), total)

    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Give pairs of a number and an element."""
        return Dataset(
            lambda: ((np.int64(n), e) for n, e in enumerate(self._make(), start)), self._length
        )

    def window(
        self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False
    ) -> Dataset:
        """Give datasets of `size` elements each, `shift` (default: `size`) apart."""
        step = shift or size

        def windows() -> Iterator[Any]:
            elements = list(self._make())
            for start in range(0, len(elements), step):
                part = elements[start : start + size * stride : stride]
                if len(part) == size or not drop_remainder:
                    yield Dataset(lambda part=part: iter(part), len(part))  # type: ignore[misc]

        return Dataset(windows)

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """Keep the elements of the first whole iteration in memory."""
        kept: list[Any] = []
        complete = False

        def cached() -> Iterator[Any]:
            nonlocal complete
            if complete:
                yield from kept
                return
            seen = []
            for element in self._make():
                seen.append(element)
                yield element
            kept[:], complete = seen, True

        return Dataset(cached, self._length)

    def prefetch(self, buffer_size: int | None = None, name: str | None = None) -> Dataset:
        """Return this dataset: `fit` reads batches while the device computes anyway."""
        return self

    def with_options(self, options: Any, name: str | None = None) -> Dataset:
        """Return this dataset: there are no options."""
        return self

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """Return what a function makes of this dataset."""
        return transformation_func(self)

    def reduce(self, initial_state: Any, reduce_func: Callable[[Any, Any], Any]) -> Any:
        """Combine all elements, from left to right."""
        state = initial_state
        for element in self:
            state = reduce_func(state, element)
        return state

    def cardinality(self) -> int:
        """Return the number of elements; -1 for endless, -2 when it is not known."""
        return self._length

    @property
    def element_spec(self) -> Any:
        """Shapes and dtypes of the first element."""
        first = next(self._make())
        return tree.map_structure(lambda leaf: TensorSpec(leaf.shape, leaf.dtype.name), first)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Return an iterator of NumPy arrays."""
        return self._make()

    def __iter__(self) -> Iterator[Any]:
        leave_to_python()
        return (e if isinstance(e, Dataset) else _tensors(e) for e in self._make())

    def __len__(self) -> int:
        if self._length < 0:
            known = "endless" if self._length == INFINITE else "not known"
            raise TypeError(f"The length of this dataset is {known}.")
        return self._length

    def __bool__(self) -> bool:
        return True

    def _sized(self, size: Callable[[int], int]) -> int:
        """Return the new length, or that it is endless or not known, as it is now."""
        return self._length if self._length < 0 else size(self._length)

    def _endless(self) -> Iterator[Any]:
        while True:
            found = False
            for element in self._make():
                found = True
                yield element
            if not found:
                return


def _apply(function: Callable[..., Any], element: Any) -> Any:
    if isinstance(element, Dataset):
        return function(element)
    seen = _tensors(element)
    return function(*seen) if isinstance(seen, tuple) else function(seen)


def _pop(buffer: list[Any], generator: np.random.Generator) -> Any:
    index = int(generator.integers(len(buffer)))
    buffer[index], buffer[-1] = buffer[-1], buffer[index]
    return buffer.pop()

"""Variables, mutable outside and pure inside; seeds; names.

`functionalize` is the only bridge from imperative code to a compiled function:
inside a `scope`, a Variable reads and writes a dictionary instead of itself.
"""

from __future__ import annotations

import contextlib
import math
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from addax.core import registry
from addax.core.dtypes import is_float, standardize_dtype
from addax.core.tensor import Tensor, TensorLike, raw
from addax.engine import engine

_CREATED_INSIDE = (
    "A Variable was created while a function is being compiled. Create weights once, in "
    "`__init__` or `build`, not in `call`: call the model on data (or `model.build(shape)`) first."
)


class TracedInitialValue(ValueError):
    """A Variable is to be created from a value that is only being traced."""


class Scope:
    """What Variables read from and write to while it is active."""

    def __init__(self, values: dict[Variable, Any], parent: Scope | None, building: bool) -> None:
        self.values = values
        self.parent = parent
        self.building = building


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)
_autocast: ContextVar[str | None] = ContextVar("autocast", default=None)
_allowance: ContextVar[list[int] | None] = ContextVar("allowance", default=None)
_names: ContextVar[tuple[str, ...]] = ContextVar("names", default=())
# Called with every Variable read and the Tensor it gave; the tape listens here.
read_listeners: ContextVar[tuple[Any, ...]] = ContextVar("read_listeners", default=())


@contextlib.contextmanager
def scope(values: dict[Variable, Any], building: bool = False) -> Iterator[dict[Variable, Any]]:
    """Let Variables read from and write to `values` inside the block.

    Args:
        values: raw arrays by Variable; Variables not in it read what lies outside.
        building: whether new Variables may be created inside.
    """
    token = _scope.set(Scope(values, _scope.get(), building))
    try:
        yield values
    finally:
        _scope.reset(token)


@contextlib.contextmanager
def outside() -> Iterator[None]:
    """Compute at once, with the values that Variables have outside of what is being compiled."""
    token = _scope.set(None)
    try:
        with engine.eager():
            yield
    finally:
        _scope.reset(token)


@contextlib.contextmanager
def autocast(dtype: str | None) -> Iterator[None]:
    """Read float Variables as `dtype` inside the block; None reads them as they are."""
    token = _autocast.set(dtype)
    try:
        yield
    finally:
        _autocast.reset(token)


@contextlib.contextmanager
def size_limit(elements: int) -> Iterator[None]:
    """Refuse to create more than so many numbers in Variables inside the block.

    Args:
        elements: for all Variables together that are made from a shape.

    Example:
        >>> with size_limit(10):
        ...     Variable(lambda shape, dtype: np.zeros(shape), shape=(4, 4))
        Traceback (most recent call last):
        ValueError: 'variable' of shape (4, 4) is larger than what is allowed here...
    """
    token = _allowance.set([elements])
    try:
        yield
    finally:
        _allowance.reset(token)


def _take_from_allowance(path: str, shape: Sequence[int]) -> None:
    allowance = _allowance.get()
    if allowance is None:
        return
    allowance[0] -= math.prod(int(size) for size in shape)
    if allowance[0] < 0:
        raise ValueError(
            f"'{path}' of shape {tuple(shape)} is larger than what is allowed here, far larger "
            "than the file that describes it."
        )


@contextlib.contextmanager
def name_scope(name: str) -> Iterator[None]:
    """Prefix the paths of Variables created inside the block with `name`.

    Example:
        >>> with name_scope("encoder"):
        ...     Variable(0.0, name="scale").path
        'encoder/scale'
    """
    token = _names.set((*_names.get(), name))
    try:
        yield
    finally:
        _names.reset(token)


class Variable(TensorLike):
    """A tensor that can be assigned to.

    Args:
        initializer: the initial value, or a function `(shape, dtype) -> value`.
        shape: tuple of ints; needed with a function.
        dtype: name of the dtype; default: `floatx()` for floats, else the value's.
        trainable: whether gradients update it.
        autocast: whether layers with a 16-bit policy read it in 16 bits.
        aggregation: kept for configs of Keras.
        name: name, used in files and in `path`.

    Example:
        >>> v = Variable([1.0, 2.0])
        >>> v.assign_add([1.0, 1.0]).numpy()
        array([2., 3.], dtype=float32)
    """

    def __init__(
        self,
        initializer: Any = None,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        name: str | None = None,
        initial_value: Any = None,
    ) -> None:
        current = _scope.get()
        if current is not None and not current.building:
            raise RuntimeError(_CREATED_INSIDE)
        initializer = initial_value if initializer is None else initializer
        self.name = (name or "variable").replace("/", "_")
        self.path = "/".join((*_names.get(), self.name))
        self.trainable = bool(trainable)
        # whether it was made to be trained: freezing a layer changes `trainable` alone
        self.parameter = bool(trainable)
        self.autocast = autocast
        self.aggregation = aggregation
        self.regularizer: Any = None
        self.constraint: Any = None
        if shape is not None and _allowance.get() is not None:
            _take_from_allowance(self.path, shape)
        if current is not None and engine.is_traced(raw(initializer)):
            raise TracedInitialValue(
                f"Variable '{self.path}' cannot start from a value that is still being traced. "
                "Create it outside of the function, or from an initializer and a shape."
            )
        with engine.eager():
            self._value = _initial_value(initializer, shape, dtype)
        # whether somebody else may hold the same array
        self._lent = isinstance(initializer, TensorLike) or engine.is_array(initializer)
        self.shape = tuple(self._value.shape)
        self.dtype = standardize_dtype(self._value.dtype)

    def current(self) -> Any:
        """Return the engine's array to be read at once, not to be kept."""
        found = _scope.get()
        while found is not None:
            if self in found.values:
                return found.values[self]
            found = found.parent
        return self._value

    @property
    def raw(self) -> Any:
        """The engine's array, from the innermost scope that holds one."""
        if _scope.get() is None:
            self._lent = True  # first: another thread may be about to overwrite it
            return self._value
        value = self.current()
        self._lent = self._lent or value is self.__dict__.get("_value")
        return value

    def take(self) -> Any:
        """Return the array for a compiled call that will overwrite it."""
        self._value = self.unshared(self._value)
        return self._value

    def unshared(self, value: Any) -> Any:
        """Return `value`, the array of this Variable, for a call that will overwrite it.

        Whoever was handed the array before keeps it: then the call gets a copy.
        """
        if self._lent:
            value = engine.owned_copy(value)
            self._lent = False
        return value

    def give(self, value: Any) -> None:
        """Store the array that a compiled call returned in place of the taken one."""
        self._value = value

    def __getattr__(self, name: str) -> Any:
        """Return the array when calls that wait have taken it away, after they ran.

        They leave what makes them run under `_settle`. Who finds the array where it
        belongs does not come here, and pays nothing.
        """
        held = self.__dict__
        while name == "_value" and ("_settle" in held or "_value" in held):
            settle = held.get("_settle")
            if settle is not None:
                return settle(self)
            if "_value" in held:  # another thread made them run
                with contextlib.suppress(KeyError):
                    return held["_value"]
        raise AttributeError(
            f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of."""
        state = {"_value": self._value, **self.__dict__}
        state.pop("_settle", None)
        return state

    def lend(self) -> None:
        """Note that somebody else may hold the array, now or after the running call."""
        self._lent = True

    @property
    def place(self) -> tuple[dict[str, Any], str]:
        """The mapping and the key under which the array is stored outside of all scopes."""
        return self.__dict__, "_value"

    def read(self) -> Tensor:
        """Return the current value; tapes are told."""
        tensor = Tensor(self.raw)
        for listener in read_listeners.get():
            listener(self, tensor)
        return tensor

    @property
    def value(self) -> Tensor:
        """The current value, a Tensor."""
        return self.read()

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))

    def assign(self, value: Any) -> Variable:
        """Replace the value by one of the same shape.

        Raises:
            ValueError: if the shape differs.
        """
        from_host = not isinstance(value, TensorLike) and not engine.is_array(value)
        value = _as_raw(value, self.dtype)
        if tuple(value.shape) != self.shape:
            raise ValueError(
                f"The value assigned to variable '{self.path}' must have its shape {self.shape}. "
                f"Received: shape {tuple(value.shape)}"
            )
        current = _scope.get()
        if current is None:
            _ = self._value  # what waits comes before
            self._value, self._lent = value, not from_host
        else:
            current.values[self] = value
        return self

    def assign_add(self, value: Any) -> Variable:
        """Add `value` in place."""
        return self.assign(self.current() + _as_raw(value, self.dtype))

    def assign_sub(self, value: Any) -> Variable:
        """Subtract `value` in place."""
        return self.assign(self.current() - _as_raw(value, self.dtype))

    def numpy(self) -> Any:
        """Return the value as a NumPy array (a copy)."""
        array = self.__array__()
        return array[()] if array.ndim == 0 else array

    def read_value(self) -> Tensor:
        """Return the current value, as TensorFlow spells it."""
        return self.read()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        try:
            return np.array(engine.to_numpy(self.current()), dtype=dtype)
        except RuntimeError:  # a call in another thread has just overwritten it
            return np.array(engine.to_numpy(self.raw), dtype=dtype)

    def __jax_array__(self) -> Any:
        return self.raw

    def __float__(self) -> float:
        return float(self.read())

    def __int__(self) -> int:
        return int(self.read())

    def __bool__(self) -> bool:
        return bool(self.read())

    def __index__(self) -> int:
        return self.read().__index__()

    def __len__(self) -> int:
        return len(self.read())

    def __format__(self, spec: str) -> str:
        return format(self.read(), spec)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}>"


def current_autocast() -> str | None:
    """Return the dtype that float Variables are read in, None for their own."""
    return _autocast.get()


def in_scope() -> bool:
    """Say whether Variables are redirected: something is being traced, built or replayed."""
    return _scope.get() is not None


def autocast_dtype(variable: Variable) -> str | None:
    """Return the dtype that `variable` is to be read in, or None for its own."""
    dtype = _autocast.get()
    if dtype is None or not variable.autocast or not is_float(variable.dtype):
        return None
    return None if dtype == variable.dtype else dtype


def _initial_value(initializer: Any, shape: Sequence[int] | None, dtype: Any) -> Any:
    if callable(initializer) and not isinstance(initializer, TensorLike):
        name = standardize_dtype(dtype)
        value = initializer() if shape is None else initializer(tuple(shape), dtype=name)
        return _as_raw(value, name)
    if initializer is None:
        raise ValueError(
            "`initializer` of `Variable` must be a value or a function. Received: None"
        )
    if dtype is None:
        array = np.asarray(raw(initializer))
        dtype = None if array.dtype.kind == "f" else array.dtype
        if array.dtype.name in ("int64", "uint64"):
            dtype = array.dtype.name.replace("64", "32")
    value = _as_raw(initializer, standardize_dtype(dtype))
    return engine.xp.broadcast_to(value, tuple(shape)) if shape is not None else value


def _as_raw(value: Any, dtype: str) -> Any:
    value = raw(value)
    if isinstance(value, (list, tuple)):
        value = np.asarray(value)
    if engine.is_array(value):
        return value if str(value.dtype) == dtype else value.astype(dtype)
    # a copy: the caller may change its array
    return engine.from_host(np.asarray(value, dtype=dtype))


def functionalize(
    function: Callable[..., Any], variables: Sequence[Variable]
) -> Callable[..., tuple[Any, list[Any]]]:
    """Turn imperative code over `variables` into a pure function.

    Args:
        function: code that reads and assigns Variables.
        variables: the Variables it may touch.

    Returns: `pure(values, *args, **kwargs) -> (output, new_values)`, both lists in
        the order of `variables`; the Variables themselves stay as they were.

    Example:
        >>> v = Variable(1.0)
        >>> pure = functionalize(lambda x: v.assign_add(x) and None, [v])
        >>> float(pure([v.raw], 2.0)[1][0]), float(v)
        (3.0, 1.0)
    """

    def pure(values: Sequence[Any], *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        with scope(dict(zip(variables, values, strict=True))) as current:
            output = function(*args, **kwargs)
        return output, [current[variable] for variable in variables]

    return pure


class SeedGenerator:
    """Gives a new random key at every call, from one seed.

    The state is a Variable `[seed, counter]`, so a compiled step advances it and a
    checkpoint holds it.

    Args:
        seed: int; default: drawn from the global seed (see `set_random_seed`).
        name: name of the state variable.

    Example:
        >>> generator = SeedGenerator(1)
        >>> generator.next().numpy()
        array([1, 0], dtype=uint32)
        >>> generator.next().numpy()
        array([1, 1], dtype=uint32)
    """

    def __init__(self, seed: int | None = None, name: str = "seed_generator", **_: Any) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
            raise ValueError(f"`seed` of `SeedGenerator` must be an integer. Received: {seed!r}")
        self.name = name
        self._initial_seed = seed
        start = default_seed() if seed is None else int(seed) % 2**32
        self.state = Variable(
            np.array([start, 0], "uint32"),
            dtype="uint32",
            trainable=False,
            name="seed_generator_state",
        )

    @property
    def seed(self) -> int | None:
        """The seed given to the constructor."""
        return self._initial_seed

    def next(self, ordered: bool = True) -> Tensor:
        """Return a key, an uint32 array of shape `(2,)`, and advance the state."""
        key = self.state.raw
        self.state.assign(key + engine.asarray([0, 1], "uint32"))
        return Tensor(key)

    def numpy_generator(self) -> np.random.Generator:
        """Return a host generator of its own for this call, and advance the state."""
        return host_generator(*(int(word) for word in self.next().numpy()))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {"seed": self._initial_seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Rebuild a generator from `get_config()`."""
        return cls(**config)


def _encode_generator(item: Any) -> dict[str, Any] | None:
    if not isinstance(item, SeedGenerator):
        return None
    return {
        "module": "keras.random",
        "class_name": "SeedGenerator",
        "config": item.get_config(),
        "registered_name": None,
    }


registry.add_codec(
    "SeedGenerator",
    _encode_generator,
    lambda config: SeedGenerator.from_config(config["config"]),
)

_global_seed: int | None = None
_global_generator: SeedGenerator | None = None
_draws = 0

_UNSEEDED = (
    "Random numbers were drawn without a `seed` in code that is being compiled, where the global "
    "generator is out of reach. Pass `seed=self.seed_generator`, with a `SeedGenerator` made in "
    "the layer's `__init__`."
)


def host_generator(seed: int, counter: int = 0) -> np.random.Generator:
    """Return the NumPy generator of (seed, counter): same numbers on every machine."""
    key = np.array([seed % 2**64, counter], "uint64")  # a list would go through floats
    return np.random.Generator(np.random.Philox(key=key))


def default_seed() -> int:
    """Return a new seed below 2**31: from the global seed when set, else from the system."""
    global _draws
    if _global_seed is None:
        return int.from_bytes(os.urandom(4), "little") % 2**31
    _draws += 1
    return int(host_generator(_global_seed, _draws).integers(2**31))


def global_generator() -> SeedGenerator:
    """Return the generator of random ops that are given no seed, made on first use.

    Raises:
        RuntimeError: in a function being compiled that does not carry its state.
    """
    global _global_generator
    if _global_generator is None:
        with _outside():
            _global_generator = SeedGenerator(_first_seed(), name="global_seed_generator")
    current = _scope.get()
    if current is not None and not current.building and not _reaches(_global_generator.state):
        raise RuntimeError(_UNSEEDED)
    return _global_generator


@contextlib.contextmanager
def _outside() -> Iterator[None]:
    token = _scope.set(None)
    try:
        yield
    finally:
        _scope.reset(token)


def _reaches(variable: Variable) -> bool:
    """Say whether a scope around the current code carries `variable`."""
    found = _scope.get()
    while found is not None:
        if variable in found.values:
            return True
        found = found.parent
    return False


def _first_seed() -> int:
    if _global_seed is None:
        return default_seed()
    return int(host_generator(_global_seed, 0).integers(2**31))


def set_global_seed(seed: int) -> None:
    """Set the seed that layers and initializers without one of their own draw from."""
    global _global_seed, _draws
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ValueError(f"`seed` of `set_random_seed` must be an integer. Received: seed={seed!r}")
    _global_seed, _draws = int(seed), 0
    if _global_generator is not None:
        _global_generator.state.assign(np.array([_first_seed(), 0], "uint32"))


def draws() -> tuple[int | None, int]:
    """Return the global seed, and how many seeds were drawn from it."""
    return _global_seed, _draws


def restore_draws(state: tuple[int | None, int]) -> None:
    """Go on drawing seeds as after `draws`."""
    global _global_seed, _draws
    _global_seed, _draws = state


def set_random_seed(seed: int) -> None:
    """Make the whole program repeatable: Addax, Python's `random` and NumPy's global generator.

    Args:
        seed: an integer.

    Raises:
        ValueError: if `seed` is not an integer.

    Example:
        >>> set_random_seed(42)
    """
    set_global_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


_uids: dict[str, int] = {}


def unique_name(prefix: str) -> str:
    """Return `prefix` the first time, then `prefix_1`, `prefix_2`, ...

    Example:
        >>> reset_names(); unique_name("dense"), unique_name("dense")
        ('dense', 'dense_1')
    """
    count = _uids.get(prefix, 0)
    _uids[prefix] = count + 1
    return f"{prefix}_{count}" if count else prefix


def get_uid(prefix: str = "") -> int:
    """Return 1 the first time for this prefix, then 2, 3, ..."""
    _uids[prefix] = _uids.get(prefix, 0) + 1
    return _uids[prefix]


def reset_names() -> None:
    """Start the numbering of names again."""
    _uids.clear()

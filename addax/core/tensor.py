"""`Tensor`, what users hold, and `Symbolic`, a tensor that is only described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from addax.core.dtypes import standardize_dtype
from addax.engine import engine
from addax.engine.protocol import Spec

if TYPE_CHECKING:
    from addax.core.graph import Node

_TRACED_VALUE = (
    "This tensor has no value yet: the code runs while it is being compiled, so Python cannot "
    "branch on it or turn it into a number. Use `ops.cond`, `ops.where` or `ops.while_loop` "
    "instead of `if` and `while`, or pass `run_eagerly=True` to `compile()`."
)


class TensorLike:
    """What tensors, variables and symbolic tensors share.

    The operators (`+`, `@`, `[]`, ...) are attached by `addax.ops` from a table.
    """

    # NumPy leaves `array + tensor` to us instead of walking over the elements.
    __array_priority__ = 1000
    __slots__ = ()

    shape: Any
    dtype: Any

    @property
    def raw(self) -> Any:
        """The engine's array."""
        raise NotImplementedError(f"{type(self).__name__} holds no array")

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    @property
    def rank(self) -> int:
        """The number of dimensions, as TensorFlow calls it."""
        return len(self.shape)

    def get_shape(self) -> Any:
        """Return `shape`, as TensorFlow spells it."""
        return self.shape

    def __hash__(self) -> int:
        return id(self)


class Tensor(TensorLike):
    """An array with its mask.

    Args:
        value: a raw engine array, or a value being traced.
        mask: boolean array `(batch, time)`, True where the entry counts, or None.

    `logits` is set by softmax and sigmoid (`logits_kind` says which): what they were
    applied to, so that a crossentropy can be computed from it, stable and exact.

    `increasing_of` is set on traced values by ReLU and by the bias of a convolution: the
    tensor they were applied to, the function again, and the layout that it depends on (None:
    on none). In that layout it is the same increasing function at every place, so that the
    largest of a window may be found before it is applied.

    Example:
        >>> import addax
        >>> x = addax.ops.convert_to_tensor([[1.0, 2.0]])
        >>> (x * 2).numpy()
        array([[2., 4.]], dtype=float32)
    """

    __slots__ = (
        "__weakref__",
        "_find",
        "_value",
        "increasing_of",
        "logits",
        "logits_kind",
        "mask",
    )

    _value: Any
    _find: Callable[[], Any] | None
    increasing_of: tuple[Tensor, Callable[[Tensor], Tensor], str | None] | None

    def __init__(self, value: Any, mask: Any = None) -> None:
        self._value = value
        self.mask = mask
        self.logits: Tensor | None = None
        self.logits_kind = ""
        self.increasing_of = None

    @classmethod
    def pending(cls, find: Callable[[], Any]) -> Tensor:
        """Return a tensor whose array is found, by `find()`, when it is asked for."""
        tensor = cls.__new__(cls)
        tensor._find = find
        tensor.mask, tensor.logits, tensor.logits_kind = None, None, ""
        tensor.increasing_of = None
        return tensor

    def __getattr__(self, name: str) -> Any:
        if name != "_value":
            raise AttributeError(
                f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self
            )
        find = self._find
        if find is not None:  # else another thread has just found it
            self._value = find()
            self._find = None
        return self._value

    def note_increasing(
        self, tensor: Tensor, function: Callable[[Tensor], Tensor], layout: str | None = None
    ) -> None:
        """Note, for values being traced, that this tensor is the increasing `function(tensor)`."""
        if engine.is_traced(self.raw):
            self.increasing_of = tensor, function, layout

    def __getstate__(self) -> Any:
        """Return what a copy is made of: the value, not how it is found."""
        held, slots = None, {"_value": self._value}
        slots |= {name: getattr(self, name) for name in ("mask", "logits", "logits_kind")}
        return held, slots | {"increasing_of": None}

    @property
    def raw(self) -> Any:
        """The engine's array."""
        return self._value

    @property
    def value(self) -> Any:
        """The engine's array."""
        return self._value

    @property
    def _keras_mask(self) -> Any:
        return self.mask

    @_keras_mask.setter
    def _keras_mask(self, mask: Any) -> None:
        self.mask = mask

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, a tuple of ints."""
        return tuple(self._value.shape)

    @property
    def dtype(self) -> str:
        """The dtype's name."""
        return standardize_dtype(self._value.dtype)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))

    def numpy(self) -> Any:
        """Return the values as a NumPy array (a NumPy scalar for rank 0)."""
        array = _concrete(engine.to_numpy, self._value)
        return array[()] if array.ndim == 0 else array

    def item(self) -> Any:
        """Return the only element as a Python number."""
        return _concrete(engine.to_numpy, self._value).item()

    def tolist(self) -> Any:
        """Return the values as nested lists."""
        return _concrete(engine.to_numpy, self._value).tolist()

    def block_until_ready(self) -> Tensor:
        """Wait until the value is computed."""
        engine.block_until_ready(self._value)
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(_concrete(engine.to_numpy, self._value), dtype=dtype)

    def __jax_array__(self) -> Any:
        return self._value

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self._value.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self._value.__dlpack_device__()

    def __bool__(self) -> bool:
        return bool(_concrete(bool, self._value))

    def __int__(self) -> int:
        return int(_concrete(int, self._value))

    def __float__(self) -> float:
        return float(_concrete(float, self._value))

    def __index__(self) -> int:
        return int(_concrete(lambda value: value.__index__(), self._value))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("A tensor of rank 0 has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.shape:
            raise TypeError("A tensor of rank 0 cannot be iterated over")
        return (self[i] for i in range(self.shape[0]))  # type: ignore[index]

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.shape == () else format(str(self), spec)

    def __repr__(self) -> str:
        if engine.is_traced(self._value):
            return f"<Tensor shape={self.shape} dtype={self.dtype} (being compiled)>"
        return f"<Tensor shape={self.shape} dtype={self.dtype}>\n{self.numpy()!r}"

    def __str__(self) -> str:
        return repr(self) if engine.is_traced(self._value) else str(self.numpy())


def _concrete(convert: Any, value: Any) -> Any:
    """Apply `convert`, and say how to go on if the value is still being traced."""
    try:
        return convert(value)
    except engine.TRACE_ERRORS as error:
        error.add_note(_TRACED_VALUE)
        raise


def _flatten_tensor(tensor: Tensor) -> tuple[tuple[Any, Any, Any], str]:
    return (tensor._value, tensor.mask, tensor.logits), tensor.logits_kind


def _unflatten_tensor(logits_kind: str, children: tuple[Any, Any, Any]) -> Tensor:
    tensor = Tensor(children[0], children[1])
    tensor.logits, tensor.logits_kind = children[2], logits_kind
    return tensor


engine.register_pytree(Tensor, _flatten_tensor, _unflatten_tensor)


class Symbolic(TensorLike):
    """A tensor of which only shape and dtype are known: Keras' `KerasTensor`.

    Args:
        shape: tuple of ints, None where the size is not known.
        dtype: name of the dtype.
        node: what computes it; None for an input.
        name: name of the tensor, used for inputs.

    Example:
        >>> Symbolic((None, 3)).shape
        (None, 3)
    """

    def __init__(
        self,
        shape: tuple[int | None, ...],
        dtype: str = "float32",
        node: Node | None = None,
        name: str | None = None,
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = standardize_dtype(dtype)
        self.node = node
        self.name = name or "keras_tensor"
        self.mask: Any = None

    @property
    def spec(self) -> Spec:
        """Shape and dtype for the engine."""
        return Spec(self.shape, self.dtype)

    @property
    def _keras_mask(self) -> Any:
        return self.mask

    @property
    def _keras_history(self) -> Any:
        return self.node

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape} dtype={self.dtype} name={self.name}>"

    def _no_value(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "A symbolic tensor (from `Input` or a layer called on one) has a shape and a dtype "
            "but no values. Build a `Model` of it and call that on data, and use `addax.ops` "
            f"rather than NumPy functions on it. Received: {self!r}"
        )

    @property
    def raw(self) -> Any:
        """Raise: there is no array."""
        return self._no_value()

    __array__ = __bool__ = __float__ = __int__ = __index__ = __len__ = __iter__ = _no_value
    numpy = _no_value


def raw(value: Any) -> Any:
    """Return the engine's array inside a Tensor or Variable, else `value` itself."""
    return value.raw if isinstance(value, TensorLike) else value


def is_symbolic(value: Any) -> bool:
    """Say whether `value` is a symbolic tensor."""
    return isinstance(value, Symbolic)

"""`Input` and `InputLayer`: where a functional model begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import tree
from addax.core.dtypes import standardize_dtype
from addax.core.graph import Node
from addax.core.registry import register
from addax.core.tensor import Symbolic
from addax.layers.base import Layer

Shape = Sequence[int | None]

_NO_SHAPE = (
    "`Input` needs `shape` (without the batch axis) or `batch_shape` (with it), such as "
    "`Input(shape=(784,))`."
)


@register("layers")
class InputLayer(Layer):
    """Stands for what a model is called on.

    Args:
        shape: shape without the batch axis, None for sizes that vary.
        batch_size: size of the batch axis, if fixed.
        dtype: dtype of the data; default: `floatx()`.
        sparse: kept for configs of Keras; inputs are dense.
        ragged: kept for configs of Keras; inputs are dense.
        batch_shape: shape with the batch axis, in place of `shape` and `batch_size`.
        input_tensor: a symbolic tensor to take as it is.
        optional: whether None is accepted in place of data.
        name: name of the layer and its tensor.

    Example:
        >>> InputLayer(shape=(3,)).output.shape
        (None, 3)
    """

    def __init__(
        self,
        shape: Shape | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Shape | None = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if input_tensor is not None:
            dtype = dtype or input_tensor.dtype
            batch_shape = input_tensor.shape
        self.batch_shape = _full_shape(shape, batch_size, batch_shape)
        self.sparse = bool(sparse)
        self.ragged = bool(ragged)
        self.optional = bool(optional)
        self._dtype = standardize_dtype(dtype)
        symbol = input_tensor
        if symbol is None:
            symbol = Symbolic(self.batch_shape, self._dtype, name=self.name)
        definition = tree.flatten_with_def(symbol)[1]
        empty = tree.flatten_with_def(((), {}))[1]
        node = Node(self, [], empty, [symbol], definition, self.name)
        if symbol.node is None:
            symbol.node = node
        self._inbound_nodes.append(node)
        self.built = True

    @property
    def dtype(self) -> str:
        """The dtype of the data."""
        return self._dtype

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Raise: an input has no function."""
        raise RuntimeError(
            f"Input '{self.name}' is not among the inputs of the model, so it has no value. Pass "
            "every `Input` that the outputs depend on to `Model(inputs=..., outputs=...)`."
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self._dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def _full_shape(
    shape: Shape | None, batch_size: int | None, batch_shape: Shape | None
) -> tuple[int | None, ...]:
    if batch_shape is not None:
        if shape is not None or batch_size is not None:
            raise ValueError(
                "`batch_shape` of `Input` already holds the shape and the batch size. Received: "
                f"shape={shape}, batch_size={batch_size}, batch_shape={batch_shape}"
            )
        return _checked(batch_shape, "batch_shape")
    if shape is None:
        raise ValueError(_NO_SHAPE)
    return (batch_size, *_checked(shape, "shape"))


def _checked(shape: Any, name: str) -> tuple[int | None, ...]:
    items = tuple(shape) if hasattr(shape, "__iter__") and not isinstance(shape, str) else (shape,)
    bad = [i for i in items if not (i is None or (hasattr(i, "__index__") and int(i) >= 0))]
    if bad or not hasattr(shape, "__iter__"):
        raise ValueError(
            f"`{name}` of `Input` must be a tuple of sizes, None where a size varies, such as "
            f"`{name}=(28, 28)`. Received: {name}={shape!r}"
        )
    return tuple(None if item is None else int(item) for item in items)


def Input(  # noqa: N802
    shape: Shape | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Shape | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
    batch_input_shape: Shape | None = None,
) -> Any:
    """Return a symbolic tensor on which a functional model is built.

    Args:
        shape: shape without the batch axis, None for sizes that vary.
        batch_size: size of the batch axis, if fixed.
        dtype: dtype of the data; default: `floatx()`.
        sparse: kept for Keras code; inputs are dense.
        ragged: kept for Keras code; inputs are dense.
        batch_shape: shape with the batch axis, in place of `shape` and `batch_size`.
        name: name of the input, also the key for data given as a dict.
        tensor: a symbolic tensor to take as it is.
        optional: whether None is accepted in place of data.
        batch_input_shape: older name of `batch_shape`.

    Returns: a symbolic tensor.

    Raises:
        ValueError: if the shape is missing or given twice.

    Example:
        >>> Input(shape=(28, 28)).shape
        (None, 28, 28)
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape if batch_shape is not None else batch_input_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
    )
    return layer.output

"""`HostText`: what compiled code gets in place of strings.

Strings cannot lie on the device. So the layers that read them compute on the host
beforehand, and in code that is being compiled each finds its output in the `HostText`
that it is called on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import numpy as np

from addax import tree
from addax.core.graph import infer, no_strings
from addax.core.tensor import Symbolic, Tensor, TensorLike
from addax.engine import engine, xp


class TextOutputs(NamedTuple):
    """What stands for an array of strings in a batch.

    Attributes:
        like: zeros of the shape of the strings.
        outputs: what each layer made of them, by `key_of(layer)`.
    """

    like: Any
    outputs: dict[str, Any]


def key_of(layer: Any) -> str:
    """Return what identifies a layer within one process."""
    return str(id(layer))


class HostText(TensorLike):
    """Strings that only layers of the host can read.

    Args:
        outputs: what they made of them.
        text: the strings themselves, while it is found out which layers read them.
        sketch: whether only shapes count, so that the layers need not know anything.
    """

    __slots__ = ("layers", "outputs", "sketch", "text")

    dtype = "string"

    def __init__(
        self, outputs: TextOutputs, text: np.ndarray | None = None, sketch: bool = False
    ) -> None:
        self.outputs = outputs
        self.text = text
        self.sketch = sketch
        self.layers: list[Any] = []  # those that were called on the strings

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, a tuple of ints."""
        return tuple(self.outputs.like.shape)

    @property
    def raw(self) -> NoReturn:
        """Raise: there is no array of the engine."""
        raise TypeError(no_strings("An op", self.shape))

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(no_strings("NumPy code that is compiled with the model", self.shape))

    def output_of(self, layer: Any, compute: Callable[[np.ndarray], Any]) -> Tensor:
        """Return what a layer makes of the strings.

        Raises:
            ValueError: if it has not been called on them when the model was built.
        """
        key = key_of(layer)
        if self.sketch:
            sizes = layer.compute_output_shape(self.shape)
            known = [self.shape[0] if size is None else size for size in sizes]
            return Tensor(xp.zeros(known, layer.output_dtype()))
        if self.text is not None and key not in self.outputs.outputs:
            with engine.eager():
                self.outputs.outputs[key] = Tensor(engine.asarray(np.asarray(compute(self.text))))
            self.layers.append(layer)
        if key not in self.outputs.outputs:
            raise ValueError(
                f"Layer '{layer.name}' is called on strings here, but was not when the model was "
                "built. Call it each time, whatever `training` is."
            )
        found = self.outputs.outputs[key]
        return found if isinstance(found, Tensor) else Tensor(engine.asarray(found))


def opened(structure: Any) -> Any:
    """Return a structure with a `HostText` for each `TextOutputs` in it."""
    if isinstance(structure, TextOutputs):
        return HostText(structure)
    if isinstance(structure, dict):
        return {key: opened(item) for key, item in structure.items()}
    if isinstance(structure, (list, tuple)) and not isinstance(structure, TextOutputs):
        items = [opened(item) for item in structure]
        if all(new is old for new, old in zip(items, structure, strict=True)):
            return structure
        return type(structure)(*items) if hasattr(structure, "_fields") else type(structure)(items)
    return structure


def infer_with_texts(
    function: Callable[[list[Any]], Any], leaves: list[Any]
) -> tuple[list[Any], tree.TreeDef]:
    """Return what `function(leaves)` returns for symbolic leaves, strings among them."""
    texts = [isinstance(leaf, Symbolic) and leaf.dtype == "string" for leaf in leaves]

    def call(filled: list[Any]) -> Any:
        pairs = zip(filled, texts, strict=True)
        given = [_sketch(leaf) if text else leaf for leaf, text in pairs]
        return function(given)

    pairs = zip(leaves, texts, strict=True)
    return infer(call, [Symbolic(leaf.shape, "bool") if text else leaf for leaf, text in pairs])


def _sketch(like: Any) -> Any:
    return HostText(TextOutputs(like.raw, {}), sketch=True)


def lookups(function: Callable[[list[Any]], Any], leaves: list[Any]) -> list[list[Any]]:
    """Return the layers that a function calls on each array of strings among its arguments.

    Args:
        function: called with a list: tensors without values, None, and a `HostText` for each
            array of strings.
        leaves: NumPy arrays or None.
    """
    texts = {
        i: HostText(TextOutputs(np.zeros(leaf.shape, bool), {}), leaf)
        for i, leaf in enumerate(leaves)
        if is_text(leaf)
    }
    symbols = [
        leaf if leaf is None or i in texts else Symbolic(leaf.shape, str(leaf.dtype))
        for i, leaf in enumerate(leaves)
    ]

    def call(filled: list[Any]) -> None:
        function([texts.get(i, leaf) for i, leaf in enumerate(filled)])

    infer(call, symbols)
    return [text.layers for text in texts.values()]


def is_text(value: Any) -> bool:
    """Say whether `value` is an array of strings."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "OSU"


def close(structure: Any, texts: list[list[Any]]) -> Any:
    """Return a structure with `TextOutputs` for its arrays of strings.

    Args:
        structure: NumPy arrays.
        texts: the layers that are called on each array of strings, in order.
    """
    layers = iter(texts)

    def closed(leaf: Any) -> Any:
        if not is_text(leaf):
            return leaf
        made = {key_of(layer): np.asarray(layer(leaf)) for layer in next(layers)}
        return TextOutputs(np.zeros(leaf.shape, bool), made)

    return tree.map_structure(closed, structure)

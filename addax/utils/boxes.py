"""What a picture of a model shows: boxes with lines of text, arrows, and frames around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from addax import tree


class Shown(NamedTuple):
    """Which lines a box has, besides the class of its layer."""

    shapes: bool = False
    dtype: bool = False
    names: bool = True
    activations: bool = False
    trainable: bool = False


@dataclass
class Box:
    """A layer.

    Attributes:
        name: unique in the picture.
        title: the first line.
        rows: further lines.
        frame: name of the nested model that holds it, `""` for none.
    """

    name: str
    title: str
    rows: list[str]
    frame: str = ""


@dataclass
class Boxes:
    """Boxes and arrows of a model.

    Args:
        shown: which lines the boxes have.
        expand: whether models inside the model are drawn with their layers.
    """

    shown: Shown
    expand: bool = False
    boxes: dict[str, Box] = field(default_factory=dict)
    arrows: list[tuple[str, str]] = field(default_factory=list)
    frames: dict[str, str] = field(default_factory=dict)  # label by name, outer ones first

    def add_model(self, model: Any, feeding: list[str] | None, frame: str = "") -> list[str]:
        """Add the layers of a model.

        Args:
            model: the model.
            feeding: names of the boxes that make its inputs; None for the outermost.
            frame: name of the frame around its boxes.

        Returns: the names of the boxes that make its outputs.
        """
        if getattr(model, "_graph", None) is None:
            return [self._box(model, model.name, frame, [], [])]
        made_by: dict[int, str] = {}
        for i, symbol in enumerate(model._graph.inputs):
            if feeding is not None and i < len(feeding):
                made_by[id(symbol)] = feeding[i]
            else:
                layer = None if symbol.node is None else symbol.node.operation
                name = symbol.name if symbol.node is None else symbol.node.name
                made_by[id(symbol)] = self._box(layer, name, frame, [symbol], [symbol])
        for node in model._graph.nodes:
            sources = [made_by[id(s)] for s in node.inputs if id(s) in made_by]
            outputs = [out for out in tree.flatten(node.outputs) if hasattr(out, "node")]
            targets = self._node(node, sources, outputs, frame)
            for i, output in enumerate(outputs):
                made_by[id(output)] = targets[min(i, len(targets) - 1)]
        return [made_by[id(symbol)] for symbol in model._graph.outputs]

    def _node(self, node: Any, sources: list[str], outputs: list[Any], frame: str) -> list[str]:
        layer = node.operation
        name = f"{frame}/{node.name}" if frame else node.name
        if self.expand and getattr(layer, "_graph", None) is not None:
            self.frames[name] = layer.name
            return self.add_model(layer, sources, name)
        name = self._box(layer, node.name, frame, node.inputs, outputs)
        self.arrows += [(source, name) for source in dict.fromkeys(sources)]
        return [name]

    def _box(self, layer: Any, name: str, frame: str, inputs: list[Any], outputs: list[Any]) -> str:
        """Add a box; a layer that is called several times has one."""
        key = f"{frame}/{name}" if frame else name
        rows = []
        if self.shown.names:
            rows.append(name.lstrip("_"))
        activation = getattr(layer, "activation", None)
        if self.shown.activations and activation is not None:
            rows.append(f"activation: {getattr(activation, '__name__', type(activation).__name__)}")
        if self.shown.dtype and outputs:
            rows.append(f"dtype: {outputs[0].dtype}")
        if self.shown.shapes:
            rows.append(f"input: {_shapes(inputs)}")
            rows.append(f"output: {_shapes(outputs)}")
        if self.shown.trainable and hasattr(layer, "trainable"):
            rows.append("trainable" if layer.trainable else "not trainable")
        self.boxes.setdefault(key, Box(key, _title(layer), rows, frame))
        return key

    def between(self, first: str, last: str) -> Boxes:
        """Return the part from one layer to another, in the order of the boxes.

        Raises:
            ValueError: if there is no layer of such a name.
        """
        names = list(self.boxes)
        for name in (first, last):
            if name not in names:
                raise ValueError(f"`layer_range` must name layers of {names}. Received: {name!r}")
        low, high = sorted((names.index(first), names.index(last)))
        kept = {name: self.boxes[name] for name in names[low : high + 1]}
        arrows = [(a, b) for a, b in self.arrows if a in kept and b in kept]
        return Boxes(self.shown, self.expand, kept, arrows, self.frames)


def _title(layer: Any) -> str:
    if layer is None:
        return "InputLayer"
    is_layer = hasattr(layer, "call")
    return type(layer).__name__ if is_layer else getattr(layer, "__name__", "op")


def _shapes(symbols: list[Any]) -> str:
    shapes = [str(tuple(symbol.shape)) for symbol in symbols]
    return ", ".join(shapes) if shapes else "?"

"""Pictures of models: boxes for layers, arrows for what flows between them."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from addax import errors
from addax.utils import boxes as _boxes
from addax.utils import drawing

_NO_PYDOT = (
    "{owner} needs the package `pydot`. Install it: pip install 'addax[plot]' (pictures are best "
    "with Graphviz as well, https://graphviz.org/download/)"
)
_NOT_BUILT = (
    "Model '{name}' has not been built, so there is nothing to draw yet. Give it an `Input`, call "
    "it on data, or call `build(input_shape)`."
)
_DIRECTIONS = ("TB", "LR", "BT", "RL")


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    layer_range: Any = None,
) -> Any:
    """Return a model as a graph of `pydot`, to be changed or written by the caller.

    Args:
        model: a built model.
        show_shapes: whether boxes have the shapes of inputs and outputs.
        show_dtype: whether boxes have the dtype.
        show_layer_names: whether boxes have the layers' names.
        rankdir: direction: `"TB"` from top to bottom, `"LR"` from left to right, `"BT"`, `"RL"`.
        expand_nested: whether models inside the model are drawn with their layers.
        dpi: dots per inch of a picture made of it.
        subgraph: whether to return a cluster, to be put into another graph.
        show_layer_activations: whether boxes have the activation.
        show_trainable: whether boxes say if the weights are trained.
        splines: form of the edges, `"ortho"`, `"curved"`, ... of Graphviz.
        layer_range: names of the first and last layer to draw.

    Returns: `pydot.Dot`, or `pydot.Cluster` with `subgraph=True`.

    Raises:
        ImportError: if `pydot` is not installed.
        ValueError: if the model is not built.

    Example:
        >>> import addax
        >>> model = addax.Sequential([addax.Input((3,)), addax.layers.Dense(2, name="top")])
        >>> [node.get_name() for node in model_to_dot(model).get_nodes()][-1]
        'top'
    """
    pydot = _pydot("`model_to_dot`")
    errors.one_of("model_to_dot", "rankdir", rankdir, _DIRECTIONS)
    found = _content(
        model, expand_nested, layer_range, show_shapes, show_dtype, show_layer_names,
        show_layer_activations, show_trainable,
    )  # fmt: skip
    if subgraph:
        graph = pydot.Cluster(graph_name=model.name, style="dashed", label=model.name)
    else:
        graph = pydot.Dot(graph_type="digraph", rankdir=rankdir, dpi=dpi, splines=splines)
        graph.set("concentrate", True)
    drawing.fill_dot(pydot, graph, found)
    return graph


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    layer_range: Any = None,
) -> Any:
    """Draw a model and write the picture to a file.

    Graphviz draws it if `pydot` and the program `dot` are there, Matplotlib otherwise.

    Args:
        model: a built model.
        to_file: the file; its ending is the format, such as `.png`, `.svg`, `.pdf`. The text of
            a `.dot` file needs no Graphviz.
        show_shapes: whether boxes have the shapes of inputs and outputs.
        show_dtype: whether boxes have the dtype.
        show_layer_names: whether boxes have the layers' names.
        rankdir: direction, see `model_to_dot`.
        expand_nested: whether models inside the model are drawn with their layers.
        dpi: dots per inch.
        show_layer_activations: whether boxes have the activation.
        show_trainable: whether boxes say if the weights are trained.
        splines: form of the edges, for Graphviz.
        layer_range: names of the first and last layer to draw.

    Returns: in a notebook the picture, to be shown; None elsewhere.

    Raises:
        ImportError: if neither Graphviz with `pydot` nor Matplotlib is there.
        ValueError: if the model is not built.
    """
    errors.one_of("plot_model", "rankdir", rankdir, _DIRECTIONS)
    path = os.fspath(to_file)
    shown = (show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    if path.lower().endswith(".dot") or _has_graphviz():
        dot = model_to_dot(
            model, *shown[:3], rankdir, expand_nested, dpi, False, *shown[3:], splines, layer_range
        )
        ending = os.path.splitext(path)[1][1:].lower() or "png"
        dot.write(path, format="raw" if ending == "dot" else ending)
    else:
        drawing.draw(_content(model, expand_nested, layer_range, *shown), path, rankdir, dpi)
    return _for_notebook(path)


def _content(
    model: Any,
    expand_nested: bool,
    layer_range: Any,
    shapes: bool,
    dtype: bool,
    names: bool,
    activations: bool,
    trainable: bool,
) -> _boxes.Boxes:
    if not model.built:
        raise ValueError(_NOT_BUILT.format(name=model.name))
    shown = _boxes.Shown(shapes, dtype, names, activations, trainable)
    found = _boxes.Boxes(shown, expand_nested)
    found.add_model(model, None)
    return found if layer_range is None else found.between(*layer_range)


def _pydot(owner: str) -> Any:
    try:
        import pydot
    except ImportError as error:
        raise ImportError(_NO_PYDOT.format(owner=owner)) from error
    return pydot


def _has_graphviz() -> bool:
    try:
        import pydot  # noqa: F401
    except ImportError:
        return False
    return shutil.which("dot") is not None


def _for_notebook(path: str) -> Any:
    if "IPython" not in sys.modules or not path.lower().endswith((".png", ".jpg", ".jpeg")):
        return None
    from IPython import display, get_ipython

    return display.Image(filename=path) if get_ipython() is not None else None

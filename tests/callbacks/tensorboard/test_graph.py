"""The graph of the layers, and TensorBoard's own parser of it."""

import pytest

pytest.importorskip("tensorboard")
import addax
from addax.callbacks.tensorboard import SummaryWriter, model_graph
from tests.callbacks import boards


def two_towers():
    inner = addax.Sequential(
        [addax.Input((4,)), addax.layers.Dense(3, activation="relu", name="core")], name="inner"
    )
    left, right = addax.Input((4,), name="left"), addax.Input((4,), name="right")
    joined = addax.layers.Concatenate(name="both")([inner(left), inner(right)])
    return addax.Model([left, right], addax.layers.Dense(1, name="out")(joined), name="towers")


def test_nodes_and_edges():
    nodes = {node.name: node for node in model_graph(two_towers()).node}
    assert {name: list(node.input) for name, node in nodes.items()} == {
        "left": [],
        "right": [],
        "inner/core": ["left"],
        "inner/core_1": ["right"],
        "both": ["inner/core", "inner/core_1"],
        "out": ["both"],
    }
    out = nodes["out"]
    assert out.op == "Dense"
    assert out.attr["parameters"].i == 7
    assert [d.size for d in out.attr["_output_shapes"].list.shape[0].dim] == [-1, 1]
    assert nodes["inner/core"].attr["activation"].s == b"relu"


def test_ops_are_nodes_too():
    x = addax.Input((4,), name="x")
    graph = model_graph(addax.Model(x, addax.ops.relu(x) + 1.0, name="m"))
    assert [node.op for node in graph.node][:2] == ["InputLayer", "relu"]
    assert len(graph.node) == 3


def test_it_comes_back_from_the_file(tmp_path):
    graph = model_graph(two_towers())
    with SummaryWriter(tmp_path) as writer:
        writer.graph(graph)
    assert boards.run(tmp_path).Graph() == graph


def test_tensorboards_graph_plugin_accepts_it():
    from tensorboard.plugins.graph import graph_util

    graph = model_graph(two_towers())
    assert len(graph_util.merge_graph_defs([graph]).node) == 6


def test_the_conceptual_graph_is_parsed():
    import json

    from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def

    x = addax.Input((4,), name="x")
    hidden = addax.layers.Dense(3, name="hidden")(x)
    model = addax.Model(x, addax.layers.Dense(1, name="out")(hidden), name="m")
    graph = keras_model_to_graph_def(json.loads(model.to_json()))
    assert [(n.name, list(n.input)) for n in graph.node][-1] == ("m/out", ["m/hidden"])

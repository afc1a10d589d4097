"""Pictures of models: the right boxes and arrows, and a picture with and without Graphviz."""

import shutil
import sys

import pytest

import addax
from addax import layers
from addax.utils import boxes, model_to_dot, plot_model

PNG = b"\x89PNG"


@pytest.fixture
def model():
    inner = addax.Sequential(
        [addax.Input((4,)), layers.Dense(3, activation="relu", name="core")], name="inner"
    )
    a, b = addax.Input((4,), name="a"), addax.Input((4,), name="b")
    both = layers.Concatenate(name="both")([inner(a), inner(b)])
    return addax.Model([a, b], layers.Dense(2, name="out")(both) * 2.0, name="m")


def content(model, expand=False, **shown):
    found = boxes.Boxes(boxes.Shown(**shown), expand)
    found.add_model(model, None)
    return found


def test_boxes_and_arrows(model):
    found = content(model)
    kinds = {name: box.title for name, box in found.boxes.items()}
    last = next(reversed(kinds))
    assert list(kinds.items())[:5] == [
        ("a", "InputLayer"), ("b", "InputLayer"), ("inner", "Sequential"),
        ("both", "Concatenate"), ("out", "Dense"),
    ]  # fmt: skip
    assert kinds[last] == "multiply"
    assert set(found.arrows) == {
        ("a", "inner"), ("b", "inner"), ("inner", "both"), ("both", "out"), ("out", last),
    }  # fmt: skip


def test_nested_models_are_expanded(model):
    found = content(model, expand=True)
    assert found.boxes["inner/core"].frame == "inner"
    assert found.frames == {"inner": "inner"}
    assert {("a", "inner/core"), ("inner/core", "both")} <= set(found.arrows)


def test_lines_of_a_box(model):
    model.get_layer("out").trainable = False
    shown = {"shapes": True, "dtype": True, "activations": True, "trainable": True}
    assert content(model, names=True, **shown).boxes["out"].rows == [
        "out", "activation: linear", "dtype: float32", "input: (None, 6)", "output: (None, 2)",
        "not trainable",
    ]  # fmt: skip
    assert content(model, names=False).boxes["out"].rows == []


def test_layer_range(model):
    found = content(model).between("both", "out")
    assert list(found.boxes) == ["both", "out"]
    assert found.arrows == [("both", "out")]
    with pytest.raises(ValueError, match="`layer_range` must name layers"):
        content(model).between("both", "uot")


def test_dot_graph(model):
    pytest.importorskip("pydot")
    graph = model_to_dot(model, rankdir="LR", dpi=96, expand_nested=True)
    assert (graph.get_rankdir(), str(graph.get_dpi())) == ("LR", "96")
    assert [cluster.get_label() for cluster in graph.get_subgraphs()] == ["inner"]
    assert ("both", "out") in {(e.get_source(), e.get_destination()) for e in graph.get_edges()}
    assert "cluster_m" in model_to_dot(model, subgraph=True).get_name()


def test_dot_text_needs_no_graphviz(model, tmp_path, monkeypatch):
    pytest.importorskip("pydot")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert plot_model(model, tmp_path / "model.dot") is None
    assert "both -> out" in (tmp_path / "model.dot").read_text()


def test_picture_by_graphviz(model, tmp_path):
    pytest.importorskip("pydot")
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    plot_model(model, tmp_path / "model.png", show_shapes=True, expand_nested=True, dpi=50)
    assert (tmp_path / "model.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("rankdir", ["TB", "LR", "BT", "RL"])
def test_picture_by_matplotlib(model, tmp_path, monkeypatch, rankdir):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    plot_model(model, tmp_path / "model.png", show_shapes=True, rankdir=rankdir, dpi=50)
    assert (tmp_path / "model.png").read_bytes().startswith(PNG)


def test_what_is_missing_is_told(model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ImportError, match=r"package `pydot`.*pip install 'addax\[plot\]'"):
        model_to_dot(model)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="needs Graphviz"):
        plot_model(model, tmp_path / "model.png")


def test_a_model_without_shapes_is_told():
    with pytest.raises(ValueError, match="has not been built"):
        plot_model(addax.Sequential([layers.Dense(1)]))


def test_a_wrong_direction_is_told(model):
    with pytest.raises(ValueError, match="`rankdir` of `plot_model`"):
        plot_model(model, rankdir="XY")


def test_a_subclassed_model_is_one_box():
    class Own(addax.Model):
        def __init__(self):
            super().__init__(name="own")
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model(addax.ops.ones((1, 2)))
    assert list(content(model).boxes) == ["own"]

"""`summary()`: the same characters as Keras 3 prints."""

import keras
import numpy as np
import pytest

import addax


def text(model, **arguments):
    found = []
    model.summary(print_fn=lambda s, **_: found.append(s), **arguments)
    assert len(found) == 1
    return "\n".join(line.rstrip() for line in found[0].strip().splitlines())


def stack(k):
    model = k.Sequential(
        [
            k.Input((28, 28)),
            k.layers.Flatten(name="flatten"),
            k.layers.Dense(300, name="hidden_layer_with_a_rather_long_name"),
            k.layers.Dense(10, name="out"),
        ],
        name="stack",
    )
    model.layers[1].trainable = False
    return model


def graph(k):
    inner = k.Sequential(
        [k.Input((4,)), k.layers.Dense(2, name="x"), k.layers.Dense(3, name="y")], name="inner"
    )
    i, j = k.Input((4,), name="first"), k.Input((4,), name="second_input_with_long_name")
    d = k.layers.Dense(4, name="d")
    y = inner(k.layers.Add(name="plus")([d(i), d(j)]) * 2)
    y = k.layers.Reshape((1, 3), name="r")(y)
    lstm = k.layers.LSTM(3, return_state=True, return_sequences=True, name="l")
    return k.Model([i, j], lstm(y), name="g")


def chain(k):
    i = k.Input((4,), name="i")
    return k.Model(i, k.layers.Dense(2, name="d")(i), name="c")


def unbuilt(k):
    return k.Sequential([k.layers.Dense(2, name="d")], name="u")


def empty(k):
    return k.Sequential(name="e")


def subclass(k):
    class Sub(k.Model):
        def __init__(self):
            super().__init__(name="sub")
            self.a = k.layers.Dense(2, name="a")
            self.b = k.layers.Dense(3, name="b")

        def call(self, x):
            return self.b(self.a(x))

    model = Sub()
    model(np.ones((2, 4), "float32"))
    return model


def mixed(k):
    dense = k.layers.Dense
    layers = [k.Input((3,)), dense(2, dtype="float16", name="a"), dense(2, name="b")]
    return k.Sequential(layers, name="m")


def nested(k):
    inner = k.Sequential([k.layers.Dense(2, name="d")], name="inner")
    outer = k.Sequential([k.Input((3,)), inner], name="outer")
    return k.Sequential([k.Input((3,)), outer, k.layers.Dense(2, name="o")], name="n")


MODELS = [stack, graph, chain, unbuilt, empty, subclass, mixed, nested]
ARGUMENTS = [
    {},
    {"show_trainable": True},
    {"expand_nested": True},
    {"line_length": 60},
    {"expand_nested": True, "show_trainable": True, "line_length": 70},
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_as_keras_prints_it(make, arguments):
    from addax.core.variable import reset_names

    keras.utils.clear_session()
    reset_names()
    assert text(make(addax), **arguments) == text(make(keras), **arguments)


def test_positions():
    keras.utils.clear_session()
    for positions in ([0.3, 0.5, 0.7, 1.0], [0.3, 0.5, 0.65, 1.0]):
        assert "Connected" in text(graph(addax), positions=positions)
    assert text(chain(addax), positions=[0.4, 0.7, 1.0]) == text(
        chain(keras), positions=[0.4, 0.7, 1.0]
    )


def test_optimizer_params_of_a_trained_model():
    found = []
    for k in (keras, addax):
        model = chain(k)
        model.compile("adam", "mse")
        model.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)
        found.append(text(model))
    assert found[0] == found[1]
    assert "Optimizer params: 22 (88.00 B)" in found[1]


def test_layer_range():
    shown = text(graph(addax), layer_range=["d", "plus"])
    assert "d (Dense)" in shown
    assert "plus (Add)" in shown
    assert "inner" not in shown
    with pytest.raises(ValueError, match="matches no layers"):
        text(graph(addax), layer_range=["d", "nope"])
    with pytest.raises(ValueError, match="two names"):
        text(graph(addax), layer_range=["d"])


def test_prints_to_stdout(capsys):
    stack(addax).summary()
    shown = capsys.readouterr().out
    assert shown.startswith('Model: "stack"\n┏')
    assert " Total params: 238,510 (931.68 KB)\n" in shown
    assert "\x1b" not in shown


def test_names_that_look_like_markup():
    model = addax.Sequential([addax.Input((2,)), addax.layers.Dense(1, name="[red]a")])
    assert "[red]a (Dense)" in text(model)


def test_too_short_a_line():
    assert "too short" in text(graph(addax), line_length=5)


def test_batch_size_of_a_trained_subclass_is_open():
    class Sub(addax.Model):
        def __init__(self):
            super().__init__(name="sub")
            self.a = addax.layers.Dense(2, name="a")

        def call(self, x):
            return self.a(x)

    model = Sub()
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    assert "(None, 2)" in text(model)
    assert model.get_build_config() == {"input_shape": [None, 3]}

"""Recurrent layers beyond the table: own cells, states, dropout, shapes."""

import numpy as np
import pytest

import addax
from addax import layers, ops
from addax.core.tape import GradientTape
from addax.core.variable import functionalize

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")


class Leaky(layers.Layer):
    """`s = decay * s + x @ w`, counting its steps in a variable."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), name="w")
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")

    def call(self, inputs, states):
        self.steps.assign_add(1.0)
        new = states[0] * 0.5 + ops.matmul(inputs, self.w)
        return ops.tanh(new), [new]


def reference(x, w):
    state = np.zeros((len(x), w.shape[1]))
    outputs = []
    for t in range(x.shape[1]):
        state = state * 0.5 + x[:, t] @ w
        outputs.append(np.tanh(state))
    return np.stack(outputs, 1), state


def test_own_cell_runs_over_time_and_may_change_variables():
    layer = layers.RNN(Leaky(2), return_sequences=True, return_state=True)
    outputs, state = layer(X)
    expected, last = reference(X, np.asarray(layer.cell.w))
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(state, last, rtol=1e-5, atol=1e-6)
    assert float(layer.cell.steps) == 5


def test_gradient_of_an_own_cell_by_the_tape():
    layer = layers.RNN(Leaky(2))
    layer.build((None, 5, 4))
    w = np.asarray(layer.cell.w, "float64")
    with GradientTape() as tape:
        loss = ops.sum(layer(X))
    gradient = tape.gradient(loss, layer.cell.w)
    step = 1e-5 * np.eye(8)[3].reshape(4, 2)
    slope = reference(X, w + step)[0][:, -1].sum() - reference(X, w - step)[0][:, -1].sum()
    np.testing.assert_allclose(np.asarray(gradient)[1, 1], slope / 2e-5, rtol=1e-3)


def test_unknown_batch_and_time():
    x = layers.Input((None, 4))
    assert layers.LSTM(3)(x).shape == (None, 3)
    assert layers.GRU(3, return_sequences=True)(x).shape == (None, None, 3)
    assert layers.RNN(Leaky(2))(x).shape == (None, 2)
    assert layers.Bidirectional(layers.LSTM(3))(x).shape == (None, 6)
    assert layers.TimeDistributed(layers.Dense(3))(x).shape == (None, None, 3)


def test_stateful_goes_on_where_it_ended():
    layer = layers.LSTM(3, stateful=True)
    whole = layers.LSTM(3)
    layer(X[:, :2])
    whole.build((None, 5, 4))
    whole.set_weights(layer.cell.get_weights())
    np.testing.assert_allclose(layer(X[:, 2:]), whole(X), rtol=1e-5, atol=1e-6)
    layer.reset_state()
    np.testing.assert_allclose(layer(X), whole(X), rtol=1e-5, atol=1e-6)


def test_stateful_needs_the_batch_size():
    with pytest.raises(ValueError, match="must know the batch size"):
        layers.LSTM(3, stateful=True)(layers.Input((5, 4)))


def test_dropout_is_the_same_at_all_times_and_only_in_training():
    layer = layers.SimpleRNN(4, activation="linear", dropout=0.5, return_sequences=True, seed=1)
    layer.build((None, 5, 4))
    layer.set_weights([np.eye(4), np.zeros((4, 4)), np.zeros(4)])
    np.testing.assert_allclose(layer(X), X, rtol=1e-6)
    factor = np.asarray(layer(X, training=True)) / X
    assert np.all(np.isclose(factor, 0) | np.isclose(factor, 2, rtol=1e-4))
    np.testing.assert_allclose(factor, np.broadcast_to(factor[:, :1], factor.shape), rtol=1e-4)


def test_stacked_cells_with_dropout_in_training():
    layer = layers.RNN([layers.LSTMCell(3, dropout=0.5), layers.GRUCell(2, recurrent_dropout=0.5)])
    assert not np.allclose(layer(X, training=True), layer(X, training=True))
    np.testing.assert_array_equal(layer(X), layer(X))


def test_recurrent_layers_are_pure_under_functionalize():
    layer = layers.LSTM(3, dropout=0.3)
    layer.build((None, 5, 4))
    variables = layer.variables
    pure = functionalize(lambda x: layer(x, training=True), variables)
    values = [v.raw for v in variables]
    first, after = pure(values, X)
    again, _ = pure(values, X)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(after[-1], values[-1])  # the seed moved on


def test_initial_state_of_wrong_length():
    with pytest.raises(ValueError, match="must hold 2 states"):
        layers.LSTM(3)(X, initial_state=[np.zeros((3, 3))])


def test_initial_state_from_another_layer():
    _, h, c = layers.LSTM(3, return_state=True)(layers.Input((5, 4)))
    out = layers.LSTM(3)(layers.Input((None, 4)), initial_state=[h, c])
    assert out.shape == (None, 3)
    assert len(out.node.inputs) == 3


def test_bidirectional_copies_a_layer_whose_activation_is_a_lambda():
    layer = layers.Bidirectional(layers.LSTM(3, activation=lambda x: x * 0.5))
    assert layer(X).shape == (3, 6)


def test_bidirectional_refuses_other_layers():
    with pytest.raises(ValueError, match="must be a recurrent layer"):
        layers.Bidirectional(layers.Dense(3))


def test_stateful_layers_train_with_a_fixed_batch():
    model = addax.Sequential(
        [layers.Input(batch_shape=(4, 5, 3)), layers.GRU(2, stateful=True), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 5, 3)), np.ones((8, 1)), batch_size=4, shuffle=False, verbose=0)
    assert np.any(np.asarray(model.layers[0].states[0]) != 0)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("more", [{}, {"go_backwards": True, "return_sequences": True}])
def test_own_gradient_is_the_gradient_of_the_loop(name, more):
    layer = getattr(layers, name)(4, recurrent_dropout=0.5, seed=1, **more)
    layer.build((None, 5, 4))
    gradients = []
    for splits in (True, False):
        layer.cell.splits = splits
        layer.cell.seed_generator.state.assign([1, 0])
        with GradientTape() as tape:
            loss = ops.sum(ops.square(layer(X, training=True)))
        gradients.append(tape.gradient(loss, layer.trainable_variables))
    for one, other in zip(*gradients, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_own_cells_that_return_their_state_in_a_list_can_be_stacked():
    """As the cell of Keras' documentation of RNN does."""

    class Cell(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = self.state_size = units

        def build(self, shape):
            self.kernel = self.add_weight((shape[-1], self.units), initializer="ones")

        def call(self, inputs, states):
            output = ops.matmul(inputs, self.kernel) + ops.sum(states[0], -1, keepdims=True)
            return output, [output]

    x = np.ones((2, 3, 1), "float32")
    outputs = layers.RNN([Cell(2), Cell(3)], return_sequences=True)(x)
    first = [1.0, 3.0, 7.0]  # h = x + 2 h, in both units
    h, expected = 0.0, []
    for value in first:
        h = 2 * value + 3 * h
        expected.append([h] * 3)
    np.testing.assert_allclose(outputs, [expected] * 2, rtol=1e-6)

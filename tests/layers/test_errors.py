"""Bad arguments: the message names the layer, the argument, what came and what was expected."""

import numpy as np
import pytest

from addax import layers

CONSTRUCTORS = [
    (lambda: layers.Dense(-3), "`units` of `Dense` must be a positive integer. Received: units=-3"),
    (lambda: layers.Dense("x"), "`units` of `Dense`"),
    (lambda: layers.Dense(3, activation="rellu"), "Did you mean 'relu'"),
    (lambda: layers.Dense(3, unitss=2), "has no argument `unitss`. Did you mean 'units'"),
    (lambda: layers.Dropout(1.5), "`rate` of `Dropout` must be a number in"),
    (lambda: layers.Conv2D(0, 3), "`filters` of `Conv2D`"),
    (lambda: layers.Conv2D(4, (3, 3, 3)), "`kernel_size` of `Conv2D` must be"),
    (lambda: layers.Conv2D(4, 3, padding="causal"), "`padding` of `Conv2D` must be one of"),
    (lambda: layers.Conv2D(3, 3, groups=2), "must be a multiple of `groups`"),
    (lambda: layers.Conv2D(4, 3, strides=2, dilation_rate=2), "cannot both be more than 1"),
    (lambda: layers.Conv2DTranspose(4, 3, output_padding=1), "must be less than `strides`"),
    (lambda: layers.MaxPooling2D(0), "`pool_size` of `MaxPooling2D`"),
    (lambda: layers.LSTM(0), "`units` of `LSTM`"),
    (lambda: layers.LSTM(3, dropout=2), "`dropout` of `LSTM`"),
    (lambda: layers.RNN(layers.Dense(3)), "must have `state_size`"),
    (lambda: layers.Reshape((-1, -1)), "at most one of them -1"),
    (lambda: layers.Permute((0, 1)), "must hold each of 1, 2"),
    (lambda: layers.Embedding(0, 3), "`input_dim` of `Embedding`"),
    (lambda: layers.Input(), "needs `shape`"),
    (lambda: layers.Input(shape=784), r"`shape=\(28, 28\)`"),
    (lambda: layers.Normalization(mean=1.0), "must be given together"),
    (lambda: layers.BatchNormalization(momentum=2), "`momentum` of `BatchNormalization`"),
    (lambda: layers.GroupNormalization(0), "`groups` of `GroupNormalization`"),
    (lambda: layers.LeakyReLU(-1), "`negative_slope` of `LeakyReLU`"),
    (lambda: layers.Dot("x"), "`axes` of `Dot`"),
    (lambda: layers.ZeroPadding2D((1, 2, 3)), "`padding` of `ZeroPadding2D`"),
    (lambda: layers.MultiHeadAttention(0, 2), "`num_heads` of `MultiHeadAttention`"),
    (lambda: layers.TimeDistributed(3), "`layer` of `TimeDistributed` must be a layer"),
    (lambda: layers.Lambda(3), "`function` of `Lambda` must be callable"),
    (lambda: layers.StackedRNNCells([]), "`cells` of `StackedRNNCells`"),
    (lambda: layers.LocallyConnected1D(3, 2, implementation=4), "`implementation` of `Locally"),
    (lambda: layers.Dense(3, lora_rank=4), "`lora_rank` of `Dense` is not supported"),
]
CALLS = [
    (lambda: layers.Dense(3, name="d"), np.ones(3), "layer 'd' does not fit: .*rank at least 2"),
    (lambda: layers.Conv2D(3, 3, name="c"), np.ones((2, 8, 8)), "layer 'c'.*expected rank 4"),
    (lambda: layers.Conv2D(4, 3, groups=2), np.ones((1, 8, 8, 3)), "must divide the channels"),
    (lambda: layers.Conv2D(4, 9), np.ones((1, 8, 8, 3)), "smaller than its kernel"),
    (lambda: layers.LSTM(3), np.ones((2, 3)), "expected rank 3"),
    (lambda: layers.Reshape((5,)), np.ones((2, 6)), "`target_shape` of Reshape"),
    (lambda: layers.Add(name="a"), [np.ones((2, 3)), np.ones((2, 4))], "inputs of Add 'a' must"),
    (lambda: layers.Add(), np.ones((2, 3)), "must be called on a list"),
    (lambda: layers.Subtract(), [np.ones((2, 3))] * 3, "exactly 2 inputs"),
    (lambda: layers.Concatenate(), [np.ones((2, 3)), np.ones((3, 3))], "same shape but for axis"),
    (lambda: layers.Dot(1), [np.ones((2, 3)), np.ones((2, 4))], "same size in axis"),
    (lambda: layers.GroupNormalization(2), np.ones((2, 3)), "must divide the 3 channels"),
    (lambda: layers.BatchNormalization(axis=3), np.ones((2, 3)), "`axis` of BatchNormalization"),
    (lambda: layers.Cropping1D(4), np.ones((2, 5, 3)), "leaves nothing of axis 1"),
    (lambda: layers.EinsumDense("ab,cd->ad", 3), np.ones((2, 3)), "do not fit its input"),
    (lambda: layers.TimeDistributed(layers.Dense(3)), np.ones((2, 3)), "rank 3 or more"),
    (lambda: layers.Attention(), np.ones((2, 3, 4)), "must be called on a list"),
    (lambda: layers.MaxPooling2D(4), np.ones((1, 3, 8, 3)), "`pool_size` of MaxPooling2D 'max_p"),
    (lambda: layers.PReLU(shared_axes=3), np.ones((2, 3)), "`shared_axes` of PReLU 'p_re_lu'"),
]
PAIR = [np.ones((2, 3, 4), "float32"), np.ones((2, 5, 4), "float32")]
WRONG = np.ones((2, 4), bool)
MASKS = [
    ("LSTM", lambda m: layers.LSTM(3)(PAIR[1], mask=m), r"\(2, 5\)"),
    ("ConvLSTM1D", lambda m: layers.ConvLSTM1D(2, 2)(np.ones((2, 3, 4, 1)), mask=m), r"\(2, 3\)"),
    ("Attention", lambda m: layers.Attention()(PAIR, mask=[None, m]), r"\(2, 5\)"),
    ("MultiHeadAttention", lambda m: layers.MultiHeadAttention(2, 3)(*PAIR, value_mask=m),
     r"\(2, 5\)"),
    ("GroupQueryAttention", lambda m: layers.GroupQueryAttention(3, 4, 2)(*PAIR, query_mask=m),
     r"\(2, 3\)"),
    ("Softmax", lambda m: layers.Softmax()(np.ones((2, 3)), mask=m), r"\(2, 3\)"),
    ("GlobalAveragePooling1D", lambda m: layers.GlobalAveragePooling1D()(PAIR[1], mask=m),
     r"\(2, 5\)"),
    ("BatchNormalization", lambda m: layers.BatchNormalization()(PAIR[1], mask=m), r"\(2, 5\)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "call", "expected"), MASKS, ids=[row[0] for row in MASKS])
def test_a_mask_of_the_wrong_shape(name, call, expected):
    message = f"mask.*` of {name} '.*' must be of shape {expected}.*Received: shape \\(2, 4\\)"
    with pytest.raises(ValueError, match=message):
        call(WRONG)


def test_an_attention_mask_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"`attention_mask` of .* must be of shape \(2, 3, 5\)"):
        layers.MultiHeadAttention(2, 3)(*PAIR, attention_mask=np.ones((2, 3, 4), bool))


def test_an_initial_state_of_the_wrong_shape():
    with pytest.raises(ValueError, match=r"`initial_state` of GRU .* must be of shape \(None, 3\)"):
        layers.GRU(3)(PAIR[1], initial_state=[np.ones((2, 4), "float32")])


@pytest.mark.parametrize(("make", "message"), CONSTRUCTORS)
def test_bad_argument(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize(("make", "x", "message"), CALLS)
def test_bad_input(make, x, message):
    with pytest.raises(ValueError, match=message):
        make()(x)


def test_a_second_input_of_another_size_names_the_layer():
    layer = layers.Dense(3, name="d")
    layer(np.ones((2, 4)))
    with pytest.raises(ValueError, match="layer 'd' does not fit: expected size 4 in axis -1"):
        layer(np.ones((2, 5)))


def test_unknown_size_where_a_weight_needs_it():
    with pytest.raises(ValueError, match="needs to know the size of axis -1"):
        layers.Dense(3)(layers.Input((None,)))

"""Weights, masks, ranks, logits and labels, which all losses share."""

import keras
import numpy as np
import pytest
from keras.src import backend

from addax import losses, ops
from addax.core.tape import GradientTape
from addax.core.tensor import Symbolic, Tensor
from addax.core.variable import Variable
from addax.engine import engine

RNG = np.random.default_rng(0)
Y = RNG.normal(size=(4, 3, 2)).astype("float32")
P = RNG.normal(size=(4, 3, 2)).astype("float32")
MASK = np.array([[1, 1, 0]] * 3 + [[0, 0, 0]], bool)
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "none", "mean_with_sample_weight"]


def tensor(array, mask=None):
    return Tensor(engine.asarray(array), None if mask is None else engine.asarray(mask))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weights", [None, (4, 1), (4, 3), (4, 3, 1), "scalar"])
@pytest.mark.parametrize("masked", [False, True])
def test_weights_and_masks_as_keras(reduction, weights, masked):
    if weights is not None:
        weights = 0.5 if weights == "scalar" else RNG.uniform(size=weights).astype("float32")
    theirs = keras.ops.convert_to_tensor(P)
    if masked:
        backend.set_keras_mask(theirs, keras.ops.convert_to_tensor(MASK))
    expected = keras.losses.MeanAbsoluteError(reduction=reduction)(Y, theirs, weights)
    loss = losses.MeanAbsoluteError(reduction=reduction)
    got = loss(Y, tensor(P, MASK if masked else None), weights)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-5)


def test_a_weight_per_sample_serves_all_its_steps():
    weights = np.array([1.0, 0.0, 2.0, 0.5], "float32")
    got = losses.MeanSquaredError()(Y, P, sample_weight=weights)
    assert float(got) == pytest.approx(
        np.mean(np.mean((Y - P) ** 2, -1) * weights[:, None]), rel=1e-5
    )


def test_all_masked_is_zero_not_nan():
    assert float(losses.MeanSquaredError()(Y, tensor(P, MASK & False))) == 0
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight")
    assert float(loss(Y, P, np.zeros((4, 3)))) == 0


@pytest.mark.parametrize("shapes", [((4,), (4, 1)), ((4, 1), (4,)), ((4, 3), (4, 3, 1))])
def test_ranks_are_matched(shapes):
    y, p = (RNG.normal(size=shape).astype("float32") for shape in shapes)
    expected = keras.losses.MeanSquaredError()(y, p)
    assert float(losses.MeanSquaredError()(y, p)) == pytest.approx(float(expected), rel=1e-5)


def test_shapes_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match=r"y_true of shape \(4, 3\), y_pred of shape \(4, 2\)"):
        losses.MeanSquaredError()(np.zeros((4, 3)), np.zeros((4, 2)))


def test_unknown_reduction():
    assert losses.MeanSquaredError(reduction="auto").reduction == "sum_over_batch_size"
    assert losses.MeanSquaredError(reduction=losses.Reduction.NONE).reduction == "none"
    with pytest.raises(ValueError, match="must be one of 'sum', .* Received: 'average'"):
        losses.MeanSquaredError(reduction="average")


def test_probabilities_remember_their_logits():
    logits = tensor([[200.0, 0.0, -200.0]])
    loss = losses.CategoricalCrossentropy()
    assert float(loss([[0.0, 0.0, 1.0]], ops.softmax(logits))) == pytest.approx(400.0)
    sparse = losses.SparseCategoricalCrossentropy()
    assert float(sparse([[2]], ops.softmax(logits))) == pytest.approx(400.0)
    binary = losses.BinaryCrossentropy()
    assert float(binary([[0.0]], ops.sigmoid(tensor([[50.0]])))) == pytest.approx(50.0)
    assert float(binary([0.0], ops.sigmoid(tensor([[50.0]])))) == pytest.approx(50.0)


def test_logits_survive_a_cast():
    p = ops.softmax(ops.cast([[100.0, 0.0]], "bfloat16"))
    assert p.dtype == "bfloat16"
    loss = losses.CategoricalCrossentropy()([[0.0, 1.0]], p)
    assert loss.dtype == "float32"
    assert float(loss) == pytest.approx(100.0)


def test_gradient_through_remembered_logits():
    w = Variable([[3.0, -3.0]])
    with GradientTape() as tape:
        loss = losses.SparseCategoricalCrossentropy()([1], ops.softmax(w * 10.0))
    np.testing.assert_allclose(tape.gradient(loss, w).numpy(), [[10.0, -10.0]], rtol=1e-5)


@pytest.mark.parametrize("label", [-1, 3])
def test_labels_out_of_range(label):
    y_pred = np.full((2, 3), 1 / 3, "float32")
    match = rf"Labels of `y_true` must lie in \[0, 3\).* Received: label {label}\."
    with pytest.raises(ValueError, match=match):
        losses.SparseCategoricalCrossentropy()([0, label], y_pred)
    loss = losses.SparseCategoricalCrossentropy(ignore_class=label)
    assert float(loss([0, label], y_pred)) == pytest.approx(np.log(3))


def test_labels_are_not_checked_in_compiled_code():
    loss = losses.SparseCategoricalCrossentropy()
    compiled = engine.jit(lambda y, p: loss(y, p).raw)
    y_pred = np.full((2, 3), 1 / 3, "float32")
    assert float(compiled(np.array([0, 3]), y_pred)) == pytest.approx(np.log(3) / 2)


def test_large_class_numbers_stay_exact():
    seen = []

    def function(y_true, y_pred):
        seen.append(y_true.dtype)
        return y_pred

    losses.LossFunctionWrapper(function)([1], [1.0])
    function.integer_targets = True
    losses.LossFunctionWrapper(function)([1], [1.0])
    assert seen == ["float32", "int32"]


def test_structures_reach_call():
    class Sum(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.square(y_true["a"] - y_pred[0]) + ops.square(y_true["b"] - y_pred[1])

    loss = Sum()
    assert loss.name == "sum"
    assert float(loss({"a": [1.0], "b": [2.0]}, ([0.0], [0.0]))) == 5.0


def test_own_loss_keeps_its_config():
    class Power(losses.Loss):
        def __init__(self, exponent=3, **kwargs):
            self.exponent = exponent
            super().__init__(**kwargs)

        def call(self, y_true, y_pred):
            return ops.mean(ops.abs(y_true - y_pred) ** self.exponent, axis=-1)

        def get_config(self):
            return {**super().get_config(), "exponent": self.exponent}

    again = Power.from_config(Power(4, name="power", reduction="sum").get_config())
    assert (again.exponent, again.name, again.reduction) == (4, "power", "sum")
    assert float(again([[0.0], [0.0]], [[2.0], [1.0]])) == 17.0


def test_symbolic_predictions():
    p = Symbolic((None, 3))
    assert losses.mean_squared_error(Symbolic((None, 3)), p).shape == (None,)
    assert losses.categorical_crossentropy(Symbolic((None, 3)), p).shape == (None,)


def test_printed_values():
    y, p = [[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]
    assert float(losses.Huber()(y, p)) == pytest.approx(0.155)
    assert (
        float(losses.MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])) == 0.5
    )
    np.testing.assert_allclose(losses.binary_crossentropy(y, p).numpy(), [0.916, 0.714], atol=1e-3)
    q = [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    for got in (
        losses.categorical_crossentropy([[0, 1, 0], [0, 0, 1]], q),
        losses.sparse_categorical_crossentropy([1, 2], q),
    ):
        np.testing.assert_allclose(got.numpy(), [0.0513, 2.303], atol=1e-3)

"""Crossentropies against Keras' formulas, and exactness through remembered logits."""

import keras
import numpy as np
import pytest

from addax import ops
from addax.core.tape import GradientTape
from addax.core.variable import Variable

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(5, 4)).astype("float32") * 3
PROBABILITIES = np.array(keras.ops.softmax(LOGITS))
LABELS = np.array([0, 3, 1, 1, 2])
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
BITS = (RNG.random((5, 4)) > 0.5).astype("float32")


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("binary_crossentropy", BITS),
        ("categorical_crossentropy", ONE_HOT),
        ("sparse_categorical_crossentropy", LABELS),
        ("sparse_categorical_crossentropy", LABELS[:, None]),
    ],
)
def test_values_of_keras(name, target, from_logits):
    output = LOGITS if from_logits else PROBABILITIES
    ours = getattr(ops, name)(target, output, from_logits=from_logits)
    theirs = getattr(keras.ops, name)(target, output, from_logits=from_logits)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("from_logits", [False, True])
def test_other_axis(name, from_logits):
    target = (ONE_HOT if name[0] == "c" else LABELS) if name[0] == "s" else ONE_HOT.T
    output = (LOGITS if from_logits else PROBABILITIES).T.copy()
    ours = getattr(ops, name)(target, output, from_logits=from_logits, axis=0)
    theirs = keras.ops.categorical_crossentropy(ONE_HOT, output.T, from_logits=from_logits)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_probabilities_need_not_sum_to_one():
    output = PROBABILITIES * 2
    np.testing.assert_allclose(
        ops.categorical_crossentropy(ONE_HOT, output),
        keras.ops.categorical_crossentropy(ONE_HOT, output),
        rtol=1e-5,
    )


def test_clipping_is_that_of_keras():
    output = np.array([[1.0, 0.0], [0.0, 1.0]], "float32")
    target = output[::-1].copy()
    for name in ("binary_crossentropy", "categorical_crossentropy"):
        ours = getattr(ops, name)(target, output)
        np.testing.assert_allclose(ours, getattr(keras.ops, name)(target, output), rtol=1e-5)


@pytest.mark.parametrize("labels", [np.array([-1, 7, 2, 2, 0]), np.array([4, 0, 1, 2, 3])])
def test_targets_outside_give_zero(labels):
    ours = ops.sparse_categorical_crossentropy(labels, PROBABILITIES)
    outside = (labels < 0) | (labels > 3)
    np.testing.assert_array_equal(ours.numpy()[outside], 0)


def test_softmax_is_undone_exactly():
    logits = ops.convert_to_tensor([[100.0, 0.0, -100.0]])
    probabilities = ops.softmax(logits)
    for loss in (
        ops.categorical_crossentropy([[0.0, 0.0, 1.0]], probabilities),
        ops.sparse_categorical_crossentropy([2], probabilities),
        ops.sparse_categorical_crossentropy([2], ops.cast(ops.softmax(logits), "float32")),
        ops.sparse_categorical_crossentropy([2], ops.convert_to_tensor(probabilities, "float32")),
    ):
        np.testing.assert_allclose(loss, [200.0])
    clipped = ops.sparse_categorical_crossentropy([2], probabilities.numpy())
    np.testing.assert_allclose(clipped, [-np.log(1e-7)], rtol=1e-5)


def test_sigmoid_is_undone_exactly():
    probabilities = ops.sigmoid(ops.convert_to_tensor([50.0, -50.0]))
    np.testing.assert_allclose(ops.binary_crossentropy([0.0, 1.0], probabilities), [50.0, 50.0])


def test_logits_of_another_function_do_not_count():
    # a binary crossentropy of softmax probabilities is that of the probabilities
    probabilities = ops.softmax(LOGITS)
    np.testing.assert_allclose(
        ops.binary_crossentropy(ONE_HOT, probabilities),
        keras.ops.binary_crossentropy(ONE_HOT, PROBABILITIES),
        rtol=1e-5,
        atol=1e-6,
    )
    probabilities = ops.sigmoid(LOGITS)
    np.testing.assert_allclose(
        ops.categorical_crossentropy(ONE_HOT, probabilities),
        keras.ops.categorical_crossentropy(ONE_HOT, probabilities.numpy()),
        rtol=1e-5,
    )
    assert ops.softmax(LOGITS, axis=0).logits is None


def test_gradient_is_that_of_the_logits():
    v = Variable(LOGITS * 40)
    with GradientTape() as tape:
        loss = ops.sum(ops.categorical_crossentropy(ONE_HOT, ops.softmax(v)))
    gradient = tape.gradient(loss, v)
    np.testing.assert_allclose(gradient, ops.softmax(LOGITS * 40).numpy() - ONE_HOT, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "target", "output", "message"),
    [
        ("binary_crossentropy", BITS[:, :2], LOGITS, "must have the same shape"),
        ("categorical_crossentropy", LABELS, LOGITS, "must have the same shape"),
        ("categorical_crossentropy", 1.0, 0.5, "axis of classes"),
        ("sparse_categorical_crossentropy", ONE_HOT, LOGITS, "use `categorical_crossentropy`"),
        ("sparse_categorical_crossentropy", LABELS[:3], LOGITS, "one class number for each"),
    ],
)
def test_bad_shapes(name, target, output, message):
    with pytest.raises(ValueError, match=message):
        getattr(ops, name)(target, output)

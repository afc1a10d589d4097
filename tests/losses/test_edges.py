"""Losses at the edges, and their gradients, beside Keras 3."""

import jax
import keras
import numpy as np
import pytest

import addax
from addax import losses
from tests.losses.test_losses_against_keras import CASES, IDS

SMALL = {"rtol": 1e-4, "atol": 2e-5}


def zeros(y_true, y_pred):
    return np.zeros_like(y_true), np.zeros_like(y_pred)


def one_class(y_true, y_pred):
    if y_true.ndim < y_pred.ndim or y_true.dtype.kind == "i":
        return np.ones_like(y_true), y_pred
    return np.zeros_like(y_true) + np.eye(1, y_true.shape[-1], dtype="float32"), y_pred


def exact(y_true, y_pred):
    return (y_true, y_true) if y_true.shape == y_pred.shape else (y_true, y_pred)


def huge(y_true, y_pred):
    return y_true, np.sign(y_pred) * 1000


def plain(y_true, y_pred):
    return y_true, y_pred


EDGES = [plain, zeros, one_class, exact, huge]
# Keras takes a sigmoid first and then cuts the logarithm off at 16.
UNLIKE = {("binary_focal_crossentropy", "huge")}


def both(class_name, kwargs, y_true, y_pred, weights):
    """Return value and gradient of Keras and of Addax."""
    theirs = getattr(keras.losses, class_name)(**kwargs)
    expected, slope = jax.value_and_grad(lambda x: theirs(y_true, x, sample_weight=weights))(y_pred)
    ours = getattr(losses, class_name)(**kwargs)
    x = addax.ops.convert_to_tensor(y_pred)
    with addax.GradientTape() as tape:
        tape.watch(x)
        got = ours(y_true, x, sample_weight=weights)
    return (got.numpy(), tape.gradient(got, x).numpy()), (np.asarray(expected), np.asarray(slope))


@pytest.mark.parametrize("edge", EDGES, ids=lambda f: f.__name__)
@pytest.mark.parametrize(("class_name", "function", "make", "kwargs"), CASES, ids=IDS)
def test_values_and_gradients(class_name, function, make, kwargs, edge):
    if edge is huge and not kwargs.get("from_logits") and make.__name__ != "values":
        return  # these are no probabilities
    y_true, y_pred = edge(*make(np.random.default_rng(1)))
    ours, theirs = both(class_name, kwargs, y_true, y_pred, None)
    for one, two in zip(ours, theirs, strict=True):
        assert np.isfinite(one).all()
        known = np.isfinite(two)  # Keras' losses of zeros and their slopes may be NaN
        if (function, edge.__name__) not in UNLIKE:
            np.testing.assert_allclose(one[known], two[known], **SMALL)


@pytest.mark.parametrize("value", [0.0, 2.0])
@pytest.mark.parametrize(("class_name", "function", "make", "kwargs"), CASES, ids=IDS)
def test_weights(class_name, function, make, kwargs, value):
    y_true, y_pred = make(np.random.default_rng(2))
    shape = getattr(losses, function)(y_true, y_pred, **kwargs).shape
    weights = np.full(shape, value, "float32")
    weights.flat[:1] = 0
    ours, theirs = both(class_name, kwargs, y_true, y_pred, weights)
    np.testing.assert_allclose(ours[0], theirs[0], **SMALL)
    np.testing.assert_allclose(ours[1], theirs[1], **SMALL)


def masked(tensor, mask, library):
    if library is keras:
        tensor = keras.ops.convert_to_tensor(tensor)
        keras.src.backend.set_keras_mask(tensor, mask)
        return tensor
    return addax.Tensor(addax.ops.convert_to_tensor(tensor).raw, mask)


@pytest.mark.parametrize("all_masked", [False, True])
@pytest.mark.parametrize("name", ["MeanSquaredError", "BinaryCrossentropy", "Huber", "Poisson"])
def test_masks(name, all_masked):
    rng = np.random.default_rng(3)
    y_true = rng.integers(0, 2, (4, 5, 2)).astype("float32")
    y_pred = rng.uniform(0.1, 0.9, (4, 5, 2)).astype("float32")
    mask = np.zeros((4, 5), bool) if all_masked else rng.random((4, 5)) > 0.4
    weights = rng.uniform(size=(4, 5)).astype("float32")
    for given in (None, weights):
        found = [
            getattr(library.losses, name)()(
                y_true, masked(y_pred, mask, library), sample_weight=given
            )
            for library in (addax, keras)
        ]
        np.testing.assert_allclose(np.asarray(found[0]), np.asarray(found[1]), rtol=1e-5)


@pytest.mark.parametrize("logit", [1000.0, -1000.0])
def test_crossentropy_of_huge_logits(logit):
    """At +-1000 the value is the logit or 0, and the slope p - y, both finite."""
    x = addax.ops.convert_to_tensor([[logit, 0.0]])
    for loss, target in (
        (losses.CategoricalCrossentropy(from_logits=True), [[0.0, 1.0]]),
        (losses.SparseCategoricalCrossentropy(from_logits=True), [1]),
    ):
        with addax.GradientTape() as tape:
            tape.watch(x)
            value = loss(np.array(target), x)
        assert float(value) == max(logit, 0.0)
        p = float(logit > 0)
        np.testing.assert_array_equal(tape.gradient(value, x).numpy(), [[p, -p]])
    with addax.GradientTape() as tape:
        tape.watch(x)
        value = losses.BinaryCrossentropy(from_logits=True)(np.array([[0.0, 0.0]]), x)
    np.testing.assert_allclose(float(value), (max(logit, 0.0) + np.log(2)) / 2, rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(value, x).numpy(), [[p / 2, 0.25]], rtol=1e-6)


@pytest.mark.parametrize("logit", [1000.0, -1000.0])
def test_probabilities_remember_their_logits(logit):
    x = addax.ops.convert_to_tensor([[logit, 0.0]])
    with addax.GradientTape(persistent=True) as tape:
        tape.watch(x)
        soft = losses.CategoricalCrossentropy()(np.array([[0.0, 1.0]]), addax.ops.softmax(x))
        sigmoid = losses.BinaryCrossentropy()(np.array([[0.0, 0.0]]), addax.ops.sigmoid(x))
    assert float(soft) == max(logit, 0.0)
    assert np.isfinite(tape.gradient(soft, x).numpy()).all()
    np.testing.assert_allclose(float(sigmoid), (max(logit, 0.0) + np.log(2)) / 2, rtol=1e-6)
    assert tape.gradient(sigmoid, x).numpy()[0, 0] == float(logit > 0) / 2

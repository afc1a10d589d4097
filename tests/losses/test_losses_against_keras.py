"""Every loss, as function and class, beside Keras 3 on random cases."""

import inspect

import keras
import numpy as np
import pytest

from addax import losses
from addax.core import registry


def values(rng, shape=(6, 4)):
    return rng.normal(size=shape).astype("float32"), rng.normal(size=shape).astype("float32")


def positive(rng, shape=(6, 4)):
    return tuple(np.abs(v) + 0.1 for v in values(rng, shape))


def binary(rng, shape=(6, 4)):
    y_pred = rng.uniform(size=shape).astype("float32")
    y_pred.flat[:2] = 0, 1
    return rng.integers(0, 2, shape).astype("float32"), y_pred


def one_hot(rng, shape=(6, 4)):
    y_pred = rng.uniform(size=shape).astype("float32")
    y_pred.flat[:2] = 0
    return np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], shape[:-1])], y_pred


def sparse(rng, shape=(6, 4)):
    y_true, y_pred = one_hot(rng, shape)
    return y_true.argmax(-1).astype("int32"), y_pred


def embeddings(rng, shape=(8, 4)):
    y_pred = rng.normal(size=shape)
    y_pred /= np.linalg.norm(y_pred, axis=-1, keepdims=True)
    return rng.integers(0, 3, shape[0]), y_pred.astype("float32")


def sequences(rng, shape=(4, 9, 5)):
    labels = rng.integers(1, shape[-1], (shape[0], 4))
    labels[0, 2:] = 0
    labels[1, 1] = labels[1, 0]
    labels[2] = 0
    return labels, rng.normal(size=shape).astype("float32")


CASES = [
    ("MeanSquaredError", "mean_squared_error", values, {}),
    ("MeanAbsoluteError", "mean_absolute_error", values, {}),
    ("MeanAbsolutePercentageError", "mean_absolute_percentage_error", values, {}),
    ("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", values, {}),
    ("CosineSimilarity", "cosine_similarity", values, {}),
    ("CosineSimilarity", "cosine_similarity", values, {"axis": 0}),
    ("LogCosh", "log_cosh", values, {}),
    ("Huber", "huber", values, {}),
    ("Huber", "huber", values, {"delta": 0.3}),
    ("Hinge", "hinge", values, {}),
    ("Hinge", "hinge", binary, {}),
    ("SquaredHinge", "squared_hinge", binary, {}),
    ("CategoricalHinge", "categorical_hinge", one_hot, {}),
    ("KLDivergence", "kl_divergence", positive, {}),
    ("KLDivergence", "kl_divergence", one_hot, {}),
    ("Poisson", "poisson", positive, {}),
    ("BinaryCrossentropy", "binary_crossentropy", binary, {}),
    ("BinaryCrossentropy", "binary_crossentropy", values, {"from_logits": True}),
    ("BinaryCrossentropy", "binary_crossentropy", binary, {"label_smoothing": 0.2}),
    ("BinaryCrossentropy", "binary_crossentropy", binary, {"axis": 0}),
    ("CategoricalCrossentropy", "categorical_crossentropy", one_hot, {}),
    ("CategoricalCrossentropy", "categorical_crossentropy", one_hot, {"from_logits": True}),
    ("CategoricalCrossentropy", "categorical_crossentropy", one_hot, {"label_smoothing": 0.1}),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", sparse, {}),
    (
        "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", sparse,
        {"from_logits": True},
    ),
    (
        "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", sparse,
        {"ignore_class": 1},
    ),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy", binary, {}),
    (
        "BinaryFocalCrossentropy", "binary_focal_crossentropy", binary,
        {"apply_class_balancing": True, "alpha": 0.7, "gamma": 1.5, "label_smoothing": 0.1},
    ),
    ("BinaryFocalCrossentropy", "binary_focal_crossentropy", binary, {"from_logits": True}),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy", one_hot, {}),
    (
        "CategoricalFocalCrossentropy", "categorical_focal_crossentropy", one_hot,
        {"from_logits": True, "gamma": 1.0, "label_smoothing": 0.1},
    ),
    (
        "CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy", sparse,
        {"q": 0.7},
    ),
    ("Dice", "dice", binary, {}),
    ("Dice", "dice", binary, {"axis": [1]}),
    ("Tversky", "tversky", binary, {}),
    ("Tversky", "tversky", binary, {"alpha": 0.2, "beta": 0.7, "axis": [1]}),
    ("Circle", "circle", embeddings, {}),
    ("Circle", "circle", embeddings, {"gamma": 20.0, "margin": 0.2, "remove_diagonal": False}),
    ("CTC", "ctc", sequences, {}),
]  # fmt: skip
IDS = [f"{function}-{i}" for i, (_, function, _, _) in enumerate(CASES)]


@pytest.mark.parametrize(("class_name", "function", "make", "kwargs"), CASES, ids=IDS)
def test_function(class_name, function, make, kwargs):
    y_true, y_pred = make(np.random.default_rng(1))
    expected = getattr(keras.losses, function)(y_true, y_pred, **kwargs)
    got = getattr(losses, function)(y_true, y_pred, **kwargs)
    np.testing.assert_allclose(got.numpy(), expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight", "mean", None]
)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("class_name", "function", "make", "kwargs"), CASES, ids=IDS)
def test_class(class_name, function, make, kwargs, weighted, reduction):
    rng = np.random.default_rng(2)
    y_true, y_pred = make(rng)
    theirs = getattr(keras.losses, class_name)(reduction=reduction, **kwargs)
    ours = getattr(losses, class_name)(reduction=reduction, **kwargs)
    weights = None
    shape = getattr(losses, function)(y_true, y_pred, **kwargs).shape
    if weighted and len(shape) == 1:
        weights = rng.uniform(size=shape).astype("float32")
    expected = theirs(y_true, y_pred, sample_weight=weights)
    got = ours(y_true, y_pred, sample_weight=weights)
    np.testing.assert_allclose(got.numpy(), expected, rtol=5e-5, atol=5e-6)


NAMES = {name for case in CASES for name in case[:2] if "eneralized" not in name}
ALIASES = {"bce", "BCE", "kld", "KLD", "mae", "MAE", "mse", "MSE", "mape", "MAPE", "msle", "MSLE"}


@pytest.mark.parametrize("name", sorted(NAMES | ALIASES))
def test_names(name):
    theirs, ours = keras.losses.get(name), losses.get(name)
    if isinstance(theirs, keras.losses.Loss):
        assert ours.name == theirs.name
        config = theirs.get_config()
        assert {key: ours.get_config()[key] for key in config} == config
        again = losses.deserialize(losses.serialize(ours))
        assert type(again) is type(ours)
        assert again.get_config() == ours.get_config()
    else:
        assert ours.__name__ == theirs.__name__
        assert losses.deserialize(losses.serialize(ours)) is ours


def test_nothing_of_keras_is_missing():
    for name, item in inspect.getmembers(keras.losses):
        if not name.startswith("_") and name not in ("get", "serialize", "deserialize"):
            assert list(inspect.signature(getattr(losses, name)).parameters) == list(
                inspect.signature(item).parameters
            ), name


def test_old_names():
    for old, new in {
        "kullback_leibler_divergence": "kl_divergence", "cosine_proximity": "cosine_similarity",
        "logcosh": "log_cosh", "huber_loss": "huber",
    }.items():  # fmt: skip
        assert losses.get(old) is getattr(losses, new)
    assert registry.get("losses", None) is None
    with pytest.raises(ValueError, match="Did you mean 'mean_squared_error'"):
        losses.get("mean_sqared_error")

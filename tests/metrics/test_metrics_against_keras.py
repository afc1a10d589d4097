"""Every metric beside Keras 3: several batches, weights, compiled updates, configs."""

import inspect
import warnings

import keras
import numpy as np
import pytest

from addax import metrics
from addax.engine import engine

# what Keras' IoU metrics say of their own dtype
pytestmark = pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64")


def values(rng, shape=(8, 3)):
    return rng.normal(size=shape).astype("float32"), rng.normal(size=shape).astype("float32")


def equal_classes(rng):
    return rng.integers(0, 3, (8, 1)), rng.integers(0, 3, (8, 1))


def binary(rng, shape=(8, 3)):
    y_pred = rng.uniform(size=shape).astype("float32")
    y_pred.flat[:3] = 0, 1, 0.5
    return rng.integers(0, 2, shape).astype("float32"), y_pred


def column(rng):
    return binary(rng, (8, 1))


def one_hot(rng, shape=(8, 4)):
    y_pred = rng.uniform(0.01, 1, size=shape).astype("float32")
    return np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], shape[:-1])], y_pred


def sparse(rng, shape=(8, 4)):
    y_true, y_pred = one_hot(rng, shape)
    return y_true.argmax(-1).astype("int32"), y_pred


def sparse_column(rng):
    y_true, y_pred = sparse(rng)
    return y_true[:, None], y_pred


def sorted_ids(rng):
    y_true, y_pred = sparse(rng)
    return y_true, np.argsort(-y_pred).astype("int32")


def steps(rng):
    return sparse(rng, (8, 5, 4))


def classes(rng):
    return tuple(rng.integers(0, 4, (2, 30)).astype("int32"))


def flat_binary(rng):
    return binary(rng, (30,))


CURVES = [
    ("AUC", binary, {"curve": curve, "summation_method": summation})
    for curve in ("ROC", "PR", "PRGAIN")
    for summation in ("interpolation", "minoring", "majoring")
] + [
    ("AUC", flat_binary, {"curve": curve, **grid})
    for curve in ("ROC", "PR", "PRGAIN")
    for grid in ({"num_thresholds": 11}, {"thresholds": [0.3, 0.9, 0.5]})
]
CASES = [
    ("Accuracy", equal_classes, {}),
    ("BinaryAccuracy", binary, {}),
    ("BinaryAccuracy", column, {"threshold": 0.7}),
    ("CategoricalAccuracy", one_hot, {}),
    ("SparseCategoricalAccuracy", sparse, {}),
    ("SparseCategoricalAccuracy", sparse_column, {}),
    ("SparseCategoricalAccuracy", steps, {}),
    ("TopKCategoricalAccuracy", one_hot, {"k": 2}),
    ("SparseTopKCategoricalAccuracy", sparse, {"k": 2}),
    ("SparseTopKCategoricalAccuracy", sparse_column, {"k": 3}),
    ("SparseTopKCategoricalAccuracy", sorted_ids, {"k": 2, "from_sorted_ids": True}),
    ("MeanSquaredError", values, {}),
    ("MeanAbsoluteError", values, {}),
    ("MeanAbsolutePercentageError", values, {}),
    ("MeanSquaredLogarithmicError", values, {}),
    ("RootMeanSquaredError", values, {}),
    ("CosineSimilarity", values, {}),
    ("LogCoshError", values, {}),
    ("R2Score", values, {}),
    ("R2Score", values, {"class_aggregation": None}),
    ("R2Score", values, {"class_aggregation": "variance_weighted_average", "num_regressors": 2}),
    ("PearsonCorrelation", values, {}),
    ("ConcordanceCorrelation", values, {}),
    ("Hinge", binary, {}),
    ("SquaredHinge", binary, {}),
    ("CategoricalHinge", one_hot, {}),
    ("KLDivergence", one_hot, {}),
    ("Poisson", one_hot, {}),
    ("BinaryCrossentropy", binary, {"label_smoothing": 0.1}),
    ("BinaryCrossentropy", binary, {"from_logits": True}),
    ("CategoricalCrossentropy", one_hot, {}),
    ("SparseCategoricalCrossentropy", sparse, {}),
    ("TruePositives", binary, {}),
    ("FalsePositives", binary, {"thresholds": [0.3, 0.9, 0.5]}),
    ("TrueNegatives", column, {}),
    ("FalseNegatives", flat_binary, {"thresholds": 0.2}),
    ("Precision", binary, {}),
    ("Precision", flat_binary, {"thresholds": [0.0, 0.5, 1.0]}),
    ("Precision", one_hot, {"top_k": 2}),
    ("Precision", one_hot, {"class_id": 1, "thresholds": 0.3}),
    ("Recall", binary, {}),
    ("Recall", one_hot, {"top_k": 2, "class_id": 2}),
    ("Recall", binary, {"thresholds": [0.1, 0.6]}),
    ("SensitivityAtSpecificity", binary, {"specificity": 0.4}),
    ("SpecificityAtSensitivity", flat_binary, {"sensitivity": 0.6}),
    ("PrecisionAtRecall", binary, {"recall": 0.5, "num_thresholds": 17}),
    ("RecallAtPrecision", binary, {"precision": 0.6, "class_id": 0}),
    ("RecallAtPrecision", binary, {"precision": 0.5, "num_thresholds": 1}),
    ("F1Score", one_hot, {}),
    ("F1Score", binary, {"average": "micro", "threshold": 0.4}),
    ("F1Score", one_hot, {"average": "macro"}),
    ("FBetaScore", binary, {"average": "weighted", "beta": 2.0, "threshold": 0.6}),
    ("MeanIoU", classes, {"num_classes": 4}),
    ("MeanIoU", classes, {"num_classes": 4, "ignore_class": 2}),
    ("IoU", classes, {"num_classes": 4, "target_class_ids": [0, 3]}),
    ("IoU", sparse, {"num_classes": 4, "target_class_ids": [1], "sparse_y_pred": False}),
    ("BinaryIoU", binary, {"threshold": 0.3}),
    ("BinaryIoU", binary, {"target_class_ids": [1]}),
    ("OneHotIoU", one_hot, {"num_classes": 4, "target_class_ids": [0, 2]}),
    ("OneHotMeanIoU", one_hot, {"num_classes": 4}),
    ("AUC", binary, {"multi_label": True}),
    ("AUC", binary, {"multi_label": True, "num_labels": 3, "label_weights": [0.5, 1.0, 2.0]}),
    ("AUC", binary, {"label_weights": [0.5, 1.0, 2.0], "curve": "PR"}),
    ("AUC", values, {"from_logits": True}),
    *CURVES,
]
IDS = [f"{name}-{i}" for i, (name, _, _) in enumerate(CASES)]


def pair(name, kwargs):
    return getattr(keras.metrics, name)(**kwargs), getattr(metrics, name)(**kwargs)


def as_labels(y_true):
    return (y_true > 0).astype("float32")


def batches(name, make, seed, count=2):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        y_true, y_pred = make(rng)
        yield (as_labels(y_true) if name == "AUC" else y_true), y_pred


def same(got, expected):
    np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=3e-5, atol=3e-6)


@pytest.mark.parametrize(("name", "make", "kwargs"), CASES, ids=IDS)
def test_batches(name, make, kwargs):
    theirs, ours = pair(name, kwargs)
    for y_true, y_pred in batches(name, make, 3):
        theirs.update_state(y_true, y_pred)
        ours.update_state(y_true, y_pred)
    same(ours.result(), theirs.result())
    assert [(v.name, v.shape) for v in ours.variables] == [
        (v.name, tuple(v.shape)) for v in theirs.variables
    ]
    ours.reset_state()
    assert all(not np.any(v.numpy()) for v in ours.variables)


@pytest.mark.parametrize(("name", "make", "kwargs"), CASES[: -len(CURVES)], ids=IDS[: -len(CURVES)])
@pytest.mark.parametrize("shape", ["samples", "all"])
def test_weights(name, make, kwargs, shape):
    theirs, ours = pair(name, kwargs)
    rng = np.random.default_rng(4)
    for y_true, y_pred in batches(name, make, 5):
        weights = rng.integers(0, 3, y_pred.shape[:1]).astype("float32")
        if shape == "all":
            if "Score" in name:
                return  # Keras refuses these, or counts them several times
            weights = rng.integers(0, 3, y_pred.shape).astype("float32")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs.update_state(y_true, y_pred, sample_weight=weights)
        except (ValueError, TypeError):
            return  # weights of this shape are not for this metric
        ours.update_state(y_true, y_pred, sample_weight=weights)
    same(ours.result(), theirs.result())


ONE_EACH = {name: (name, make, kwargs) for name, make, kwargs in CASES}.values()


@pytest.mark.parametrize(("name", "make", "kwargs"), ONE_EACH, ids=[c[0] for c in ONE_EACH])
def test_compiled_update_is_the_eager_one(name, make, kwargs):
    eager, compiled = (getattr(metrics, name)(**kwargs) for _ in range(2))
    data = list(batches(name, make, 6, 2))
    compiled.build_from_shapes(data[0][0].shape, data[0][1].shape)
    update = engine.jit(compiled.stateless_update_state)
    state = compiled.stateless_reset_state()
    for y_true, y_pred in data:
        eager.update_state(y_true, y_pred)
        state = update(state, y_true, y_pred)
    same(compiled.stateless_result(state), eager.result())
    assert all(not np.any(v.numpy()) for v in compiled.variables)


@pytest.mark.parametrize(("name", "make", "kwargs"), ONE_EACH, ids=[c[0] for c in ONE_EACH])
def test_names_and_configs(name, make, kwargs):
    theirs, ours = pair(name, kwargs)
    expected = theirs.get_config()
    if "IoU" in name:
        expected["dtype"] = "float32"  # so that weights are not rounded to integers
    got = ours.get_config()
    for key, value in expected.items():
        if key != "name":
            assert got[key] == value or got[key] == list(value), key
    again = metrics.deserialize(metrics.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == got
    assert ours.name.rstrip("_0123456789") == theirs.name.rstrip("_0123456789")


def test_nothing_of_keras_is_missing():
    for name, item in inspect.getmembers(keras.metrics):
        if name.startswith("_") or name in ("get", "serialize", "deserialize", "Metric"):
            continue
        own, theirs = getattr(metrics, name), item
        if isinstance(item, type):  # Pythons differ on classes with `__new__`
            own, theirs = own.__init__, item.__init__
        own, theirs = (list(inspect.signature(one).parameters) for one in (own, theirs))
        assert own == theirs, name


def test_names_of_keras_are_known():
    from keras.src.metrics import ALL_OBJECTS_DICT

    for name, cls in ALL_OBJECTS_DICT.items():
        assert metrics.registry.find("metrics", name).__name__ == cls.__name__


@pytest.mark.parametrize("name", ["pearson_correlation", "concordance_correlation"])
@pytest.mark.parametrize("axis", [0, -1])
def test_correlation_functions(name, axis):
    y_true, y_pred = values(np.random.default_rng(0))
    got = getattr(metrics, name)(y_true, y_pred, axis=axis)
    same(got, getattr(keras.metrics, name)(y_true, y_pred, axis=axis))

"""Metrics at the edges, beside Keras 3, and the area under the curve beside scikit-learn."""

import keras
import numpy as np
import pytest

import addax
from addax import metrics
from tests.metrics.test_metrics_against_keras import ONE_EACH, as_labels, pair, same

pytestmark = pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64")


def zeros(y_true, y_pred):
    return np.zeros_like(y_true), np.zeros_like(y_pred)


def right(y_true, y_pred):
    return (
        (y_true, y_true.astype(y_pred.dtype))
        if y_true.shape == y_pred.shape
        else (
            y_true,
            y_pred,
        )
    )


def one_class(y_true, y_pred):
    return np.ones_like(y_true), y_pred


def large(y_true, y_pred):
    return y_true, (y_pred * 1000 if y_pred.dtype.kind == "f" else y_pred)


# Keras divides 0 by 0 there, or takes the norm of nothing.
NAN_IN_KERAS = {
    "CategoricalCrossentropy", "ConcordanceCorrelation", "PearsonCorrelation", "R2Score",
    "SparseCategoricalCrossentropy",
}  # fmt: skip


@pytest.mark.parametrize("edge", [zeros, right, one_class, large], ids=lambda f: f.__name__)
@pytest.mark.parametrize(("name", "make", "kwargs"), ONE_EACH, ids=[c[0] for c in ONE_EACH])
def test_edges(name, make, kwargs, edge):
    theirs, ours = pair(name, kwargs)
    y_true, y_pred = make(np.random.default_rng(11))
    y_true, y_pred = edge(as_labels(y_true) if name == "AUC" else y_true, y_pred)
    theirs.update_state(y_true, y_pred)
    ours.update_state(y_true, y_pred)
    expected, got = np.asarray(theirs.result()), np.asarray(ours.result())
    if np.isnan(expected).any():
        assert name in NAN_IN_KERAS
        assert name == "PearsonCorrelation" or np.isfinite(got).all()
        return
    same(got, expected)
    assert np.isfinite(got).all()


@pytest.mark.parametrize(("name", "make", "kwargs"), ONE_EACH, ids=[c[0] for c in ONE_EACH])
def test_batches_of_weight_zero(name, make, kwargs):
    """They change nothing, first or last."""
    rng = np.random.default_rng(12)
    batches = [make(rng) for _ in range(3)]
    alone, between = (getattr(metrics, name)(**kwargs) for _ in range(2))
    for i, (y_true, y_pred) in enumerate(batches):
        y_true = as_labels(y_true) if name == "AUC" else y_true
        rows = y_pred.shape[:1]
        try:
            between.update_state(y_true, y_pred, sample_weight=np.full(rows, float(i == 1)))
        except (ValueError, TypeError):
            return  # it takes no weights
        if i == 1:
            alone.update_state(y_true, y_pred, sample_weight=np.ones(rows))
    if name != "R2Score":  # counts rows, as Keras does
        same(between.result(), alone.result())


@pytest.mark.parametrize(("name", "make", "kwargs"), ONE_EACH, ids=[c[0] for c in ONE_EACH])
def test_nothing_seen(name, make, kwargs):
    theirs, ours = pair(name, kwargs)
    try:
        expected = np.asarray(theirs.result())
    except Exception:
        return
    same(np.nan_to_num(np.asarray(ours.result())), np.nan_to_num(expected))


@pytest.mark.parametrize("count", [50, 200, 1000])
@pytest.mark.parametrize("weighted", [False, True])
def test_area_is_that_of_sklearn(count, weighted):
    from sklearn.metrics import average_precision_score, roc_auc_score

    rng = np.random.default_rng(count)
    y_true = rng.integers(0, 2, 5000)
    y_pred = np.clip(0.3 * y_true + rng.uniform(0, 0.7, 5000), 0, 1).astype("float32")
    weights = rng.uniform(size=5000).astype("float32") if weighted else None
    roc, pr = (metrics.AUC(num_thresholds=count, curve=curve) for curve in ("ROC", "PR"))
    for part in np.array_split(np.arange(5000), 7):  # a stream of unequal batches
        w = None if weights is None else weights[part]
        roc.update_state(y_true[part], y_pred[part], sample_weight=w)
        pr.update_state(y_true[part], y_pred[part], sample_weight=w)
    exact = roc_auc_score(y_true, y_pred, sample_weight=weights)
    assert abs(float(roc.result()) - exact) < 1 / count
    exact = average_precision_score(y_true, y_pred, sample_weight=weights)
    assert abs(float(pr.result()) - exact) < 2 / count


def test_area_per_label():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    y_true = rng.integers(0, 2, (2000, 3))
    y_pred = (0.2 * y_true + rng.uniform(0, 0.8, (2000, 3))).astype("float32")
    metric = metrics.AUC(num_thresholds=1000, multi_label=True)
    metric.update_state(y_true, y_pred)
    expected = roc_auc_score(y_true, y_pred, average="macro")
    assert abs(float(metric.result()) - expected) < 1e-3


def test_streams_of_many_batches():
    rng = np.random.default_rng(2)
    names = ("Mean", "Sum")
    pairs = [(getattr(keras.metrics, n)(), getattr(metrics, n)()) for n in names]
    for size in (1, 7, 32, 3):
        values, weights = rng.normal(size=(size, 2)), rng.uniform(size=(size, 2))
        for theirs, ours in pairs:
            theirs.update_state(values, sample_weight=weights)
            ours.update_state(values, sample_weight=weights)
    for theirs, ours in pairs:
        same(ours.result(), theirs.result())
    tensor, expected = metrics.MeanTensor(), []
    for _ in range(3):
        expected.append(rng.normal(size=(2, 3)))
        tensor.update_state(expected[-1])
    same(tensor.result(), np.mean(expected, 0))


def test_old_interface():
    """`reset_states`, `add_weight` by name, `y_true` on the device."""
    metric = metrics.SparseTopKCategoricalAccuracy(k=1)
    metric.update_state(
        addax.ops.array([2, 1]), addax.ops.array([[0.1, 0.9, 0.8], [0.05, 0.95, 0]])
    )
    assert float(metric.result()) == 0.5
    metric.reset_states()
    assert float(metric.result()) == 0.0

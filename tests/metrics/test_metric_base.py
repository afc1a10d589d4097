"""Variables, resets, masks, wrapping and own metrics."""

import keras
import numpy as np
import pytest
from keras.src import backend

from addax import metrics, ops
from addax.core.tensor import Tensor
from addax.engine import engine


class BinaryTruePositives(metrics.Metric):
    def __init__(self, name="binary_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.true_positives = self.add_weight(name="tp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        found = ops.logical_and(ops.cast(y_true, "bool"), ops.cast(y_pred, "bool"))
        found = ops.cast(found, self.dtype)
        if sample_weight is not None:
            found = found * ops.cast(sample_weight, self.dtype)
        self.true_positives.assign_add(ops.sum(found))

    def result(self):
        return self.true_positives

    def reset_states(self):
        self.true_positives.assign(0)
        self.was_reset = True


def test_own_metric_with_the_old_reset():
    metric = BinaryTruePositives()
    metric.update_state([0, 1, 1, 1], [0, 1, 0, 0])
    assert float(metric.result()) == 1
    metric.update_state([1, 1, 1, 1], [0, 1, 1, 0])
    assert float(metric.result()) == 3
    metric.reset_state()
    assert metric.was_reset
    assert float(metric.result()) == 0


def test_old_reset_may_call_super():
    class Counter(metrics.Mean):
        def reset_states(self):
            super().reset_states()

    metric = Counter()
    metric.update_state(3.0)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_reset_states_is_reset_state():
    metric = metrics.Mean()
    metric.update_state(3.0)
    metric.reset_states()
    assert float(metric.total) == 0


def test_old_order_of_add_weight():
    class Total(metrics.Metric):
        def __init__(self):
            super().__init__("total")
            self.total = self.add_weight("total", initializer="ones")

    variable = Total().variables[0]
    assert (variable.name, variable.path, variable.shape) == ("total", "total/total", ())
    assert not variable.trainable
    assert float(variable) == 1


def test_variables_of_inner_metrics():
    class Both(metrics.Metric):
        def __init__(self):
            super().__init__()
            self.parts = [metrics.Mean(), metrics.Sum()]
            self.own = self.add_weight(name="own")

        def update_state(self, value):
            for part in self.parts:
                part.update_state(value)

        def result(self):
            return {part.name: part.result() for part in self.parts}

    metric = Both()
    assert [v.name for v in metric.variables] == ["own", "total", "count", "total"]
    found = metric([1.0, 2.0])
    assert {name: float(value) for name, value in found.items()} == {"mean": 1.5, "sum": 3.0}
    metric.reset_state()
    assert float(metric.parts[1].result()) == 0


def test_mean_has_two_scalars_of_float32():
    variables = metrics.Mean().variables
    assert [(v.name, v.shape, v.dtype) for v in variables] == [
        ("total", (), "float32"), ("count", (), "float32")
    ]  # fmt: skip
    assert float(metrics.Mean().result()) == 0


@pytest.mark.parametrize(
    ("values", "weights"),
    [
        (5.0, 3), (5.0, None), ([1.0, 2.0], [0.0, 2.0]), (np.ones((2, 3)), [1.0, 2.0]),
        (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3)),
        (np.arange(6.0).reshape(2, 3), 2.0), (np.arange(6.0).reshape(2, 3), [[1.0], [3.0]]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_weights_of_reductions(name, values, weights):
    ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
    for metric in (ours, theirs):
        metric.update_state(values, sample_weight=weights)
        metric.update_state([1.0])
    assert float(ours.result()) == pytest.approx(float(theirs.result()))
    assert [float(v) for v in ours.variables] == pytest.approx([float(v) for v in theirs.variables])


@pytest.mark.parametrize("weights", [None, (4, 3)])
def test_masks_count_as_weights(weights):
    rng = np.random.default_rng(0)
    y, p = rng.normal(size=(2, 4, 3, 2)).astype("float32")
    mask = rng.integers(0, 2, (4, 3)).astype(bool)
    weights = None if weights is None else rng.uniform(size=weights).astype("float32")
    theirs = keras.ops.convert_to_tensor(p)
    backend.set_keras_mask(theirs, keras.ops.convert_to_tensor(mask))
    expected = keras.metrics.MeanSquaredError()(y, theirs, sample_weight=weights)
    ours = Tensor(engine.asarray(p), engine.asarray(mask))
    got = metrics.MeanSquaredError()(y, ours, sample_weight=weights)
    assert float(got) == pytest.approx(float(expected), rel=1e-5)


def test_ignored_class_does_not_count():
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=1)
    metric.update_state([0, 1], [[0.5, 0.5], [0.1, 0.9]])
    assert float(metric.result()) == pytest.approx(np.log(2))


def test_functions_are_wrapped_under_their_name():
    def my_metric_fn(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    metric = metrics.get(my_metric_fn)
    assert metric.name == "my_metric_fn"
    assert float(metric(ops.ones((2, 3)), ops.zeros((2, 3)))) == 1
    assert metrics.get(lambda y_true, y_pred: 0).name == "lambda"
    assert metrics.get(None) is None
    assert metrics.get(metric) is metric


def test_names():
    assert isinstance(metrics.get("mse"), metrics.MeanSquaredError)
    assert isinstance(metrics.get("AUC"), metrics.AUC)
    assert metrics.AUC(name="my_auc").name == "my_auc"
    with pytest.raises(ValueError, match="Unknown metric: 'presicion'. Did you mean 'precision'"):
        metrics.get("presicion")


@pytest.mark.parametrize(
    ("y_true", "y_pred", "kind"),
    [
        ((8,), (8, 1), "Binary"), ((8, 1), (8, 1), "Binary"), ((8,), (8,), "Binary"),
        ((8,), (8, 5), "SparseCategorical"), ((8, 1), (8, 5), "SparseCategorical"),
        ((8, 5), (8, 5), "Categorical"), ((8, 7), (8, 7, 5), "SparseCategorical"),
        ((8, 7, 1), (8, 7, 1), "Binary"),
    ],
)  # fmt: skip
def test_accuracy_by_shapes(y_true, y_pred, kind):
    assert metrics.resolve_accuracy(y_true, y_pred).__name__ == f"{kind}Accuracy"
    assert metrics.resolve_crossentropy(y_true, y_pred).__name__ == f"{kind}Crossentropy"


def test_mean_tensor():
    metric = metrics.MeanTensor()
    metric.update_state([[1.0, 2.0]])
    metric.update_state([[3.0, 6.0]], sample_weight=[3.0])
    np.testing.assert_allclose(metric.result().numpy(), [[2.5, 5.0]])
    with pytest.raises(ValueError, match="keep the shape of the first"):
        metric.update_state([1.0])


def test_iou_weighs_with_fractions():
    metric = metrics.MeanIoU(num_classes=2)
    metric.update_state([0, 0, 1, 1], [0, 1, 0, 1], sample_weight=[0.3, 0.3, 0.3, 0.1])
    assert float(metric.result()) == pytest.approx(0.23809524)


def test_stateless_checks_the_number_of_values():
    with pytest.raises(ValueError, match="one value for each of its 2 variables"):
        metrics.Mean().stateless_update_state([0.0], 1.0)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: metrics.AUC(num_thresholds=1), "must be > 1. Received: num_thresholds=1"),
        (lambda: metrics.AUC(curve="XY"), "'ROC', 'PR', 'PRGAIN'"),
        (lambda: metrics.Precision(thresholds=2), r"must be in \[0, 1\]. Received: \[2.0\]"),
        (lambda: metrics.Recall(top_k=0), "positive integer"),
        (lambda: metrics.BinaryAccuracy(threshold=3), "between 0 and 1"),
        (lambda: metrics.F1Score(average="mean"), "`average` of `F1Score` must be one of"),
        (lambda: metrics.R2Score().update_state([1.0], [1.0]), r"shape \(batch, outputs\)"),
        (lambda: metrics.IoU(2, [2]), "below num_classes=2"),
        (lambda: metrics.SensitivityAtSpecificity(1.5), r"in \[0, 1\]"),
    ],
)
def test_bad_arguments(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_printed_values():
    metric = metrics.AUC()
    metric.update_state([0, 1, 1, 1], [0, 1, 0, 0])
    assert float(metric.result()) == pytest.approx(2 / 3, abs=1e-3)
    metric = metrics.Accuracy()
    metric.update_state([[1], [2], [3], [4]], [[0], [2], [3], [4]], sample_weight=[1, 1, 0, 0])
    assert metric.result().numpy() == 0.5
    metric = metrics.CategoricalAccuracy()
    metric.update_state(
        [[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]], sample_weight=[0.7, 0.3]
    )
    assert metric.result().numpy() == pytest.approx(0.3)

"""Numbers that the documentation of Keras and its tutorials print, spelled as there."""

import numpy as np
import pytest

import addax
from addax import losses, metrics, optimizers

LABELS, GUESSES = [[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]
CLASSES = [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]


@pytest.mark.parametrize(
    ("loss", "y_true", "y_pred", "expected"),
    [
        (losses.MeanSquaredError(), [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]], 0.5),
        (losses.Huber(), LABELS, GUESSES, 0.155),
        (losses.binary_crossentropy, LABELS, GUESSES, [0.916, 0.714]),
        (losses.BinaryCrossentropy(), LABELS, GUESSES, 0.815),
        (losses.categorical_crossentropy, [[0, 1, 0], [0, 0, 1]], CLASSES, [0.0513, 2.303]),
        (losses.CategoricalCrossentropy(), [[0, 1, 0], [0, 0, 1]], CLASSES, 1.177),
        (losses.sparse_categorical_crossentropy, [1, 2], CLASSES, [0.0513, 2.303]),
        (losses.Poisson(), [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]], 0.5),
        (losses.KLDivergence(), LABELS, GUESSES, 0.458),
        (losses.Hinge(), [[0.0, 1.0], [0.0, 0.0]], GUESSES, 1.3),
        (losses.CategoricalHinge(), LABELS, GUESSES, 1.4),
        (losses.LogCosh(), [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]], 0.108),
        (losses.CosineSimilarity(axis=1), [[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]],
         -0.5),
        (losses.MeanAbsolutePercentageError(), [[2.0, 1.0], [2.0, 3.0]], [[1.0, 1.0], [1.0, 0.0]],
         50.0),
        (losses.MeanSquaredLogarithmicError(), [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]],
         0.240),
    ],
)  # fmt: skip
def test_losses(loss, y_true, y_pred, expected):
    np.testing.assert_allclose(loss(np.array(y_true), np.array(y_pred)), expected, atol=1e-3)


def test_reductions():
    y_true, y_pred = [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]
    mse = losses.MeanSquaredError()
    assert float(mse(y_true, y_pred, sample_weight=[0.7, 0.3])) == 0.25
    assert float(losses.MeanSquaredError(reduction="sum")(y_true, y_pred)) == 1.0
    assert losses.MeanSquaredError(reduction="none")(y_true, y_pred).numpy().tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("metric", "y_true", "y_pred", "weights", "expected"),
    [
        (metrics.Accuracy(), [[1], [2], [3], [4]], [[0], [2], [3], [4]], None, 0.75),
        (metrics.Accuracy(), [[1], [2], [3], [4]], [[0], [2], [3], [4]], [1, 1, 0, 0], 0.5),
        (metrics.BinaryAccuracy(), [[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]], None, 0.75),
        (metrics.BinaryAccuracy(), [[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]], [1, 0, 0, 1],
         0.5),
        (metrics.CategoricalAccuracy(), [[0, 0, 1], [0, 1, 0]],
         [[0.1, 0.9, 0.8], [0.05, 0.95, 0]], [0.7, 0.3], 0.3),
        (metrics.SparseCategoricalAccuracy(), [[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]], None,
         0.5),
        (metrics.TopKCategoricalAccuracy(k=1), [[0, 0, 1], [0, 1, 0]],
         [[0.1, 0.9, 0.8], [0.05, 0.95, 0]], None, 0.5),
        (metrics.SparseTopKCategoricalAccuracy(k=1), [2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]],
         None, 0.5),
        (metrics.MeanIoU(num_classes=2), [0, 0, 1, 1], [0, 1, 0, 1], None, 0.33333),
        (metrics.AUC(num_thresholds=3), [0, 0, 1, 1], [0, 0.5, 0.3, 0.9], [1, 0, 0, 1], 1.0),
        (metrics.RootMeanSquaredError(), [[0, 1], [0, 0]], [[1, 1], [0, 0]], None, 0.5),
    ],
)  # fmt: skip
def test_metrics(metric, y_true, y_pred, weights, expected):
    metric.update_state(y_true, y_pred, sample_weight=weights)
    np.testing.assert_allclose(float(metric.result()), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("optimizer", "start", "expected"),
    [
        (optimizers.SGD(learning_rate=0.1), 1.0, 0.9),
        (optimizers.RMSprop(learning_rate=0.1), 10.0, 9.683772),
        (optimizers.Adam(learning_rate=0.1), 10.0, 9.9),
        (optimizers.Adamax(learning_rate=0.1), 10.0, 9.9),
        (optimizers.Nadam(learning_rate=0.1), 10.0, 9.9),
    ],
)
def test_first_step(optimizer, start, expected):
    var = addax.Variable(start)
    assert optimizer.minimize(lambda: (var**2) / 2.0, [var]).numpy() == 1
    np.testing.assert_allclose(var.numpy(), expected, rtol=1e-3)


def test_momentum():
    """The second step of SGD with momentum 0.9 is larger than the first."""
    opt, var = optimizers.SGD(learning_rate=0.1, momentum=0.9), addax.Variable(1.0)
    seen = []
    for _ in range(2):
        opt.minimize(lambda: (var**2) / 2.0, [var])
        seen.append(float(var))
    np.testing.assert_allclose(np.diff([1.0, *seen]), [-0.1, -0.18], rtol=1e-5)

"""Metrics: what training is watched by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax.core import registry
from addax.core.registry import serialize as serialize
from addax.losses import binary_crossentropy as binary_crossentropy
from addax.losses import binary_focal_crossentropy as binary_focal_crossentropy
from addax.losses import categorical_crossentropy as categorical_crossentropy
from addax.losses import categorical_focal_crossentropy as categorical_focal_crossentropy
from addax.losses import categorical_hinge as categorical_hinge
from addax.losses import hinge as hinge
from addax.losses import huber as huber
from addax.losses import kl_divergence as kl_divergence
from addax.losses import log_cosh as log_cosh
from addax.losses import mean_absolute_error as mean_absolute_error
from addax.losses import mean_absolute_percentage_error as mean_absolute_percentage_error
from addax.losses import mean_squared_error as mean_squared_error
from addax.losses import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from addax.losses import poisson as poisson
from addax.losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from addax.losses import squared_hinge as squared_hinge
from addax.losses.labels import label_kind
from addax.metrics.accuracy import Accuracy as Accuracy
from addax.metrics.accuracy import BinaryAccuracy as BinaryAccuracy
from addax.metrics.accuracy import CategoricalAccuracy as CategoricalAccuracy
from addax.metrics.accuracy import SparseCategoricalAccuracy as SparseCategoricalAccuracy
from addax.metrics.accuracy import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
from addax.metrics.accuracy import TopKCategoricalAccuracy as TopKCategoricalAccuracy
from addax.metrics.accuracy import accuracy as accuracy
from addax.metrics.accuracy import binary_accuracy as binary_accuracy
from addax.metrics.accuracy import categorical_accuracy as categorical_accuracy
from addax.metrics.accuracy import sparse_categorical_accuracy as sparse_categorical_accuracy
from addax.metrics.accuracy import (
    sparse_top_k_categorical_accuracy as sparse_top_k_categorical_accuracy,
)
from addax.metrics.accuracy import top_k_categorical_accuracy as top_k_categorical_accuracy
from addax.metrics.base import Metric as Metric
from addax.metrics.confusion import FalseNegatives as FalseNegatives
from addax.metrics.confusion import FalsePositives as FalsePositives
from addax.metrics.confusion import Precision as Precision
from addax.metrics.confusion import Recall as Recall
from addax.metrics.confusion import TrueNegatives as TrueNegatives
from addax.metrics.confusion import TruePositives as TruePositives
from addax.metrics.correlation import ConcordanceCorrelation as ConcordanceCorrelation
from addax.metrics.correlation import PearsonCorrelation as PearsonCorrelation
from addax.metrics.correlation import concordance_correlation as concordance_correlation
from addax.metrics.correlation import pearson_correlation as pearson_correlation
from addax.metrics.curves import AUC as AUC
from addax.metrics.curves import PrecisionAtRecall as PrecisionAtRecall
from addax.metrics.curves import RecallAtPrecision as RecallAtPrecision
from addax.metrics.curves import SensitivityAtSpecificity as SensitivityAtSpecificity
from addax.metrics.curves import SpecificityAtSensitivity as SpecificityAtSensitivity
from addax.metrics.f_score import F1Score as F1Score
from addax.metrics.f_score import FBetaScore as FBetaScore
from addax.metrics.iou import BinaryIoU as BinaryIoU
from addax.metrics.iou import IoU as IoU
from addax.metrics.iou import MeanIoU as MeanIoU
from addax.metrics.iou import OneHotIoU as OneHotIoU
from addax.metrics.iou import OneHotMeanIoU as OneHotMeanIoU
from addax.metrics.margin import CategoricalHinge as CategoricalHinge
from addax.metrics.margin import Hinge as Hinge
from addax.metrics.margin import SquaredHinge as SquaredHinge
from addax.metrics.probabilistic import BinaryCrossentropy as BinaryCrossentropy
from addax.metrics.probabilistic import CategoricalCrossentropy as CategoricalCrossentropy
from addax.metrics.probabilistic import KLDivergence as KLDivergence
from addax.metrics.probabilistic import Poisson as Poisson
from addax.metrics.probabilistic import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropy,
)
from addax.metrics.reduction import Mean as Mean
from addax.metrics.reduction import MeanMetricWrapper as MeanMetricWrapper
from addax.metrics.reduction import MeanTensor as MeanTensor
from addax.metrics.reduction import Sum as Sum
from addax.metrics.reduction import function_name
from addax.metrics.regression import CosineSimilarity as CosineSimilarity
from addax.metrics.regression import LogCoshError as LogCoshError
from addax.metrics.regression import MeanAbsoluteError as MeanAbsoluteError
from addax.metrics.regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from addax.metrics.regression import MeanRelativeError as MeanRelativeError
from addax.metrics.regression import MeanSquaredError as MeanSquaredError
from addax.metrics.regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from addax.metrics.regression import R2Score as R2Score
from addax.metrics.regression import RootMeanSquaredError as RootMeanSquaredError
from addax.metrics.regression import cosine_similarity as cosine_similarity

# names of TensorFlow's Keras
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
mse = MSE = mean_squared_error
msle = MSLE = mean_squared_logarithmic_error
logcosh = log_cosh
cosine_proximity = cosine_similarity


def get(identifier: Any) -> Metric | None:
    """Return a metric from None, a name, a config, a class, a function or itself.

    A function `(y_true, y_pred)` is averaged over the samples, under its own name.

    Args:
        identifier: `"mse"`, `"AUC"`, a class, a config, a function, a metric or None.

    Raises:
        ValueError: if there is no such metric, with the nearest names.

    Example:
        >>> get("mse")
        <MeanSquaredError name=mean_squared_error>
    """
    found = registry.get("metrics", identifier)
    if found is None or isinstance(found, Metric):
        return found
    name = getattr(found, "name", None)
    return MeanMetricWrapper(found, name=name if isinstance(name, str) else function_name(found))


def resolve_accuracy(
    y_true_shape: Sequence[int | None], y_pred_shape: Sequence[int | None], loss: Any = None
) -> type[Metric]:
    """Return the metric that `"accuracy"` means for outputs of these shapes.

    Args:
        y_true_shape: shape of the targets, with the batch axis.
        y_pred_shape: shape of the predictions, with the batch axis.
        loss: not looked at: as in Keras, the shapes decide.

    Example:
        >>> resolve_accuracy((None, 1), (None, 10)).__name__
        'SparseCategoricalAccuracy'
    """
    return _BY_KIND[label_kind(y_true_shape, y_pred_shape)][0]


def resolve_crossentropy(
    y_true_shape: Sequence[int | None], y_pred_shape: Sequence[int | None], loss: Any = None
) -> type[Metric]:
    """Return the metric that `"crossentropy"` means for outputs of these shapes.

    Args:
        y_true_shape: shape of the targets, with the batch axis.
        y_pred_shape: shape of the predictions, with the batch axis.
        loss: not looked at: as in Keras, the shapes decide.

    Example:
        >>> resolve_crossentropy((None, 10), (None, 10)).__name__
        'CategoricalCrossentropy'
    """
    return _BY_KIND[label_kind(y_true_shape, y_pred_shape)][1]


_BY_KIND: dict[str, tuple[type[Metric], type[Metric]]] = {
    "binary": (BinaryAccuracy, BinaryCrossentropy),
    "sparse_categorical": (SparseCategoricalAccuracy, SparseCategoricalCrossentropy),
    "categorical": (CategoricalAccuracy, CategoricalCrossentropy),
}


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the metric of a name or config.

    Args:
        config: what `serialize` gave.
        custom_objects: own metrics by name.
    """
    if isinstance(config, str):
        with registry.extra_objects(custom_objects):
            return get(config)
    return registry.deserialize(config, custom_objects, kind="metrics")

"""Losses: what training makes small."""

from __future__ import annotations

from typing import Any

from addax.core import registry
from addax.core.registry import serialize as serialize
from addax.losses.base import Loss as Loss
from addax.losses.base import LossFunctionWrapper as LossFunctionWrapper
from addax.losses.base import Reduction as Reduction
from addax.losses.crossentropy import BinaryCrossentropy as BinaryCrossentropy
from addax.losses.crossentropy import CategoricalCrossentropy as CategoricalCrossentropy
from addax.losses.crossentropy import (
    CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropy,
)
from addax.losses.crossentropy import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from addax.losses.crossentropy import binary_crossentropy as binary_crossentropy
from addax.losses.crossentropy import categorical_crossentropy as categorical_crossentropy
from addax.losses.crossentropy import (
    categorical_generalized_cross_entropy as categorical_generalized_cross_entropy,
)
from addax.losses.crossentropy import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from addax.losses.divergence import KLDivergence as KLDivergence
from addax.losses.divergence import Poisson as Poisson
from addax.losses.divergence import kl_divergence as kl_divergence
from addax.losses.divergence import poisson as poisson
from addax.losses.focal import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from addax.losses.focal import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from addax.losses.focal import binary_focal_crossentropy as binary_focal_crossentropy
from addax.losses.focal import categorical_focal_crossentropy as categorical_focal_crossentropy
from addax.losses.labels import check_sparse_labels as check_sparse_labels
from addax.losses.labels import label_kind
from addax.losses.margin import CategoricalHinge as CategoricalHinge
from addax.losses.margin import Hinge as Hinge
from addax.losses.margin import SquaredHinge as SquaredHinge
from addax.losses.margin import categorical_hinge as categorical_hinge
from addax.losses.margin import hinge as hinge
from addax.losses.margin import squared_hinge as squared_hinge
from addax.losses.regression import CosineSimilarity as CosineSimilarity
from addax.losses.regression import Huber as Huber
from addax.losses.regression import LogCosh as LogCosh
from addax.losses.regression import MeanAbsoluteError as MeanAbsoluteError
from addax.losses.regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from addax.losses.regression import MeanSquaredError as MeanSquaredError
from addax.losses.regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from addax.losses.regression import cosine_similarity as cosine_similarity
from addax.losses.regression import huber as huber
from addax.losses.regression import log_cosh as log_cosh
from addax.losses.regression import mean_absolute_error as mean_absolute_error
from addax.losses.regression import mean_absolute_percentage_error as mean_absolute_percentage_error
from addax.losses.regression import mean_squared_error as mean_squared_error
from addax.losses.regression import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from addax.losses.segmentation import Dice as Dice
from addax.losses.segmentation import Tversky as Tversky
from addax.losses.segmentation import dice as dice
from addax.losses.segmentation import tversky as tversky
from addax.losses.sequence import CTC as CTC
from addax.losses.sequence import ctc as ctc
from addax.losses.similarity import Circle as Circle
from addax.losses.similarity import circle as circle

# names of TensorFlow's Keras
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
mse = MSE = mean_squared_error
msle = MSLE = mean_squared_logarithmic_error
logcosh = log_cosh
cosine_proximity = cosine_similarity


def get(identifier: Any) -> Any:
    """Return a loss (an object or a function) from None, a name, a config, a class or itself.

    Args:
        identifier: `"mse"`, `"MeanSquaredError"`, a class, a config, a callable or None.

    Raises:
        ValueError: if there is no such loss, with the nearest names.

    Example:
        >>> get("mse") is mean_squared_error
        True
    """
    return registry.get("losses", identifier)


def resolve_crossentropy(y_true_shape: Any, y_pred_shape: Any) -> type[Loss]:
    """Return the loss that `"crossentropy"` means for outputs of these shapes.

    Args:
        y_true_shape: shape of the targets, with the batch axis.
        y_pred_shape: shape of the predictions, with the batch axis.

    Example:
        >>> resolve_crossentropy((None, 1), (None, 10)).__name__
        'SparseCategoricalCrossentropy'
    """
    classes: dict[str, type[Loss]] = {
        "binary": BinaryCrossentropy,
        "sparse_categorical": SparseCategoricalCrossentropy,
        "categorical": CategoricalCrossentropy,
    }
    return classes[label_kind(y_true_shape, y_pred_shape)]


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the loss of a name or config.

    Args:
        config: what `serialize` gave.
        custom_objects: own losses by name.
    """
    if isinstance(config, str):
        with registry.extra_objects(custom_objects):
            return get(config)
    return registry.deserialize(config, custom_objects, kind="losses")
